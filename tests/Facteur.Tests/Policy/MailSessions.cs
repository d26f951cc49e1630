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
            [MailProtocol.Imap] = new ImapConnectionHandler(server.Store, server.Logins, new ImapOptions { PlaintextOnLoopback = true }, options.Time, NullLogger<ImapConnectionHandler>.Instance),
            [MailProtocol.Pop3] = new Pop3ConnectionHandler(
                server.Store, server.Logins, new Pop3Options { PlaintextOnLoopback = true, MaildropWait = TimeSpan.Zero }, options.Time, NullLogger<Pop3ConnectionHandler>.Instance),
            [MailProtocol.Submission] = new SmtpConnectionHandler(
                SmtpMode.Submission, new SmtpOptions { HostName = "mx.demo.test", PlaintextAuthOnLoopback = true },
                new MailHandoff(TestDelivery.Services(server.Store, "mx.demo.test", new FakeTime(), null)), server.Logins),
        };
    }

    /// <summary>A certificate that the listeners believe; whose it is, the directory says.</summary>
    public X509Certificate2 Certificate { get; }

    public IConnectionHandler this[MailProtocol protocol] => handlers[protocol];

    /// <summary>Logs in on a connection of its own and answers what was said to the last command, without the tag.</summary>
    public async Task<string> LogInAsync(MailProtocol protocol, string remote, bool isEncrypted, bool withCertificate, string user, string password, CancellationToken cancel)
    {
        var open = await OpenAsync(protocol, remote, isEncrypted, withCertificate, user, password, cancel);
        await open.Client.AbortAsync();
        await open.Session.WaitAsync(cancel);
        return open.Answer;
    }

    /// <summary>The same, and the connection stays.</summary>
    public async Task<OpenSession> OpenAsync(MailProtocol protocol, string remote, bool isEncrypted, bool withCertificate, string user, string password, CancellationToken cancel)
    {
        var (server, client) = MemoryConnection.Create(options, new IPEndPoint(IPAddress.Parse(remote), 50000));
        var session = Task.Run(() => ServeAsync(server, protocol, isEncrypted, cancel), cancel);
        if (isEncrypted) await client.StartTlsAsync(cancel, withCertificate ? Certificate : null);
        await client.ReadLineAsync(cancel); // the greeting
        var open = new OpenSession(client, session, "");
        foreach (var command in Commands(protocol, user, password)) open = open with { Answer = await open.AskAsync(command, cancel) };
        return open.Answer.StartsWith("a ", StringComparison.Ordinal) ? open with { Answer = open.Answer[2..] } : open;
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

    private static string[] Commands(MailProtocol protocol, string user, string password) => protocol switch
    {
        MailProtocol.Imap => [$"a LOGIN {user} {password}"],
        MailProtocol.Pop3 => [$"USER {user}", $"PASS {password}"],
        _ => ["EHLO client.demo.test", $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"))}"],
    };
}

/// <summary>A client that has tried to log in.</summary>
/// <param name="Answer">What it was told.</param>
internal sealed record OpenSession(MemoryClient Client, Task Session, string Answer)
{
    /// <summary>Sends a command and reads the last line of its answer.</summary>
    public async Task<string> AskAsync(string command, CancellationToken cancel)
    {
        await Client.WriteAsync(command + "\r\n", cancel);
        while (true)
            if (await ReadAsync(cancel) is var line && !line.StartsWith("250-", StringComparison.Ordinal)) return line;
    }

    public async Task<string> ReadAsync(CancellationToken cancel) => await Client.ReadLineAsync(cancel) ?? "<closed>";
}
