using System.Buffers;
using System.Security.Authentication;

namespace Facteur.Net;

/// <summary>TLS: from the first octet or after STARTTLS, and what either side showed of itself.</summary>
public sealed partial class MailConnection
{
    private const string CertificateMissing = "this server wants a client certificate here, and you showed none that it believes (FCT-3104)";

    public bool IsEncrypted => tls is not null;

    /// <summary>A certificate is configured and the connection is still in clear.</summary>
    public bool CanStartTls => options.Certificates is not null && tls is null;
    public SslProtocols TlsProtocol => tls?.Protocol ?? SslProtocols.None;

    /// <summary>Cipher suite by its IANA name, for the Received header; null in clear.</summary>
    public string? CipherSuite => tls?.CipherSuite;

    /// <summary>SHA-256 of the client's certificate (DER), 64 lower-case hex digits; null when it showed none, or none that the listener believes.</summary>
    public string? ClientCertificateHash => tls?.Peer.CertificateHash;

    /// <summary>Why the client's certificate is not believed, for logs; null when it is, or when there is none.</summary>
    public string? ClientCertificateFault => tls?.Peer.CertificateFault;

    /// <summary>Binding data "tls-server-end-point" (RFC 5929 §4); empty in clear, and for certificates that have none.</summary>
    public ReadOnlyMemory<byte> ServerEndPoint => tls?.Peer.ServerEndPoint ?? default;

    /// <summary>The listener logs clients in by their certificate, before the greeting.</summary>
    public bool LogsInByCertificate => options.LogsInByCertificate;

    /// <summary>
    /// The TLS handshake after a STARTTLS answer was written (it is flushed here). The caller has consumed the command;
    /// any octet still in <see cref="Buffer"/> or already received in clear refuses the upgrade, and the answer is not sent.
    /// </summary>
    /// <returns>Null when TLS is up, else the reason to end the connection with at once.</returns>
    public async ValueTask<EndReason?> StartTlsAsync(CancellationToken cancel)
    {
        GiveBack();
        if (!buffer.IsEmpty || HasReceivedMore())
        {
            discardAnswers = true;
            return EndReason.PlaintextAfterStartTls; // what stands before the handshake was never protected (RFC 3207 §4, RFC 9051 §6.2.1)
        }
        if (!await FlushAsync())
            return Lost;
        if (await AcceptTlsAsync(cancel) is { } failed)
            return failed;
        if (!tls!.Peer.IsMissingCertificate)
            return null;
        // The client speaks next; words that came before its own would be lost when it writes to a connection that is closed.
        await ReadAsync(options.Limits.HandshakeTime);
        return await RefuseAsync();
    }

    /// <summary>The TLS handshake at the start of a connection to a listener with implicit TLS (RFC 8314 §3).</summary>
    /// <returns>Null when TLS is up, else the reason to end the connection with at once.</returns>
    public async ValueTask<EndReason?> HandshakeAsync(CancellationToken cancel)
    {
        if (await AcceptTlsAsync(cancel) is { } failed)
            return failed;
        return tls!.Peer.IsMissingCertificate ? await RefuseAsync() : null;
    }

    private async ValueTask<EndReason?> AcceptTlsAsync(CancellationToken cancel)
    {
        if (options.Certificates is null || tls is not null)
            throw new InvalidOperationException("TLS cannot start here.");
        var limit = options.Limits.HandshakeTime;
        using var timer = new CancellationTokenSource(limit, options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, aborted.Token, cancel);
        try
        {
            tls = await TlsPipes.AcceptAsync(transport, new TlsPeer(options.Certificates, options.ClientCertificates), linked.Token);
        }
        catch (OperationCanceledException)
        {
            return Ending ?? EndReason.Timeout;
        }
        catch (AuthenticationException)
        {
            return EndReason.TlsFailed;
        }
        catch (IOException)
        {
            return EndReason.ClientClosed;
        }
        Interlocked.Exchange(ref input, tls.Input);
        Output = tls.Output;
        return null;
    }

    /// <summary>Says why, in the protocol's words.</summary>
    private async ValueTask<EndReason?> RefuseAsync()
    {
        if (options.Refusal?.Invoke(CertificateMissing) is { IsEmpty: false } words)
        {
            Output.Write(words.Span);
            await FlushAsync();
        }
        return EndReason.CertificateRequired;
    }

    private bool HasReceivedMore()
    {
        if (!input.TryRead(out var result))
            return false;
        var any = result.Buffer.Length > 0;
        input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
        return any;
    }
}
