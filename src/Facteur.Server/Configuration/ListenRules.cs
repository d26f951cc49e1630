using Facteur.Net;

namespace Facteur.Server.Configuration;

/// <summary>How clients at an address are treated.</summary>
/// <param name="ClientCa">File of the authorities whose client certificates are believed; null when none is asked for.</param>
/// <param name="Preauth">Who shows a certificate that is bound to an account is greeted as logged in (IMAP PREAUTH).</param>
internal sealed record ListenRules(ClientCertificateMode ClientCertificates, string? ClientCa, bool Preauth)
{
    public static readonly ListenRules Standard = new(ClientCertificateMode.None, null, false);
}
