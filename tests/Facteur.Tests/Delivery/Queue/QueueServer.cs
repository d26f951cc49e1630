using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Crashes;
using Facteur.Storage.Queue;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>The queue of a server of demo.test over the embedded store, with a clock of its own and hosts as the test makes them.</summary>
internal sealed class QueueServer : IAsyncDisposable
{
    private readonly string folder;
    private int sent;

    private QueueServer(string folder, FakeTime time, RemoteWorld world, QueueOptions options) => (this.folder, Time, World, Options) = (folder, time, world, options);

    public FakeTime Time { get; }
    public RemoteWorld World { get; }
    public QueueOptions Options { get; }
    public MailStore Store { get; private set; } = null!;
    public AccountRecord Account { get; private set; } = null!;
    public OutboundSubmission Outbound { get; private set; } = null!;
    public SuppressionList Suppressed { get; private set; } = null!;
    public QueueService Service { get; private set; } = null!;
    public QueueRunner Runner { get; private set; } = null!;
    public ReportRunner Reports { get; private set; } = null!;
    public SenderRewriting Rewriting { get; private set; } = null!;
    public DestinationTable Destinations { get; private set; } = null!;

    public static async Task<QueueServer> StartAsync(QueueOptions? options = null)
    {
        options ??= new QueueOptions { Schedule = new RetrySchedule { Jitter = 0 } };
        var server = new QueueServer(Directory.CreateTempSubdirectory("facteur-queue-").FullName, new FakeTime(), new RemoteWorld(), options);
        await server.OpenAsync();
        await server.Store.Directory.AddDomainAsync("demo.test", default);
        var domain = await server.Store.Directory.FindDomainAsync("demo.test", default);
        server.Account = await server.Store.Directory.AddAccountAsync(domain!.Id, "moi@demo.test", "Moi", default);
        await server.RunAsync();
        return server;
    }

    /// <summary>Stops and starts again on the same folder, as a new process does.</summary>
    public async Task RestartAsync(bool patiently = true)
    {
        await StopAsync(patiently);
        await Store.DisposeAsync();
        await OpenAsync();
        await RunAsync();
    }

    /// <summary>As if the process had ended now, in the middle of what it is at work on, and been started again. What was under way is broken off.</summary>
    /// <param name="before">Done once the process is gone.</param>
    public async Task CrashAsync(Action? before = null)
    {
        var ledger = Path.Combine(folder, "at-work");
        var atWork = await File.ReadAllBytesAsync(ledger);
        await StopAsync(patiently: false);
        await Store.DisposeAsync();
        await File.WriteAllBytesAsync(ledger, atWork);
        before?.Invoke();
        await OpenAsync();
        await RunAsync();
    }

    /// <summary>As if the process had ended so many times in the middle of this work.</summary>
    public async Task CrashOnAsync(WorkItem item, int times)
    {
        await StopAsync(patiently: false);
        for (var crash = 0; crash < times; crash++)
        {
            await Store.DisposeAsync();
            var path = Path.Combine(folder, "at-work");
            var ledger = CrashLedger.Open(path);
            ledger.Enter(item);
            var atWork = await File.ReadAllBytesAsync(path);
            ledger.Dispose();
            await File.WriteAllBytesAsync(path, atWork);
            await OpenAsync();
        }
        await RunAsync();
    }

    /// <summary>Puts a message into the queue.</summary>
    public async Task<QueueId> SubmitAsync(IEnumerable<string> recipients, Func<QueueMessage, QueueMessage>? change = null, DsnNotify notify = DsnNotify.Unstated)
    {
        var number = Interlocked.Increment(ref sent);
        var octets = Encoding.ASCII.GetBytes($"Return-Path: <moi@demo.test>\r\nMessage-ID: <{number}@demo.test>\r\nSubject: message {number}\r\n\r\nbody {number}\r\n");
        await using var intake = Store.BeginMessage(octets.Length);
        await intake.WriteAsync(octets, default);
        await intake.CompleteAsync(default);
        var message = new QueueMessage
        {
            Account = Account.Id,
            Transaction = $"t-{number}",
            Sender = "moi@demo.test",
            MessageId = $"{number}@demo.test",
            Subject = $"message {number}",
            SkipOctets = "Return-Path: <moi@demo.test>\r\n".Length,
            Prefix = "X-Prefix: yes\r\n"u8.ToArray(),
        };
        var submission = await Outbound.PrepareAsync(change?.Invoke(message) ?? message, [.. recipients.Select(address => new OutboundRecipient(address, notify))], default);
        return (await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, []) { Queued = [submission] }], default)).Queued[0];
    }

    public Task<QueueId> SubmitAsync(params string[] recipients) => SubmitAsync(recipients, null);

    public async Task SetAsync(SettingScope scope, string name, object document) =>
        await Store.Settings.SetAsync(scope, name, JsonSerializer.SerializeToUtf8Bytes(document, JsonSerializerOptions.Web), default);

    public async Task<IReadOnlyList<QueueRecipient>> RecipientsAsync(QueueId id) => await Store.Queue.RecipientsAsync(id, default);

    public async Task<QueueRecipient> RecipientAsync(QueueId id) => Assert.Single(await RecipientsAsync(id));

    /// <summary>Waits until nothing is under way.</summary>
    public Task SettleAsync() => Runner.SettleAsync(Destinations);

    /// <summary>Lets time pass, and what is due then happen.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        await SettleAsync();
        Time.Advance(span);
        await SettleAsync();
    }

    /// <summary>Lets time pass in steps, so that what falls due does so in its order.</summary>
    public async Task PassAsync(TimeSpan span, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += step) await AdvanceAsync(step);
    }

    /// <summary>The messages in the inbox of moi@demo.test; waits for so many.</summary>
    public async Task<IReadOnlyList<string>> InboxAsync(int count)
    {
        for (var i = 0; ; i++)
        {
            var messages = await Store.ReadMailboxAsync(Account.Id);
            if (messages.Count >= count) return messages;
            Assert.True(i < 2_000, $"{messages.Count} messages in the inbox, {count} expected");
            Reports.Wake();
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(patiently: false);
        var breaches = await Store.CheckConsistencyAsync(default);
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Assert.Empty(breaches);
    }

    private async Task OpenAsync()
    {
        Store = await TestStore.OpenAsync(folder, Time);
        var routes = new RouteTable(Store.Settings, Store.Directory);
        Suppressed = new SuppressionList(Store.State, Time);
        var limits = new SendingLimits(Store.Queue, Store.State, Store.Settings, Store.Directory, Time);
        Outbound = new OutboundSubmission(routes, Suppressed, Store.Directory, limits, Time);
        Destinations = new DestinationTable(Options, Time);
        var router = new RecipientRouter(
            new RecipientDirectory(Store.Directory, Store.Settings), new AccountSettings(Store.Settings),
            Rewriting = new SenderRewriting(new SiteSecrets(Store.Settings), Store.State, Time), new DeliveryOptions { HostName = "mx.demo.test" });
        Service = new QueueService(Store.Queue, routes, Destinations);
        Runner = new QueueRunner(Store.Queue, Store, World, routes, Destinations, Suppressed, Options, Time);
        Reports = new ReportRunner(Store.Queue, Store, Outbound, new ReversePath(router), "mx.demo.test", Options, Time);
        Runner.ReportOwed += Reports.Wake;
    }

    private async Task RunAsync()
    {
        await Runner.StartAsync(default);
        await Reports.StartAsync(default);
    }

    private async Task StopAsync(bool patiently)
    {
        await Runner.StopAsync(patiently ? default : new CancellationToken(canceled: true));
        await Reports.StopAsync(default);
        Runner.Dispose();
        Reports.Dispose();
    }
}
