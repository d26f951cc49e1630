using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Facteur.Load.Modes;

/// <summary>
/// jmap-push: --connections event sources in all, shared out among the accounts (--recipient; a server allows one account only so many), then
/// APPENDs by IMAP (--visible-imap-port), to one account after the other or, with --arguments all, to every account at once. The time is from an
/// APPEND's first octet to the event at each listener of its account. Reports the server's memory (--pid) before them and with them idle.
/// </summary>
internal static class JmapPush
{
    private const int WarmListeners = 2;

    public static async Task<string> RunAsync(LoadOptions options)
    {
        var meter = new Meter(options);
        var accounts = new List<Account>();
        try
        {
            foreach (var user in options.Recipients) accounts.Add(await Account.OpenAsync(options with { User = user }));
            return await RunAsync(options, accounts, meter);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or SocketException or JsonException)
        {
            meter.Error(e.Message);
            return meter.Report("jmap-push");
        }
        finally
        {
            foreach (var account in accounts) await account.DisposeAsync();
        }
    }

    private static async Task<string> RunAsync(LoadOptions options, List<Account> accounts, Meter meter)
    {
        // The first ones compile code: it is not to count as memory of listeners.
        foreach (var account in accounts) await account.ListenAsync(WarmListeners);
        await Task.WhenAll(accounts.Select(account => account.DeliverAsync(0, new Meter(options))));
        await PauseAsync(1);
        var before = Memory.ResidentKiB(options.Pid);
        for (var opened = 0; opened < options.Connections;)
        {
            foreach (var account in accounts.TakeWhile(_ => opened < options.Connections))
            {
                var more = Math.Min(Math.Min(10, options.Connections - opened), options.Connections / accounts.Count + 1);
                await account.ListenAsync(more);
                opened += more;
            }
        }
        await PauseAsync(2);
        var held = Memory.ResidentKiB(options.Pid);
        var atOnce = options.Arguments == "all" ? accounts.Count : 1;
        meter.Start();
        for (var n = 1; meter.TryBegin(); n++)
        {
            var told = Enumerable.Range(0, atOnce).Select(i => accounts[(n + i) % accounts.Count].DeliverAsync(n, meter));
            await Task.WhenAll(told);
            // Changes that come close together are told as one: the next is to be one of its own.
            await PauseAsync(1);
        }
        return meter.Report("jmap-push", new Dictionary<string, object>
        {
            ["listeners"] = accounts.Sum(account => account.Listeners), ["listenersOpened"] = options.Connections, ["residentKiBBefore"] = before, ["residentKiBHeld"] = held,
        });
    }

    private static Task PauseAsync(int seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    /// <summary>An account with its listeners, and a connection by which messages come in.</summary>
    private sealed class Account : IAsyncDisposable
    {
        private readonly List<JmapClient> listeners = [];
        private readonly LoadOptions options;
        private readonly ImapClient imap;
        private readonly SampleMessage sample;

        private Account(LoadOptions options, ImapClient imap) => (this.options, this.imap, sample) = (options, imap, new SampleMessage(options.Size, options.User, options.User));

        public int Listeners => listeners.Count;

        public static async Task<Account> OpenAsync(LoadOptions options) => new(options, await ImapClient.LoginAsync(options with { Tls = TlsMode.None }, options.VisibleImapPort));

        public async Task ListenAsync(int count) => listeners.AddRange(await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            var client = await JmapClient.OpenAsync(options);
            await client.ListenAsync("Email");
            return client;
        })));

        /// <summary>One message in; ends when every listener has heard of it.</summary>
        public async Task DeliverAsync(int n, Meter meter)
        {
            var from = Stopwatch.GetTimestamp();
            var told = listeners.Select(async listener =>
            {
                await listener.ReadEventAsync();
                meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, 0);
            }).ToList();
            await imap.AppendAsync(options.Mailbox, sample.Stamp(n));
            await Task.WhenAll(told);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var listener in listeners) await listener.DisposeAsync();
            await imap.DisposeAsync();
        }
    }
}
