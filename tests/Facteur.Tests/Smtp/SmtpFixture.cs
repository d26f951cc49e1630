using System.Text;
using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Net;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Smtp;

/// <summary>A server of demo.test with two accounts, without a network: SMTP, delivery, accounts and the embedded store.</summary>
internal sealed class SmtpFixture(string folder) : IAsyncDisposable
{
    public const string Password = "soleil-42-papier";

    /// <summary>AUTH PLAIN of moi@demo.test in base64.</summary>
    public static readonly string Plain = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0moi@demo.test\0{Password}"));

    public MailStore Store { get; private init; } = null!;
    public LoginService Logins { get; private init; } = null!;
    public AccountService Administration { get; private init; } = null!;
    public MailHandoff Handoff { get; private init; } = null!;
    public SmtpOptions Options { get; init; } = new() { HostName = "mx.demo.test", MaxMessageOctets = 64 * 1024 };

    public static async Task<SmtpFixture> CreateAsync(SmtpOptions? options = null, Facteur.Net.Dns.DnsResolver? dns = null)
    {
        var folder = Directory.CreateTempSubdirectory("facteur-smtp-").FullName;
        var store = await TestStore.OpenAsync(folder, new FakeTime());
        var login = new LoginOptions { HashIterations = 10 };
        var administration = new AccountService(store.Directory, login);
        await administration.AddDomainAsync("demo.test", default);
        await administration.AddAccountAsync("moi@demo.test", "Moi", Password, default);
        await administration.AddAccountAsync("ami@demo.test", "Ami", Password, default);
        await store.Directory.AddAddressAsync((await administration.GetAccountAsync("moi@demo.test", default)).Id, "alias@demo.test", default);
        return new SmtpFixture(folder)
        {
            Store = store,
            Logins = new LoginService(store, login, TimeProvider.System, NullLogger<LoginService>.Instance),
            Administration = administration,
            Handoff = new MailHandoff(TestDelivery.Services(store, "mx.demo.test", new FakeTime(), dns)),
            Options = options ?? new SmtpOptions { HostName = "mx.demo.test", MaxMessageOctets = 64 * 1024 },
        };
    }

    /// <summary>The messages in the inbox of an account, oldest first, octets as characters.</summary>
    public async Task<IReadOnlyList<string>> InboxAsync(string address) =>
        await Store.ReadMailboxAsync((await Administration.GetAccountAsync(address, default)).Id, encoding: Encoding.Latin1);

    /// <summary>Gives an account a limit.</summary>
    public async Task SetQuotaAsync(string address, long octets) =>
        await Store.Directory.UpdateAccountAsync(await Administration.GetAccountAsync(address, default) with { QuotaOctets = octets }, default);

    public SmtpConnectionHandler Handler(SmtpMode mode) => new(mode, Options, Handoff, Logins);

    /// <summary>Runs a conversation on a listener of the given service.</summary>
    public Task RunAsync(SmtpMode mode, string script, TranscriptOptions? options = null) => Transcript.RunAsync(Handler(mode), script, options ?? Transcripts());

    /// <summary>One conversation with a server of its own.</summary>
    public static async Task ConverseAsync(SmtpMode mode, string script, SmtpOptions? options = null, TranscriptOptions? transcript = null)
    {
        await using var fixture = await CreateAsync(options);
        await fixture.RunAsync(mode, script, transcript);
    }

    /// <summary>One conversation with this server under other options.</summary>
    public Task RunAsync(SmtpMode mode, SmtpOptions options, string script) =>
        Transcript.RunAsync(new SmtpConnectionHandler(mode, options, Handoff, Logins), script, Transcripts());

    public TranscriptOptions Transcripts() => new()
    {
        Connection = new MailConnectionOptions { Time = new FakeTime(), Certificates = TestCertificate.Store, Limits = ConnectionLimits.Relay },
    };

    public async ValueTask DisposeAsync()
    {
        Logins.Dispose();
        var breaches = await Store.CheckConsistencyAsync(default);
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Assert.Empty(breaches);
    }
}

/// <summary>One server for the conversations of a class that deliver nothing.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal SmtpFixture Fixture { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Fixture = await SmtpFixture.CreateAsync();

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    internal Task ConverseAsync(SmtpMode mode, string script, SmtpOptions? options = null) => Fixture.RunAsync(mode, options ?? Fixture.Options, script);
}
