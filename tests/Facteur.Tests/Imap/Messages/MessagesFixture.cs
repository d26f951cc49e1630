using System.Text;
using Facteur.Accounts;
using Facteur.Imap;
using Facteur.Net;
using Facteur.Storage;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Imap.Messages;

using Delivery = Facteur.Storage.Delivery;

/// <summary>A store with one account, and conversations with its mailbox selected.</summary>
internal sealed class MessagesFixture : IAsyncDisposable
{
    private const string Address = "moi@demo.test";
    private const string Password = "soleil-42-papier";

    private readonly TemporaryFolder folder = new();
    private LoginService logins = null!;

    public string Folder => folder.Path;
    public FakeTime Time { get; } = new();
    public MailStore Store { get; private set; } = null!;
    public Mailbox Inbox { get; private set; } = null!;

    public static async Task<MessagesFixture> CreateAsync()
    {
        var fixture = new MessagesFixture();
        fixture.Store = await TestStore.OpenAsync(fixture.folder.Path, fixture.Time);
        var options = new LoginOptions { HashIterations = 10 };
        var accounts = new AccountService(fixture.Store.Directory, options);
        await accounts.AddDomainAsync("demo.test", default);
        await accounts.AddAccountAsync(Address, "Moi", Password, default);
        var account = await accounts.GetAccountAsync(Address, default);
        fixture.logins = new LoginService(fixture.Store, options, fixture.Time, NullLogger<LoginService>.Instance);
        fixture.Inbox = (await fixture.Store.FindMailboxAsync(account.Id, "INBOX", default))!;
        return fixture;
    }

    /// <summary>Puts a message into the inbox; line ends of <paramref name="message"/> become CRLF.</summary>
    public async Task<StoredEntry> AddAsync(string message, MessageFlags flags = default, DateTimeOffset? date = null, params string[] keywords) =>
        await AddAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), flags, date, keywords);

    public async Task<StoredEntry> AddAsync(byte[] message, MessageFlags flags = default, DateTimeOffset? date = null, params string[] keywords)
    {
        await using var intake = Store.BeginMessage(message.Length);
        await intake.WriteAsync(message, default);
        await intake.CompleteAsync(default);
        var target = new DeliveryTarget(Inbox.Id, new FlagSet(flags, keywords), date ?? Time.GetUtcNow());
        return (await Store.DeliverAsync([new Delivery(intake, [target])], default)).Entries[0];
    }

    /// <summary>Adds short messages with these subjects.</summary>
    public async Task AddSubjectsAsync(params string[] subjects)
    {
        foreach (var subject in subjects) await AddAsync($"From: Ada <ada@demo.test>\nSubject: {subject}\n\nbody of {subject}\n");
    }

    /// <summary>Runs a script in which each client has logged in and selected the inbox.</summary>
    /// <param name="enable">Words of ENABLE before the mailbox is selected, or null.</param>
    public async Task RunAsync(string script, int clients = 1, string select = "SELECT", string? enable = null, IReadOnlyDictionary<string, Func<Task>>? actions = null)
    {
        var mailbox = (await Store.FindMailboxAsync(Inbox.Account, "INBOX", default))!;
        var text = new StringBuilder();
        for (var client = 1; client <= clients; client++) Open(text, client, mailbox, select, enable);
        var handler = new ImapConnectionHandler(Store, logins, new ImapOptions { PlaintextOnLoopback = true }, Time, NullLogger<ImapConnectionHandler>.Instance);
        await Transcript.RunAsync(handler, text + script, new TranscriptOptions
        {
            Connection = new MailConnectionOptions { Time = Time },
            Actions = actions ?? new Dictionary<string, Func<Task>>(),
        });
    }

    private static void Open(StringBuilder text, int client, Mailbox mailbox, string select, string? enable)
    {
        var isRev2 = enable?.Contains("IMAP4rev2", StringComparison.Ordinal) == true;
        void Line(string line) => text.Append(line[0]).Append(client).Append(line.AsSpan(1)).Append('\n');
        Line("S: * OK *");
        Line($"C: l1 LOGIN {Address} {Password}");
        Line("S: l1 OK *");
        if (enable is not null)
        {
            Line($"C: l2 ENABLE {enable}");
            Line("S: * ENABLED *");
            Line("S: l2 OK *");
        }
        Line($"C: l3 {select} INBOX");
        Line("S: * FLAGS *");
        Line("S: * OK [PERMANENTFLAGS *");
        Line("S: * " + mailbox.Messages + " EXISTS");
        if (!isRev2) Line("S: * * RECENT");
        if (!isRev2 && mailbox.Unseen > 0) Line("S: * OK [UNSEEN *");
        Line("S: * OK [UIDVALIDITY *");
        Line("S: * OK [UIDNEXT *");
        Line("S: * OK [HIGHESTMODSEQ *");
        Line("S: * OK [MAILBOXID *");
        if (isRev2) Line("S: * LIST *");
        Line("S: l3 OK *");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            Assert.Empty(await Store.CheckConsistencyAsync(default));
        }
        finally
        {
            logins.Dispose();
            await Store.DisposeAsync();
            folder.Dispose();
        }
    }
}
