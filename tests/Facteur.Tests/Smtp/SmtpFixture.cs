using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Net;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Tests.Accounts;
using Facteur.Tests.Support;

namespace Facteur.Tests.Smtp;

/// <summary>A server of demo.test with two accounts, without a network: SMTP, delivery, accounts and the embedded store.</summary>
internal sealed class SmtpFixture : IAsyncDisposable
{
    public const string Password = "soleil-42-papier";

    /// <summary>AUTH PLAIN of moi@demo.test in base64.</summary>
    public static readonly string Plain = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0moi@demo.test\0{Password}"));

    private readonly FakeTime time = new();

    public MailStore Store { get; private init; } = null!;
    public DirectoryStore Directory { get; private init; } = null!;
    public LoginService Logins { get; private init; } = null!;
    public AccountService Administration { get; private init; } = null!;
    public MailHandoff Handoff { get; private init; } = null!;
    public SmtpOptions Options { get; init; } = new() { HostName = "mx.demo.test", MaxMessageOctets = 64 * 1024 };

    public static async Task<SmtpFixture> CreateAsync(SmtpOptions? options = null)
    {
        var login = new LoginOptions { HashIterations = 10 };
        var directory = new DirectoryRows();
        MailStore store = null!;
        var administration = new AccountService(directory, login);
        await administration.AddDomainAsync("demo.test", default);
        await administration.AddAccountAsync("moi@demo.test", "Moi", Password, default);
        await administration.AddAccountAsync("ami@demo.test", "Ami", Password, default);
        await directory.AddAddressAsync((await administration.GetAccountAsync("moi@demo.test", default)).Id, "alias@demo.test", default);
        return new SmtpFixture
        {
            Store = store,
            Directory = directory,
            Logins = new LoginService(directory, login, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<LoginService>.Instance),
            Administration = administration,
            Handoff = new MailHandoff(store, new RecipientDirectory(directory), new DeliveryOptions { HostName = "mx.demo.test" }, new FakeTime()),
            Options = options ?? new SmtpOptions { HostName = "mx.demo.test", MaxMessageOctets = 64 * 1024 },
        };
    }

    public SmtpConnectionHandler Handler(SmtpMode mode) => new(mode, Options, Handoff, Logins);

    /// <summary>Runs a conversation on a listener of the given service.</summary>
    public Task RunAsync(SmtpMode mode, string script, TranscriptOptions? options = null) => Transcript.RunAsync(Handler(mode), script, options ?? Transcripts());

    /// <summary>One conversation with a server of its own.</summary>
    public static async Task ConverseAsync(SmtpMode mode, string script, SmtpOptions? options = null, TranscriptOptions? transcript = null)
    {
        await using var fixture = await CreateAsync(options);
        await fixture.RunAsync(mode, script, transcript);
    }

    public TranscriptOptions Transcripts() => new()
    {
        Connection = new MailConnectionOptions { Time = time, Certificates = TestCertificate.Store, Limits = ConnectionLimits.Relay },
    };

    public ValueTask DisposeAsync()
    {
        Logins.Dispose();
        return Store is null ? default : Store.DisposeAsync();
    }
}
