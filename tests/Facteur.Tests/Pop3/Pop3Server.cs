using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Accounts;
using Facteur.Pop3;
using Facteur.Pop3.Maildrops;
using Facteur.Storage;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using StoreDelivery = Facteur.Storage.Delivery;

namespace Facteur.Tests.Pop3;

/// <summary>
/// A store in a folder of its own with moi@demo.test (two messages) and ami@demo.test (none), and POP3 before it.
/// Actions of its scripts: deliver, expunge (the first of moi's), disable, passwd, restart (of POP3 and the store's caches).
/// </summary>
internal sealed class Pop3Server : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly string folder;
    private readonly MailStore store;
    private readonly LoginService logins;
    private readonly AccountService administration;
    private readonly Pop3Options options;
    private Pop3ConnectionHandler handler = null!;

    private Pop3Server(MailStore store, FakeTime time, Pop3Options options, string folder)
    {
        (this.folder, this.store, Time, this.options) = (folder, store, time, options);
        var login = new LoginOptions { HashIterations = 10 };
        logins = new LoginService(store, login, Time, NullLogger<LoginService>.Instance);
        administration = new AccountService(store, login, Time);
        Restart();
    }

    public FakeTime Time { get; }
    public MailStore Store => store;
    public AccountService Administration => administration;
    public AccountRecord Moi { get; private set; } = null!;
    public Mailbox Inbox { get; private set; } = null!;

    /// <param name="options">By default passwords in clear are taken and a busy maildrop is not waited for.</param>
    public static async Task<Pop3Server> StartAsync(Pop3Options? options = null, bool empty = false, DateTimeOffset? at = null)
    {
        var folder = Directory.CreateTempSubdirectory("facteur-pop3-").FullName;
        var time = new FakeTime();
        if (at is { } now) time.Advance(now - time.GetUtcNow());
        var store = await TestStore.OpenAsync(folder, time);
        var server = new Pop3Server(store, time, options ?? new Pop3Options { PlaintextOnLoopback = true, MaildropWait = TimeSpan.Zero }, folder);
        await server.administration.AddDomainAsync("demo.test", default);
        await server.administration.AddAccountAsync("ami@demo.test", null, "rivière-17-lune", default);
        server.Moi = (await server.administration.AddAccountAsync("moi@demo.test", null, "soleil-42-papier", default)).Account;
        server.Inbox = await server.MailboxAsync("INBOX");
        if (empty) return server;
        await server.DeliverAsync("From: ami@demo.test\r\nSubject: Un\r\n\r\nBonjour\r\n");
        await server.DeliverAsync("From: ami@demo.test\r\nSubject: Deux\r\n\r\n.point\r\n.\r\n");
        return server;
    }

    /// <summary>One script on a server of its own.</summary>
    public static async Task RunAsync(string script, Pop3Options? options = null, TranscriptOptions? connection = null)
    {
        await using var server = await StartAsync(options);
        await server.ConverseAsync(script, connection: connection);
    }

    /// <summary>Forgets what sessions remember, as a start does.</summary>
    public void Restart() => handler = new Pop3ConnectionHandler(store, logins, options, Time, NullLogger<Pop3ConnectionHandler>.Instance);

    public Task ConverseAsync(string script, bool ignoreRest = false, TranscriptOptions? connection = null, params (string Name, Func<Task> Run)[] actions)
    {
        connection ??= new TranscriptOptions { Connection = new() { Time = Time, Certificates = TestCertificate.Store } };
        var known = new Dictionary<string, Func<Task>>
        {
            ["deliver"] = () => DeliverAsync("Subject: Trois\r\n\r\nx\r\n"),
            ["expunge"] = () => ExpungeAsync(1),
            ["disable"] = () => administration.SetEnabledAsync("moi@demo.test", false, default).AsTask(),
            ["passwd"] = () => administration.SetPasswordAsync("moi@demo.test", null, default).AsTask(),
        };
        foreach (var (name, run) in actions) known[name] = run;
        return Transcript.RunAsync(handler, script, connection with { IgnoreRest = ignoreRest, Actions = known });
    }

    /// <summary>Serves one connection to its end.</summary>
    public async Task ServeAsync(Facteur.Net.MailConnection connection, bool implicitTls)
    {
        await using (connection)
        {
            if (implicitTls && await connection.HandshakeAsync(default) is not null) return;
            await handler.RunAsync(connection, connection.Aborted);
        }
    }

    public async Task<EmailId> DeliverAsync(string message, string? popUidl = null, string mailbox = "INBOX")
    {
        await using var intake = store.BeginMessage(null);
        await intake.WriteAsync(Encoding.UTF8.GetBytes(message), default);
        await intake.CompleteAsync(default);
        var target = await MailboxAsync(mailbox);
        var receipt = await store.DeliverAsync([new StoreDelivery(intake, [new DeliveryTarget(target.Id, FlagSet.Empty, Time.GetUtcNow()) { PopUidl = popUidl }])], default);
        return receipt.Entries[0].Email;
    }

    /// <summary>All in one commit.</summary>
    public async Task DeliverAsync(IEnumerable<(string Message, string? PopUidl)> messages)
    {
        var deliveries = new List<StoreDelivery>();
        foreach (var (message, popUidl) in messages)
        {
            var intake = store.BeginMessage(null);
            await intake.WriteAsync(Encoding.UTF8.GetBytes(message), default);
            await intake.CompleteAsync(default);
            deliveries.Add(new StoreDelivery(intake, [new DeliveryTarget(Inbox.Id, FlagSet.Empty, Time.GetUtcNow()) { PopUidl = popUidl }]));
        }
        await store.DeliverAsync(deliveries, default);
        foreach (var delivery in deliveries) await delivery.Message.DisposeAsync();
    }

    public async Task ExpungeAsync(uint uid) => await store.ExpungeAsync(Inbox.Id, [new UidRange(uid, uid)], onlyDeleted: false, default);

    /// <summary>Done when everybody was told.</summary>
    public async Task SetAsync(PopSetting setting)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Tell(SettingScope scope, string name) => told.TrySetResult();
        store.Settings.Changed += Tell;
        await store.Settings.SetAsync(SettingScope.Of(Moi.Id), "pop", JsonSerializer.SerializeToUtf8Bytes(setting, Json), default);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(10));
        store.Settings.Changed -= Tell;
    }

    public async Task<int> CountAsync() => (await MailboxAsync("INBOX")).Messages;

    public async Task<Mailbox> MailboxAsync(string name) =>
        await store.FindMailboxAsync(Moi.Id, name, default) ?? await store.CreateMailboxAsync(Moi.Id, name, MailboxRole.None, default);

    /// <summary>A maildrop as a session has it.</summary>
    public async Task<Maildrop> OpenAsync(PopSetting? setting = null)
    {
        var maildrop = await Maildrop.OpenAsync(store, handler.Services.Cache, Moi, setting ?? await new AccountSettings(store.Settings).PopAsync(Moi, default), default);
        await maildrop.LoadAsync(default);
        return maildrop;
    }

    /// <summary>Unique-ids as a session sees them.</summary>
    public async Task<IReadOnlyList<string>> UidlAsync(PopSetting? setting = null)
    {
        var maildrop = await OpenAsync(setting);
        var uidls = new List<string>();
        for (var number = 1; number <= maildrop.Messages; number++) uidls.Add(await maildrop.UidlAsync(number, default));
        return uidls;
    }

    public async ValueTask DisposeAsync()
    {
        logins.Dispose();
        Assert.Empty(await store.CheckConsistencyAsync(default));
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
