using System.Globalization;
using System.Net;
using Facteur.Accounts;

namespace Facteur.Imap;

/// <summary>What the server says it can; only what is there is said (RFC 9051 §6.1.1).</summary>
internal static class Capabilities
{
    // Before login: enough to choose how to log in. LITERAL+ rather than LITERAL-: it saves a round trip on messages too (RFC 7888 §5).
    private const string Always = "IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE";

    private const string LoggedIn =
        " IDLE NAMESPACE CHILDREN SPECIAL-USE CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS UNSELECT UIDPLUS MULTIAPPEND MOVE"
        + " ESEARCH SEARCHRES WITHIN SORT SORT=DISPLAY THREAD=ORDEREDSUBJECT THREAD=REFERENCES CONDSTORE BINARY PREVIEW SAVEDATE OBJECTID"
        + " STATUS=SIZE UTF8=ACCEPT QUOTA QUOTA=RES-STORAGE METADATA LIST-METADATA";

    /// <summary>The words of the capability list for a session as it is now.</summary>
    public static string Of(ImapSession session)
    {
        if (session.State != SessionStates.NotAuthenticated)
            return string.Create(CultureInfo.InvariantCulture, $"{Always}{LoggedIn} APPENDLIMIT={session.Options.AppendLimitOctets}") + Scripts(session);
        var startTls = session.Connection.CanStartTls ? " STARTTLS" : "";
        return Always + startTls + (CanSendPassword(session) ? Mechanisms(session) : " LOGINDISABLED");
    }

    /// <summary>A password may cross this connection: under TLS, or from this machine when the operator allows it.</summary>
    public static bool CanSendPassword(ImapSession session) =>
        session.Connection.IsEncrypted || session.Options.PlaintextOnLoopback && IPAddress.IsLoopback(session.Connection.Remote.Address);

    // RFC 6785 §2.1.
    private static string Scripts(ImapSession session) => session.Options.SieveServer is { } server ? " IMAPSIEVE=" + server : "";

    private static string Mechanisms(ImapSession session) => string.Concat(SaslServer.MechanismsFor(session.Client, session.Logins).Select(m => " AUTH=" + m));
}
