using System.Net;
using Facteur.Accounts;

namespace Facteur.Web.Servers;

/// <summary>Where this server listens for mail programs.</summary>
/// <param name="Protocol">IMAP, POP3 or submission.</param>
/// <param name="IsTls">TLS from the first octet; else STARTTLS (STLS).</param>
public sealed record ProgramListener(MailProtocol Protocol, IPEndPoint EndPoint, bool IsTls);
