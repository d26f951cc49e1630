using System.Net;
using Facteur.Accounts;

namespace Facteur.Smtp;

/// <summary>Who is on the other side, as far as it is known when a transaction begins; what the Received field tells.</summary>
/// <param name="Mode">The service it connected to.</param>
/// <param name="ConnectionId">Id that log lines of the connection share.</param>
/// <param name="Hello">Its name from HELO, EHLO or LHLO: a claim.</param>
/// <param name="IsExtended">It said EHLO or LHLO.</param>
/// <param name="TlsProtocol">"TLS1.3", or null in clear.</param>
/// <param name="CipherSuite">IANA name of the cipher suite, or null in clear.</param>
/// <param name="Account">Who logged in, or null.</param>
public sealed record SmtpPeer(
    SmtpMode Mode,
    string ConnectionId,
    IPEndPoint Remote,
    IPEndPoint Local,
    string Hello,
    bool IsExtended,
    string? TlsProtocol,
    string? CipherSuite,
    Account? Account)
{
    /// <summary>The message did not come by a session of SMTP: a program handed it over by HTTP (JMAP), and there is no greeting to tell of.</summary>
    public bool IsHttp { get; init; }
}
