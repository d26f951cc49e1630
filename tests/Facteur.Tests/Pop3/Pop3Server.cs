using System.Text;
using Facteur.Accounts;
using Facteur.Pop3;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using StoreDelivery = Facteur.Storage.Delivery;

namespace Facteur.Tests.Pop3;

/// <summary>
/// A store in a folder of its own with moi@demo.test (two messages) and ami@demo.test (none), and POP3 before it.
/// Actions of its scripts: deliver, expunge (all of moi's), disable, passwd.
/// </summary>
internal sealed class Pop3Server : IAsyncDisposable
{
    private readonly string folder;
    private readonly FakeTime time = new();
    private readonly MailStore store;
    private readonly LoginService logins;
    private readonly AccountService administration;
    private readonly Pop3ConnectionHandler handler;
    private Mailbox inbox = null!;

    private Pop3Server(MailStore store, Pop3Options options, string folder)
    {
        this.folder = folder;
        this.store = store;
        var login = new LoginOptions { HashIterations = 10 };
        logins = new LoginService(store, login, time, NullLogger<LoginService>.Instance);
        administration = new AccountService(store.Directory, login);
        handler = new Pop3ConnectionHandler(store, logins, options, time, NullLogger<Pop3ConnectionHandler>.Instance);
    }

    /// <param name="options">By default passwords in clear are taken and a busy maildrop is not waited for.</param>
    public static async Task<Pop3Server> StartAsync(Pop3Options? options = null)
    {
        var folder = Directory.CreateTempSubdirectory("facteur-pop3-").FullName;
        var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 1024 * 1024 }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, default);
        var server = new Pop3Server(store, options ?? new Pop3Options { PlaintextOnLoopback = true, MaildropWait = TimeSpan.Zero }, folder);
        await server.administration.AddDomainAsync("demo.test", default);
        await server.administration.AddAccountAsync("ami@demo.test", null, "rivière-17-lune", default);
        var moi = (await server.administration.AddAccountAsync("moi@demo.test", null, "soleil-42-papier", default)).Account;
        server.inbox = (await store.FindMailboxAsync(moi.Id, "INBOX", default))!;
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

    public Task ConverseAsync(string script, bool ignoreRest = false, TranscriptOptions? connection = null)
    {
        connection ??= new TranscriptOptions { Connection = new() { Time = time, Certificates = TestCertificate.Store } };
        return Transcript.RunAsync(handler, script, connection with
        {
            IgnoreRest = ignoreRest,
            Actions = new Dictionary<string, Func<Task>>
            {
                ["deliver"] = () => DeliverAsync("Subject: Trois\r\n\r\nx\r\n"),
                ["expunge"] = () => store.ExpungeAsync(inbox.Id, [new UidRange(1, 1)], onlyDeleted: false, default).AsTask(),
                ["disable"] = () => administration.SetEnabledAsync("moi@demo.test", false, default).AsTask(),
                ["passwd"] = () => administration.SetPasswordAsync("moi@demo.test", null, default).AsTask(),
            },
        });
    }

    public async Task DeliverAsync(string message, string? popUidl = null)
    {
        await using var intake = store.BeginMessage(null);
        await intake.WriteAsync(Encoding.UTF8.GetBytes(message), default);
        await intake.CompleteAsync(default);
        await store.DeliverAsync([new StoreDelivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, time.GetUtcNow()) { PopUidl = popUidl }])], default);
    }

    public async Task<int> CountAsync() => (await store.FindMailboxAsync(inbox.Account, "INBOX", default))!.Messages;

    /// <summary>Unique-ids as a session sees them.</summary>
    public async Task<IReadOnlyList<string>> UidlAsync()
    {
        var maildrop = await Maildrop.OpenAsync(store, inbox.Account, default);
        return [.. maildrop.List().Select(entry => entry.Message.Uidl)];
    }

    public async ValueTask DisposeAsync()
    {
        logins.Dispose();
        Assert.Empty(await store.CheckConsistencyAsync(default));
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
