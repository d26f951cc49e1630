using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Receiving;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Facteur.Tests.Delivery.Queue;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Jmap;

/// <summary>A server of example.com that sends: JMAP, the queue at work, and other hosts as a test makes them. It can be stopped and started again.</summary>
internal sealed class SendingServer : IAsyncDisposable
{
    private readonly string folder;
    private readonly bool ownsFolder;
    private QueueRunner runner = null!;
    private DestinationTable destinations = null!;

    private SendingServer(string folder, bool ownsFolder, FakeTime time) => (this.folder, this.ownsFolder, Time) = (folder, ownsFolder, time);

    public FakeTime Time { get; }
    public RemoteWorld World { get; } = new();
    public MailStore Store { get; private set; } = null!;
    public AccountService Accounts { get; private set; } = null!;
    public DeliveryServices Delivery { get; private set; } = null!;
    public MailHandoff Handoff { get; private set; } = null!;
    public JmapProcessor Processor { get; private set; } = null!;
    public AccountRecord Ada { get; private set; } = null!;
    public AccountRecord Bob { get; private set; } = null!;

    public static async Task<SendingServer> StartAsync()
    {
        var server = new SendingServer(Directory.CreateTempSubdirectory("facteur-sending-").FullName, true, new FakeTime());
        await server.OpenAsync();
        await server.Accounts.AddDomainAsync("example.com", default);
        foreach (var name in new[] { "ada", "bob" }) await server.Accounts.AddAccountAsync($"{name}@example.com", name, "correct horse battery", default);
        await server.RunAsync();
        return server;
    }

    /// <summary>Opens what a crash of this server would leave now, as another process does.</summary>
    public async Task<SendingServer> CrashCopyAsync()
    {
        var copy = Directory.CreateTempSubdirectory("facteur-crash-").FullName;
        Directory.CreateDirectory(Path.Combine(copy, "packs"));
        foreach (var name in new[] { "facteur.db", "facteur.db-wal" })
        {
            await using var source = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using var target = File.Create(Path.Combine(copy, name));
            await source.CopyToAsync(target);
        }
        var server = new SendingServer(copy, true, Time);
        await server.OpenAsync();
        return server;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await Store.DisposeAsync();
        await OpenAsync();
        await RunAsync();
    }

    public async Task RunAsync()
    {
        (Ada, Bob) = (await Accounts.GetAccountAsync("ada@example.com", default), await Accounts.GetAccountAsync("bob@example.com", default));
        await runner.StartAsync(default);
    }

    /// <summary>Puts a message into Ada's Drafts and sends it; answers the SetError or the created object.</summary>
    /// <param name="to">Field To.</param>
    /// <param name="hold">Parameters of MAIL, as JSON.</param>
    public async Task<JsonElement> SendAsync(string to, string hold = "null", string notify = "null", string? messageId = null)
    {
        var drafts = await Store.FindMailboxAsync(Ada.Id, "Drafts", default) ?? await Store.CreateMailboxAsync(Ada.Id, "Drafts", MailboxRole.Drafts, default);
        await using var intake = Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes($"From: ada@example.com\r\nTo: {to}\r\nBcc: hidden@example.org\r\nSubject: later\r\n{(messageId is null ? "" : $"Message-ID: <{messageId}>\r\n")}\r\nBody.\r\n"), default);
        await intake.CompleteAsync(default);
        var receipt = await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(drafts.Id, FlagSet.Empty, Time.GetUtcNow())])], default);
        var recipients = string.Join(", ", to.Split(", ").Select(one => $$"""{"email": "{{one}}", "parameters": {{notify}} }"""));
        var answer = await CallAsync("EmailSubmission/set", $$$"""
            "create": {"k": {"identityId": "i0", "emailId": "{{{JmapIds.Of(receipt.Entries[0].Email)}}}",
              "envelope": {"mailFrom": {"email": "ada@example.com", "parameters": {{{hold}}} }, "rcptTo": [{{{recipients}}}]} } }
            """);
        return answer.GetProperty("created").ValueKind == JsonValueKind.Object ? answer.GetProperty("created").GetProperty("k") : answer.GetProperty("notCreated").GetProperty("k");
    }

    public Task<JsonElement> UndoAsync(string id) => CallAsync("EmailSubmission/set", $$"""  "update": {"{{id}}": {"undoStatus": "canceled"} } """);

    public async Task<JsonElement> GetAsync(string id) => (await CallAsync("EmailSubmission/get", $$""" "ids": ["{{id}}"] """)).GetProperty("list")[0];

    public async Task<JsonElement> CallAsync(string method, string arguments)
    {
        var all = JsonSerializer.Serialize(Processor.Capabilities.All.Select(one => one.Name));
        var request = $$"""{"using": {{all}}, "methodCalls": [["{{method}}", {"accountId": "{{JmapIds.Of(Ada.Id)}}", {{arguments}} }, "0"]] }""";
        var output = new ArrayBufferWriter<byte>();
        await Processor.RunAsync(JmapHarness.UserOf(Ada), Encoding.UTF8.GetBytes(request), output, default);
        using var document = JsonDocument.Parse(output.WrittenMemory);
        var answer = document.RootElement.GetProperty("methodResponses")[0];
        Assert.True(answer[0].GetString() == method, answer.ToString());
        return answer[1].Clone();
    }

    public Task<List<string>> InboxAsync(AccountRecord account) => Store.ReadMailboxAsync(account.Id);

    public async Task<IReadOnlyList<QueueListItem>> QueueAsync() =>
        await Store.Queue.ListAsync(new QueueFilter { States = Enum.GetValues<QueueState>() }, null, 10_000, default);

    /// <summary>Waits until nothing is under way.</summary>
    public Task SettleAsync() => runner.SettleAsync(destinations);

    /// <summary>Lets time pass, and what is due then happen.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        await SettleAsync();
        Time.Advance(span);
        await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        var breaches = await Store.CheckConsistencyAsync(default);
        await Store.DisposeAsync();
        if (ownsFolder) Directory.Delete(folder, recursive: true);
        Assert.Empty(breaches);
    }

    private async Task StopAsync()
    {
        await runner.StopAsync(default);
        runner.Dispose();
    }

    private async Task OpenAsync()
    {
        Store = await TestStore.OpenAsync(folder, Time);
        var login = new LoginOptions { HashIterations = 1 };
        Accounts = new AccountService(Store, login, Time);
        Delivery = TestDelivery.Services(Store, "mail.example.com", Time);
        Handoff = new MailHandoff(Delivery);
        var services = new JmapServices(Store, Accounts, new LoginService(Store, login, Time, NullLogger<LoginService>.Instance), Time) { Delivery = Delivery };
        Processor = new JmapProcessor(services, JmapMethods.All(), NullLogger<JmapProcessor>.Instance);
        var options = new QueueOptions { Schedule = new RetrySchedule { Jitter = 0 } };
        destinations = new DestinationTable(options, Time);
        runner = new QueueRunner(
            Store.Queue, Store, World, new RouteTable(Store.Settings, Store.Directory), destinations, new SuppressionList(Store.State, Time), options, Time, deferred: new DeferredMail(Handoff));
    }
}
