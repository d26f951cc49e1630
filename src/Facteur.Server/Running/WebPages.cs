using Facteur.Accounts;
using Facteur.Server.Configuration;
using Facteur.Storage;
using Facteur.Web;
using Facteur.Web.Servers;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>Puts the web part together over the server's own.</summary>
internal static class WebPages
{
    /// <param name="listeners">What is open, to know the port of https.</param>
    public static WebServices Over(
        FacteurConfiguration configuration, MailStore store, LoginService logins, MailServices mail, Func<IReadOnlyList<ListenAddress>> listeners, TimeProvider time, ILoggerFactory loggers)
    {
        var options = new WebOptions
        {
            HostName = configuration.Hostname,
            HttpsPort = () => listeners().FirstOrDefault(one => one.Kind.Name == "https")?.EndPoint.Port,
            ProgramListeners = () => [.. listeners().Select(ProgramListener).OfType<ProgramListener>()],
            Proxies = configuration.Proxies,
            PlaintextOnLoopback = configuration.PlaintextAuth == PlaintextAuth.Loopback,
        };
        return new WebServices(new WebParts(options, store, logins, new LoginOptions(), mail.Http.SendAsync, time, loggers) { Grants = mail.Grants, Delivery = mail.Delivery });
    }

    /// <summary>What mail programs of people connect to; null for what they do not.</summary>
    private static ProgramListener? ProgramListener(ListenAddress listener) => listener.Kind.Protocol switch
    {
        ListenerProtocol.Imap => new ProgramListener(MailProtocol.Imap, listener.EndPoint, listener.Kind.ImplicitTls),
        ListenerProtocol.Pop3 => new ProgramListener(MailProtocol.Pop3, listener.EndPoint, listener.Kind.ImplicitTls),
        ListenerProtocol.Submission => new ProgramListener(MailProtocol.Submission, listener.EndPoint, listener.Kind.ImplicitTls),
        _ => null,
    };
}
