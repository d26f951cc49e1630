using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Imap;
using Facteur.Net;
using Facteur.Pop3;
using Facteur.Smtp;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Policy;

/// <summary>IMAP, POP3 and submission over the accounts of a fixture, spoken to as a client does.</summary>
internal sealed class MailSessions : IDisposable
{
    public static readonly MailProtocol[] Protocols = [MailProtocol.Imap, MailProtocol.Pop3, MailProtocol.Submission];

    // One connection tries many logins.
    private const int Many = 100_000;

    private readonly TestIssuer authority = new("Of clients");
    private readonly MailConnectionOptions options;
    private readonly Dictionary<MailProtocol, IConnectionHandler> handlers;

    public MailSessions(PolicyFixture server)
    {
        Certificate = authority.Issue("moi");
        options = new MailConnectionOptions
        {
            Time = new FakeTime(),
            Certificates = TestCertificate.Store,
            ClientCertificates = new ClientCertificateRules(ClientCertificateMode.Optional, ClientAuthorities.Of([authority.Certificate], TimeProvider.System)),
        };
        handlers = new Dictionary<MailProtocol, IConnectionHandler>
        {
            [MailProtocol.Imap] = new ImapConnectionHandler(server.Store, server.Logins, new ImapOptions { PlaintextOnLoopback = true, MaxFailedLogins = Many }, options.Time, NullLogger<ImapConnectionHandler>.Instance),
            [MailProtocol.Pop3] = new Pop3ConnectionHandler(
                server.Store, server.Logins, new Pop3Options { PlaintextOnLoopback = true, MaildropWait = TimeSpan.Zero, MaxFailedLogins = Many }, options.Time, NullLogger<Pop3ConnectionHandler>.Instance),
            [MailProtocol.Submission] = new SmtpConnectionHandler(
                SmtpMode.Submission, new SmtpOptions { HostName = "mx.demo.test", PlaintextAuthOnLoopback = true, MaxFailedLogins = Many, MaxErrors = Many },
                new MailHandoff(TestDelivery.Services(server.Store, "mx.demo.test", new FakeTime(), null)), server.Logins),
        };
    }

    /// <summary>A certificate that the listeners believe; whose it is, the directory says.</summary>
    public X509Certificate2 Certificate { get; }

    public IConnectionHandler this[MailProtocol protocol] => handlers[protocol];

    /// <summary>Logs in by a password on a connection of its own and answers what was said, without the tag.</summary>
    public async Task<string> LogInAsync(MailProtocol protocol, string remote, bool isEncrypted, bool withCertificate, string user, string password, CancellationToken cancel)
    {
        var open = await ConnectAsync(protocol, remote, isEncrypted, withCertificate, cancel);
        var answer = await open.LogInAsync(CredentialKind.Password, user, password, cancel);
        await open.CloseAsync(cancel);
        return answer;
    }

    /// <summary>A connection that is ready for a login.</summary>
    public async Task<OpenSession> ConnectAsync(MailProtocol protocol, string remote, bool isEncrypted, bool withCertificate, CancellationToken cancel)
    {
        var (server, client) = MemoryConnection.Create(options, new IPEndPoint(IPAddress.Parse(remote), 50000));
        var open = new OpenSession(protocol, client, Task.Run(() => ServeAsync(server, protocol, isEncrypted, cancel), cancel));
        if (isEncrypted) await client.StartTlsAsync(cancel, withCertificate ? Certificate : null);
        await open.ReadAsync(cancel); // the greeting
        if (protocol == MailProtocol.Submission) await open.AskAsync("EHLO client.demo.test", cancel);
        return open;
    }

    public void Dispose() => authority.Dispose();

    private async Task ServeAsync(MailConnection connection, MailProtocol protocol, bool isEncrypted, CancellationToken cancel)
    {
        await using (connection)
        {
            if (isEncrypted && await connection.HandshakeAsync(cancel) is { } failure) throw new InvalidOperationException($"the handshake ended with {failure}");
            await handlers[protocol].RunAsync(connection, connection.Aborted);
        }
    }
}

/// <summary>A client and the session it talks to.</summary>
internal sealed record OpenSession(MailProtocol Protocol, MemoryClient Client, Task Session)
{
    /// <summary>Tries to log in, by LOGIN, USER and PASS or SASL, and answers the verdict without the tag.</summary>
    public async Task<string> LogInAsync(CredentialKind credential, string user, string secret, CancellationToken cancel)
    {
        var answer = "";
        foreach (var command in Commands(credential, user, secret)) answer = await AskAsync(command, cancel);
        // A refused token is told why first, in JSON; what is said to that is of no interest to anybody (RFC 7628 §3.2.3).
        if (answer.StartsWith("+ ", StringComparison.Ordinal) || answer.StartsWith("334 ", StringComparison.Ordinal)) answer = await AskAsync("AQ==", cancel);
        return answer.StartsWith("a ", StringComparison.Ordinal) ? answer[2..] : answer;
    }

    /// <summary>Goes away; when this completes the session has let go of what it held.</summary>
    public async Task CloseAsync(CancellationToken cancel)
    {
        await Client.AbortAsync();
        await Session.WaitAsync(cancel);
    }

    /// <summary>Sends a command and reads the last line of its answer.</summary>
    public async Task<string> AskAsync(string command, CancellationToken cancel)
    {
        await Client.WriteAsync(command + "\r\n", cancel);
        while (true)
            if (await ReadAsync(cancel) is var line && !line.StartsWith("250-", StringComparison.Ordinal)) return line;
    }

    public async Task<string> ReadAsync(CancellationToken cancel) => await Client.ReadLineAsync(cancel) ?? "<closed>";

    private string[] Commands(CredentialKind credential, string user, string secret)
    {
        var (mechanism, response) = credential switch
        {
            CredentialKind.Certificate => ("EXTERNAL", "="),
            CredentialKind.AccessToken => ("OAUTHBEARER", Base64($"n,a={user},\u0001auth=Bearer {secret}\u0001\u0001")),
            _ => ("PLAIN", Base64($"\0{user}\0{secret}")),
        };
        var isPassword = credential is CredentialKind.Password or CredentialKind.AppPassword;
        return Protocol switch
        {
            MailProtocol.Imap => isPassword ? [$"a LOGIN {user} {secret}"] : [$"a AUTHENTICATE {mechanism} {response}"],
            MailProtocol.Pop3 => isPassword ? [$"USER {user}", $"PASS {secret}"] : [$"AUTH {mechanism} {response}"],
            _ => [$"AUTH {mechanism} {response}"],
        };
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
