using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Web.Text;

namespace Facteur.Web.Servers;

/// <summary>
/// A configuration profile that sets up mail on an iPhone, an iPad or a Mac: servers, ports and user name, never a password, which the device asks for. It is
/// the same for the same account, so that a second one takes the place of the first.
/// </summary>
internal static class AppleProfile
{
    public const string ContentType = "application/x-apple-aspen-config", FileName = "facteur.mobileconfig";

    /// <summary>Whether there is one: the account can fetch and send with a program.</summary>
    public static bool IsOffered(ServerTable servers) => Ways(servers) is not null;

    /// <summary>The profile; null when none is offered.</summary>
    public static byte[]? Of(ServerTable servers, AccountRecord account, WebText text) =>
        Ways(servers) is var (incoming, outgoing, isImap) ? Write(Profile(Mail(servers.User, account, isImap, incoming, outgoing), servers.User, incoming.Host, text)) : null;

    private static (ServerRow Incoming, ServerRow Outgoing, bool IsImap)? Ways(ServerTable servers)
    {
        var (imap, pop, outgoing) = (Way(servers, MailProtocol.Imap), Way(servers, MailProtocol.Pop3), Way(servers, MailProtocol.Submission));
        return (imap ?? pop) is { } incoming && outgoing is not null ? (incoming, outgoing, imap is not null) : null;
    }

    private static ServerRow? Way(ServerTable servers, MailProtocol protocol) => servers[protocol].IsOn ? servers.Best(protocol) : null;

    private static XElement Mail(string user, AccountRecord account, bool isImap, ServerRow incoming, ServerRow outgoing) => Dictionary(
        ("EmailAccountDescription", user), ("EmailAccountName", account.DisplayName), ("EmailAccountType", isImap ? "EmailTypeIMAP" : "EmailTypePOP"), ("EmailAddress", user),
        ("IncomingMailServerAuthentication", "EmailAuthPassword"), ("IncomingMailServerHostName", incoming.Host), ("IncomingMailServerPortNumber", incoming.Port),
        ("IncomingMailServerUseSSL", true), ("IncomingMailServerUsername", user),
        ("OutgoingMailServerAuthentication", "EmailAuthPassword"), ("OutgoingMailServerHostName", outgoing.Host), ("OutgoingMailServerPortNumber", outgoing.Port),
        ("OutgoingMailServerUseSSL", true), ("OutgoingMailServerUsername", user), ("OutgoingPasswordSameAsIncomingPassword", true),
        ("PayloadDescription", user), ("PayloadDisplayName", user), ("PayloadIdentifier", Identifier(user, incoming.Host) + ".mail"), ("PayloadType", "com.apple.mail.managed"),
        ("PayloadUUID", Uuid("mail", user, incoming.Host)), ("PayloadVersion", 1));

    private static XElement Profile(XElement mail, string user, string host, WebText text) => Dictionary(
        ("PayloadContent", new XElement("array", mail)), ("PayloadDescription", text.Format("Apple.Description", user)), ("PayloadDisplayName", text.Format("Apple.Name", user)),
        ("PayloadIdentifier", Identifier(user, host)), ("PayloadOrganization", host), ("PayloadRemovalDisallowed", false), ("PayloadType", "Configuration"),
        ("PayloadUUID", Uuid("profile", user, host)), ("PayloadVersion", 1));

    private static XElement Dictionary(params (string Key, object Value)[] entries) => new("dict", entries.SelectMany(entry => new[] { new XElement("key", entry.Key), Value(entry.Value) }));

    private static XElement Value(object value) => value switch
    {
        XElement element => element,
        bool flag => new XElement(flag ? "true" : "false"),
        int number => new XElement("integer", number.ToString(CultureInfo.InvariantCulture)),
        _ => new XElement("string", Plain((string)value)),
    };

    // Signs that no XML may hold (XML 1.0 §2.2) are not needed in a name.
    private static string Plain(string text) => string.Concat(text.Where(static letter => !char.IsControl(letter) && !char.IsSurrogate(letter) && letter is not ('\uFFFE' or '\uFFFF')));

    private static byte[] Write(XElement dictionary) => Encoding.UTF8.GetBytes(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
        + new XElement("plist", new XAttribute("version", "1.0"), dictionary) + "\n");

    private static string Identifier(string user, string host) => string.Join('.', host.Split('.').Reverse()) + "." + Uuid("id", user, host)[..8].ToLowerInvariant();

    private static string Uuid(string part, string user, string host) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{part} {user} {host}")).AsSpan(0, 16)).ToString().ToUpperInvariant();
}
