using System.Formats.Asn1;
using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Facteur.Net.Dialing;

namespace Facteur.Net.Ldap;

/// <summary>How a directory is reached.</summary>
public sealed record LdapClientOptions
{
    /// <summary>Longest wait for the connection with its TLS, and for each answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>On ldap: go over to TLS first (RFC 4511 §4.14). False talks in clear, which is allowed to this machine alone.</summary>
    public bool StartTls { get; init; } = true;

    /// <summary>The only authorities whose certificates are believed; null for those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}

/// <summary>
/// One connection to a directory (RFC 4511); one request at a time. Passwords never travel in clear but on this machine. Whoever gets
/// an exception disposes of it: an answer may still be on its way.
/// </summary>
public sealed class LdapClient : IAsyncDisposable
{
    private readonly LdapWire wire;
    private readonly LdapClientOptions options;
    private readonly TimeProvider time;
    private int lastId;

    private LdapClient(LdapServerAddress server, Stream stream, LdapClientOptions options, TimeProvider time)
    {
        Server = server;
        wire = new LdapWire(stream);
        this.options = options;
        this.time = time;
    }

    public LdapServerAddress Server { get; }

    /// <summary>The name the last bind was for, when it succeeded; "" is nobody's.</summary>
    public string BoundDn { get; private set; } = "";

    /// <summary>Protocol and certificate, in words; "" in clear.</summary>
    public string Tls { get; private set; } = "";

    /// <summary>Connects, and goes over to TLS.</summary>
    /// <exception cref="LdapUnavailableException">It cannot be reached or trusted.</exception>
    public static async Task<LdapClient> ConnectAsync(GuardedDialer dialer, LdapServerAddress server, LdapClientOptions options, TimeProvider time, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        LdapClient? client = null;
        try
        {
            var dialed = await dialer.ConnectAsync(server.Host, server.Port, DialPurpose.Service, linked.Token);
            if (!dialed.IsConnected) throw new LdapUnavailableException($"{server}: {dialed.Sentence}");
            client = new LdapClient(server, dialed.Connection.Stream, options, time);
            if (server.IsImplicitTls) await client.SecureAsync(linked.Token);
            else if (options.StartTls) await client.StartTlsAsync(linked.Token);
            else if (!IPAddress.IsLoopback(dialed.Connection.Remote.Address))
                throw new LdapUnavailableException($"{server}: without TLS passwords would be read on the way; use ldaps or StartTLS");
            return client;
        }
        catch (Exception e)
        {
            if (client is not null) await client.wire.Stream.DisposeAsync();
            throw client?.Explain(e, cancel) ?? (e is OperationCanceledException && !cancel.IsCancellationRequested ? new LdapUnavailableException($"{server} does not answer", e) : e);
        }
    }

    /// <summary>
    /// Simple bind. With a name a password must be there: with an empty one many servers say "success" to whoever asks
    /// (unauthenticated bind, RFC 4513 §5.1.2). No name and no password is anonymous.
    /// </summary>
    /// <exception cref="LdapUnavailableException">No answer, or none that says whether the password is right.</exception>
    public async ValueTask<LdapResult> BindAsync(string dn, string password, CancellationToken cancel)
    {
        if (dn.Length > 0 && password.Length == 0) throw new ArgumentException("a bind with a name has a password", nameof(password));
        BoundDn = ""; // while it is under way and after it failed (RFC 4511 §4.2.1)
        var result = await AskAsync(id => LdapMessages.Bind(id, dn, password), LdapMessages.BindResponse, cancel);
        if (result.IsSuccess) BoundDn = dn;
        return result;
    }

    /// <summary>All entries that a search finds; referrals to other servers are not followed.</summary>
    /// <exception cref="LdapUnavailableException">No answer.</exception>
    /// <exception cref="LdapRefusedException">The server does not search; a base that is not there has no entries.</exception>
    public async ValueTask<IReadOnlyList<LdapEntry>> SearchAsync(LdapSearch search, CancellationToken cancel)
    {
        var entries = new List<LdapEntry>();
        var (done, _) = await PageAsync(search, null, entries, cancel);
        return done.Code is LdapResultCode.Success or LdapResultCode.NoSuchObject or LdapResultCode.SizeLimitExceeded ? entries : throw new LdapRefusedException("the directory does not search", done);
    }

    /// <summary>The same in pages (RFC 2696), as many as there are: all entries, or an exception.</summary>
    public async IAsyncEnumerable<LdapEntry> SearchAllAsync(LdapSearch search, int pageSize, [EnumeratorCancellation] CancellationToken cancel)
    {
        byte[] cookie = [];
        do
        {
            var entries = new List<LdapEntry>();
            (var done, cookie) = await PageAsync(search, (pageSize, cookie), entries, cancel);
            if (!done.IsSuccess) throw new LdapRefusedException("the directory does not list all", done);
            foreach (var entry in entries) yield return entry;
        }
        while (cookie.Length > 0);
    }

    /// <summary>Says goodbye when that can be done at once, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            await wire.WriteAsync(LdapMessages.Unbind(++lastId), timer.Token); // RFC 4511 §4.3
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone already.
        }
        await wire.Stream.DisposeAsync();
    }

    private async ValueTask<(LdapResult Done, byte[] Cookie)> PageAsync(LdapSearch search, (int, byte[])? page, List<LdapEntry> entries, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            var id = ++lastId;
            await wire.WriteAsync(LdapMessages.Search(id, search, (int)Math.Ceiling(options.Timeout.TotalSeconds), page), linked.Token);
            while (true)
            {
                var message = await ReadAsync(id, linked.Token);
                if (message.Tag == LdapMessages.SearchEntry) entries.Add(LdapMessages.Entry(message));
                else if (message.Tag == LdapMessages.SearchDone) return (LdapMessages.Result(message), message.Cookie);
                else if (message.Tag != LdapMessages.SearchReference && message.Tag != LdapMessages.Intermediate) throw new AsnContentException("an answer to something else came");
                timer.CancelAfter(options.Timeout); // it is not silent
            }
        }
        catch (Exception e)
        {
            throw Explain(e, cancel);
        }
    }

    private async ValueTask<LdapResult> AskAsync(Func<int, byte[]> request, Asn1Tag answer, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            var id = ++lastId;
            await wire.WriteAsync(request(id), linked.Token);
            var message = await ReadAsync(id, linked.Token);
            return message.Tag == answer ? LdapMessages.Result(message) : throw new AsnContentException("an answer to something else came");
        }
        catch (Exception e)
        {
            throw Explain(e, cancel);
        }
    }

    private async ValueTask<LdapMessage> ReadAsync(int id, CancellationToken cancel)
    {
        var message = await wire.ReadAsync(cancel);
        if (message.Id == id) return message;
        // Id 0 is the notice of disconnection (RFC 4511 §4.4.1); nothing else comes unasked.
        throw message.Id == 0 ? new IOException("the directory ends the connection: " + LdapMessages.Result(message)) : new AsnContentException("an answer to something else came");
    }

    private async ValueTask StartTlsAsync(CancellationToken cancel)
    {
        var result = await AskAsync(LdapMessages.StartTls, LdapMessages.ExtendedResponse, cancel);
        if (!result.IsSuccess) throw new LdapUnavailableException($"{Server} does not start TLS: {result}");
        if (wire.HasMore) throw new LdapUnavailableException($"{Server}: octets in clear followed the answer to StartTLS"); // S-04
        await SecureAsync(cancel);
    }

    /// <summary>The certificate has to be for the host that was named (RFC 4513 §3.1.3) and lead to an authority that is believed.</summary>
    private async ValueTask SecureAsync(CancellationToken cancel)
    {
        var policy = OutboundTrust.ChainPolicy();
        if (options.Authorities is { } own)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(own);
        }
        var tls = new SslStream(wire.Stream, leaveInnerStreamOpen: false);
        wire.Replace(tls);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = Server.Host.Trim('[', ']'),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = policy,
        }, cancel);
        Tls = $"{tls.SslProtocol}, {tls.RemoteCertificate?.Subject}";
    }

    private Exception Explain(Exception e, CancellationToken cancel) => e switch
    {
        LdapUnavailableException => e,
        OperationCanceledException when cancel.IsCancellationRequested => e,
        OperationCanceledException => new LdapUnavailableException($"{Server} does not answer", e),
        AuthenticationException => new LdapUnavailableException($"{Server} has no certificate that can be trusted for this name: {(e.InnerException ?? e).Message}", e),
        AsnContentException => new LdapUnavailableException($"{Server} does not speak LDAP: {e.Message}", e),
        IOException or ObjectDisposedException or InvalidOperationException => new LdapUnavailableException($"{Server}: {e.Message}", e),
        _ => e,
    };
}
