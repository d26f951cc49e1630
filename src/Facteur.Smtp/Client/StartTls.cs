using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>STARTTLS and the handshake. What was learnt before is forgotten: the caller says EHLO again.</summary>
// RFC 3207 §4, §4.2
internal static class StartTls
{
    /// <summary>False: there is no TLS and none is required.</summary>
    public static async ValueTask<bool> RunAsync(SmtpClientSession session, SmtpClientTls tls)
    {
        if (tls.Use is TlsUse.Never or TlsUse.Implicit) return false;
        session.Enter(SmtpStage.Tls);
        if (!session.Capabilities.StartTls)
        {
            return tls.Use == TlsUse.Required
                ? throw new StepException(AttemptVerdict.TemporaryFailure, "4.7.10", "TLS is required and the host does not offer STARTTLS") { TlsFault = TlsFault.NotOffered }
                : false;
        }
        session.Wire.Command(SmtpStage.Tls, "STARTTLS");
        await session.Wire.FlushAsync(session.Options.BlockTimeout);
        var reply = await session.Wire.ReadReplyAsync(SmtpStage.Tls, session.Options.CommandTimeout);
        if (reply.Code == 220)
        {
            await HandshakeAsync(session, tls, fromStart: false);
            return true;
        }
        // RFC 3207 §4: 454 and 501 leave the session as it was; whether to go on in clear is the client's choice.
        if (tls.Use == TlsUse.WhenOffered && !reply.IsClosing) return false;
        throw new StepException(reply, AttemptVerdict.TemporaryFailure) { TlsFault = TlsFault.Refused };
    }

    public static async ValueTask HandshakeAsync(SmtpClientSession session, SmtpClientTls tls, bool fromStart)
    {
        session.Enter(SmtpStage.Tls);
        PeerVerdict? verdict = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = tls.ServerName, // SNI (RFC 8461 §7.1, RFC 7672 §8.1)
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            AllowTlsResume = tls.Check is null, // a resumed session shows no chain to check
            CertificateChainPolicy = tls.ChainPolicy ?? Unfetched(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                (verdict = tls.Check is null ? PeerVerdict.Accepted(TlsVerification.None) : tls.Check(certificate as X509Certificate2, chain, errors)).Value.IsAccepted,
        };
        try
        {
            var stream = await session.Wire.StartTlsAsync(options, fromStart, session.Options.HandshakeTimeout);
            session.Tls = new TlsFacts(stream.SslProtocol, stream.NegotiatedCipherSuite.ToString(), verdict?.Verification ?? TlsVerification.None);
            session.Observer?.Note(SmtpStage.Tls, $"{session.Tls.Version}, {session.Tls.CipherSuite}, {Words(session.Tls.Verification)}");
        }
        catch (AuthenticationException e)
        {
            throw verdict is { IsAccepted: false } refused
                ? new StepException(AttemptVerdict.TemporaryFailure, "4.7.5", $"certificate not accepted: {refused.Reason}") { TlsFault = TlsFault.Certificate }
                : new StepException(AttemptVerdict.TemporaryFailure, "4.7.5", $"TLS handshake failed: {SafeText.Of(Innermost(e))}") { TlsFault = TlsFault.Handshake };
        }
        catch (WireException e) when (e.Fault != WireFault.Injected)
        {
            throw new StepException(AttemptVerdict.TemporaryFailure, "4.7.5", $"TLS handshake failed: {e.Message}") { TlsFault = TlsFault.Handshake };
        }
    }

    /// <summary>Nothing is fetched for a stranger's certificate: no missing issuers, no revocation lists.</summary>
    private static X509ChainPolicy Unfetched() => new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };

    private static string Innermost(Exception e) => e.GetBaseException().Message;

    private static string Words(TlsVerification verification) => verification switch
    {
        TlsVerification.Names => "certificate verified by name",
        TlsVerification.Tlsa => "certificate verified by TLSA",
        _ => "certificate not verified",
    };
}
