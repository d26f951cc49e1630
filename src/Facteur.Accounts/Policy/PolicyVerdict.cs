using System.Net;
using Facteur.Net;

namespace Facteur.Accounts.Policy;

/// <summary>The rules of a row held against a login. The order is fixed, so that the same login is told the same reason by every protocol.</summary>
internal static class PolicyVerdict
{
    /// <param name="isBound">The connection's certificate is one of the account's.</param>
    public static AccessRefusal? Of(ProtocolPolicy rules, MailProtocol protocol, IPAddress remote, bool isEncrypted, bool isBound, CredentialKind credential)
    {
        var name = protocol.ToString();
        if (!rules.On.Value) return new AccessRefusal(AccessCode.SwitchedOff, name) { Origin = rules.On.Origin };
        if (!rules.Networks.Value.Contains(remote))
        {
            var shown = remote.Unmapped();
            return new AccessRefusal(AccessCode.NotFromHere, name, shown.ToString()) { Origin = rules.Networks.Origin };
        }
        if (rules.Tls.Value && !isEncrypted) return new AccessRefusal(AccessCode.TlsRequired, name) { Origin = rules.Tls.Origin };
        if (rules.Certificate.Value && !isBound) return new AccessRefusal(AccessCode.CertificateRequired, name) { Origin = rules.Certificate.Origin };
        if (rules.AppPassword.Value && credential == CredentialKind.Password) return new AccessRefusal(AccessCode.AppPasswordRequired, name) { Origin = rules.AppPassword.Origin };
        return NeedsMore(rules, protocol, isBound, credential) ? new AccessRefusal(AccessCode.SecondFactorRequired, name) { Origin = rules.SecondFactor.Origin } : null;
    }

    // A password with a certificate of the account is two factors. The webmail asks for the second one itself.
    private static bool NeedsMore(ProtocolPolicy rules, MailProtocol protocol, bool isBound, CredentialKind credential) =>
        rules.SecondFactor.Value && protocol != MailProtocol.Webmail && credential == CredentialKind.Password && !isBound;
}
