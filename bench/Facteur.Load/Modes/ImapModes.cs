using System.Diagnostics;

namespace Facteur.Load.Modes;

/// <summary>The IMAP loads: each is what one connection repeats.</summary>
internal static class ImapModes
{
    private static long next;

    /// <summary>imap-login: connect, TLS, LOGIN, LOGOUT.</summary>
    public static Task<string> LoginAsync(LoadOptions options) => RunAsync("imap-login", options, async meter =>
    {
        while (meter.TryBegin())
        {
            var from = Stopwatch.GetTimestamp();
            await using var imap = await ImapClient.LoginAsync(options);
            await imap.RunAsync("LOGOUT");
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, imap.BytesRead);
        }
    });

    /// <summary>imap-append: one message a command.</summary>
    public static Task<string> AppendAsync(LoadOptions options) => RunAsync("imap-append", options, async meter =>
    {
        await using var imap = await ImapClient.LoginAsync(options);
        var sample = new SampleMessage(options.Size, "claire@sender.test", options.User);
        while (meter.TryBegin())
        {
            var from = Stopwatch.GetTimestamp();
            var message = sample.Stamp(Interlocked.Increment(ref next));
            await imap.AppendAsync(options.Mailbox, message);
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, message.Length);
        }
    });

    /// <summary>imap-fill: many messages a command, each of its own; an operation is a message.</summary>
    public static Task<string> FillAsync(LoadOptions options) => RunAsync("imap-fill", options, async meter =>
    {
        var batch = Math.Clamp(4 * 1024 * 1024 / options.Size, 1, 500);
        await using var imap = await ImapClient.LoginAsync(options);
        var sample = new SampleMessage(options.Size, "claire@sender.test", options.User);
        while (meter.TryBegin(batch))
        {
            var from = Stopwatch.GetTimestamp();
            await imap.AppendAsync(options.Mailbox, Enumerable.Range(0, batch).Select(_ => sample.Stamp(Interlocked.Increment(ref next))));
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, (long)batch * options.Size, batch);
        }
    });

    /// <summary>imap-fetch: UID FETCH 1:* of the items given; an operation is one message.</summary>
    public static Task<string> FetchAsync(LoadOptions options) => RunAsync("imap-fetch", options, async meter =>
    {
        await using var imap = await ImapClient.LoginAsync(options);
        await imap.RunAsync($"EXAMINE \"{options.Mailbox}\"");
        while (meter.TryBegin((int)Math.Max(1, imap.Exists)))
        {
            var from = Stopwatch.GetTimestamp();
            var before = imap.BytesRead;
            var messages = await imap.RunAsync($"UID FETCH 1:* ({options.Arguments})");
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, imap.BytesRead - before, messages);
        }
    });

    /// <summary>imap-select: SELECT, then UNSELECT outside the measured time.</summary>
    public static Task<string> SelectAsync(LoadOptions options) => RunAsync("imap-select", options, async meter =>
    {
        await using var imap = await ImapClient.LoginAsync(options);
        while (meter.TryBegin())
        {
            var from = Stopwatch.GetTimestamp();
            await imap.RunAsync($"SELECT \"{options.Mailbox}\"");
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, 0);
            await imap.RunAsync("UNSELECT");
        }
    });

    /// <summary>imap-store: one flag of one message, on and off.</summary>
    public static Task<string> StoreAsync(LoadOptions options) => RunAsync("imap-store", options, async meter =>
    {
        await using var imap = await ImapClient.LoginAsync(options);
        await imap.RunAsync($"SELECT \"{options.Mailbox}\"");
        var random = new Random(7);
        var most = (int)Math.Max(1, imap.Exists);
        for (var turn = 0; meter.TryBegin(); turn++)
        {
            var from = Stopwatch.GetTimestamp();
            await imap.RunAsync($"STORE {random.Next(1, most + 1)} {(turn % 2 == 0 ? '+' : '-')}FLAGS.SILENT (\\Flagged)");
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, 0);
        }
    });

    /// <summary>imap-search: UID SEARCH of the keys given.</summary>
    public static Task<string> SearchAsync(LoadOptions options) => RunAsync("imap-search", options, async meter =>
    {
        await using var imap = await ImapClient.LoginAsync(options);
        await imap.RunAsync($"EXAMINE \"{options.Mailbox}\"");
        while (meter.TryBegin())
        {
            var from = Stopwatch.GetTimestamp();
            await imap.RunAsync($"UID SEARCH {options.Arguments}");
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, 0);
        }
    });

    /// <summary>imap-idle-hold: connections in IDLE for the duration; memory of the server before and with them.</summary>
    public static async Task<string> IdleHoldAsync(LoadOptions options)
    {
        var meter = new Meter(options);
        var before = Memory.ResidentKiB(options.Pid);
        var held = new List<ImapClient>();
        meter.Start();
        try
        {
            while (held.Count < options.Connections)
                held.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(16, options.Connections - held.Count)).Select(_ => HoldAsync(options, meter))));
            await Task.Delay(options.Duration ?? TimeSpan.FromSeconds(5), TimeProvider.System);
            return meter.Report("imap-idle-hold", new Dictionary<string, object>
            {
                ["residentKiBBefore"] = before,
                ["residentKiBHeld"] = Memory.ResidentKiB(options.Pid),
            });
        }
        finally
        {
            foreach (var client in held) await client.DisposeAsync();
        }
    }

    private static async Task<ImapClient> HoldAsync(LoadOptions options, Meter meter)
    {
        var from = Stopwatch.GetTimestamp();
        var imap = await ImapClient.LoginAsync(options);
        await imap.RunAsync($"SELECT \"{options.Mailbox}\"");
        await imap.IdleAsync();
        meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, 0);
        return imap;
    }

    private static async Task<string> RunAsync(string mode, LoadOptions options, Func<Meter, Task> connection)
    {
        var meter = new Meter(options);
        meter.Start();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => Task.Run(async () =>
        {
            try { await connection(meter); }
            catch (Exception e) when (e is IOException or InvalidOperationException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException) { meter.Error(e.Message); }
        })));
        return meter.Report(mode);
    }
}
