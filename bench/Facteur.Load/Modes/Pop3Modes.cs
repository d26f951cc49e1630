using System.Diagnostics;
using System.Text;

namespace Facteur.Load.Modes;

/// <summary>POP3: sessions one after another on each connection.</summary>
internal static class Pop3Modes
{
    /// <summary>Commands that are on their way at once.</summary>
    private const int Ahead = 256;

    /// <summary>pop3-retr: RETR of each message, the next when the last has come; an operation is a message.</summary>
    public static Task<string> RetrAsync(LoadOptions options) => SessionsAsync("pop3-retr", options with { Blocking = true }, async (client, meter) =>
    {
        var count = await client.CountAsync();
        for (var n = 1; n <= count; n++)
        {
            if (!meter.TryBegin()) return false;
            var (from, before) = (Stopwatch.GetTimestamp(), client.Connection.BytesRead);
            await client.Connection.WriteAsync($"RETR {n}\r\n");
            await client.SkipLinesAsync();
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, client.Connection.BytesRead - before);
        }
        return count > 0;
    });

    /// <summary>pop3-retr-pipelined: commands go out ahead of the answers (RFC 2449 §6.6); an operation is a message.</summary>
    public static Task<string> PipelinedAsync(LoadOptions options) => SessionsAsync("pop3-retr-pipelined", options, async (client, meter) =>
    {
        var count = await client.CountAsync();
        var commands = new StringBuilder();
        for (var next = 1; next <= count;)
        {
            var batch = Math.Min(Ahead, count - next + 1);
            if (!meter.TryBegin(batch)) return false;
            commands.Clear();
            for (var i = 0; i < batch; i++) commands.Append("RETR ").Append(next + i).Append("\r\n");
            var (from, before) = (Stopwatch.GetTimestamp(), client.Connection.BytesRead);
            await client.Connection.WriteAsync(commands.ToString());
            for (var i = 0; i < batch; i++) await client.SkipLinesAsync();
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, client.Connection.BytesRead - before, batch);
            next += batch;
        }
        return count > 0;
    });

    /// <summary>pop3-list: an operation is a line.</summary>
    public static Task<string> ListAsync(LoadOptions options) => ListingAsync("pop3-list", "LIST\r\n", options);

    /// <summary>pop3-uidl: an operation is a line.</summary>
    public static Task<string> UidlAsync(LoadOptions options) => ListingAsync("pop3-uidl", "UIDL\r\n", options);

    /// <summary>pop3-login: connect, log in, STAT, QUIT; an operation is a session.</summary>
    public static async Task<string> LoginAsync(LoadOptions options)
    {
        var meter = new Meter(options);
        meter.Start();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => Task.Run(async () =>
        {
            while (meter.TryBegin())
            {
                var from = Stopwatch.GetTimestamp();
                try
                {
                    await using var client = await Pop3Client.LoginAsync(options);
                    await client.CountAsync();
                    await client.CommandAsync("QUIT\r\n");
                    meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, client.Connection.BytesRead);
                }
                catch (Exception e) when (e is IOException or InvalidOperationException or System.Net.Sockets.SocketException)
                {
                    meter.Error(e.Message);
                }
            }
        })));
        return meter.Report("pop3-login");
    }

    private static Task<string> ListingAsync(string mode, string command, LoadOptions options) => SessionsAsync(mode, options, async (client, meter) =>
    {
        // Once before: what is measured is the listing, not the first look at the mailbox.
        await client.Connection.WriteAsync(command);
        await client.SkipLinesAsync();
        while (meter.TryBegin())
        {
            var (from, before) = (Stopwatch.GetTimestamp(), client.Connection.BytesRead);
            await client.Connection.WriteAsync(command);
            var lines = await client.SkipLinesAsync();
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, client.Connection.BytesRead - before, lines);
        }
        return false;
    });

    /// <param name="session">False: no further session.</param>
    private static async Task<string> SessionsAsync(string mode, LoadOptions options, Func<Pop3Client, Meter, Task<bool>> session)
    {
        var meter = new Meter(options);
        meter.Start();
        // A thread each: some wait in it.
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => Task.Factory.StartNew(async () =>
        {
            try
            {
                while (meter.TryBegin(0))
                {
                    await using var client = await Pop3Client.LoginAsync(options);
                    if (!await session(client, meter)) break;
                    await client.CommandAsync("QUIT\r\n");
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                meter.Error(e.Message);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        return meter.Report(mode);
    }
}
