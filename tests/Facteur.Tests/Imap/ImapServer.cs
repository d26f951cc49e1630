using System.Text;
using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Imap;
using Facteur.Net;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Imap;

/// <summary>IMAP over a real store in a scratch folder, shared by the tests of a class; each test has an account of its own.</summary>
public sealed partial class ImapServer : IAsyncLifetime
{
    public const string Password = "soleil-42-papier";

    private readonly string folder = Directory.CreateTempSubdirectory("facteur-imap-").FullName;
    private int accounts;
    private EmbeddedStore store = null!;
    private LoginService logins = null!;

    internal MailStore Store => store;
    internal LoginService Logins => logins;
    internal AccountService Administration { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 8 * 1024 * 1024, ReserveOctets = 0 };
        store = await TestStore.OpenAsync(options, TimeProvider.System);
        var login = new LoginOptions { HashIterations = 1, FreeFailures = 1000 };
        logins = new LoginService(store, login, TimeProvider.System, NullLogger<LoginService>.Instance);
        Administration = new AccountService(store, login);
        await Administration.AddDomainAsync("demo.test", default);
    }

    public async ValueTask DisposeAsync()
    {
        var broken = await store.CheckConsistencyAsync(default);
        logins.Dispose();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Assert.Empty(broken);
    }

    /// <summary>A new account with INBOX and the standard mailboxes.</summary>
    internal async Task<AccountRecord> NewAccountAsync()
    {
        var address = $"moi{Interlocked.Increment(ref accounts)}@demo.test";
        return (await Administration.AddAccountAsync(address, "Moi", Password, default)).Account;
    }

    /// <summary>Puts a message into a mailbox, as delivery does.</summary>
    internal async Task DeliverAsync(AccountId account, string mailbox = "INBOX", string subject = "bonjour", params string[] keywords)
    {
        var target = (await store.FindMailboxAsync(account, mailbox, default))!;
        await using var intake = store.BeginMessage(null);
        await intake.WriteAsync(Encoding.UTF8.GetBytes($"From: a@demo.test\r\nSubject: {subject}\r\n\r\nbonjour\r\n"), default);
        await intake.CompleteAsync(default);
        var flags = keywords.Length == 0 ? FlagSet.Empty : new FlagSet(MessageFlags.None, keywords);
        await store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(target.Id, flags, DateTimeOffset.UnixEpoch)])], default);
    }

    /// <summary>Runs a conversation from the greeting on.</summary>
    internal Task RunAsync(string script, ImapOptions? imap = null, TranscriptOptions? options = null)
    {
        options ??= new TranscriptOptions();
        var handler = new ImapConnectionHandler(store, logins, imap ?? new ImapOptions { PlaintextOnLoopback = true }, options.Connection.Time, NullLogger<ImapConnectionHandler>.Instance);
        return Transcript.RunAsync(handler, script, options);
    }

    /// <summary>Runs a conversation of clients that are logged in (each C1, C2 of the script) to a new account or <paramref name="account"/>.</summary>
    internal async Task RunLoggedInAsync(string script, AccountRecord? account = null, ImapOptions? imap = null, TranscriptOptions? options = null)
    {
        account ??= await NewAccountAsync();
        var opening = new StringBuilder();
        foreach (var client in ClientNumbers().Matches(script).Select(m => m.Groups[1].Value).Distinct())
            opening.Append(System.Globalization.CultureInfo.InvariantCulture, $"S{client}: * OK *\nC{client}: login LOGIN {account.Address} {Password}\nS{client}: login OK *\n");
        await RunAsync(opening + script, imap, options);
    }

    [GeneratedRegex(@"^C(\d*)[\\]?:", RegexOptions.Multiline)]
    private static partial Regex ClientNumbers();
}
