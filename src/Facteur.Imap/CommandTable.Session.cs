using Facteur.Imap.Commands;

namespace Facteur.Imap;

internal static partial class CommandTable
{
    static partial void AddSessionCommands(List<CommandEntry> entries)
    {
        entries.Add(new("CAPABILITY", Capability.Parse, SessionStates.Any, "RFC 9051 §6.1.1"));
        entries.Add(new("NOOP", Noop.Parse, SessionStates.Any, "RFC 9051 §6.1.2"));
        entries.Add(new("LOGOUT", Logout.Parse, SessionStates.Any, "RFC 9051 §6.1.3"));
        entries.Add(new("ID", Id.Parse, SessionStates.Any, "RFC 2971 §3.1"));
        entries.Add(new("STARTTLS", StartTls.Parse, SessionStates.NotAuthenticated, "RFC 9051 §6.2.1"));
        entries.Add(new("AUTHENTICATE", Authenticate.Parse, SessionStates.NotAuthenticated, "RFC 9051 §6.2.2"));
        entries.Add(new("LOGIN", Login.Parse, SessionStates.NotAuthenticated, "RFC 9051 §6.2.3"));
        entries.Add(new("ENABLE", Enable.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.1"));
        entries.Add(new("SELECT", Select.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.2"));
        entries.Add(new("EXAMINE", Select.ParseExamine, SessionStates.LoggedIn, "RFC 9051 §6.3.3"));
        entries.Add(new("CREATE", Create.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.4"));
        entries.Add(new("DELETE", Delete.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.5"));
        entries.Add(new("RENAME", Rename.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.6"));
        entries.Add(new("SUBSCRIBE", Subscribe.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.7"));
        entries.Add(new("UNSUBSCRIBE", Subscribe.ParseUnsubscribe, SessionStates.LoggedIn, "RFC 9051 §6.3.8"));
        entries.Add(new("LIST", List.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.9"));
        entries.Add(new("LSUB", Lsub.Parse, SessionStates.LoggedIn, "RFC 3501 §6.3.9"));
        entries.Add(new("NAMESPACE", Namespace.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.10"));
        entries.Add(new("STATUS", Status.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.11"));
        entries.Add(new("APPEND", Append.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.12"));
        entries.Add(new("IDLE", Idle.Parse, SessionStates.LoggedIn, "RFC 9051 §6.3.13"));
        entries.Add(new("GETQUOTA", GetQuota.Parse, SessionStates.LoggedIn, "RFC 9208 §4.1.1"));
        entries.Add(new("GETQUOTAROOT", GetQuotaRoot.Parse, SessionStates.LoggedIn, "RFC 9208 §4.1.2"));
        entries.Add(new("GETMETADATA", GetMetadata.Parse, SessionStates.LoggedIn, "RFC 5464 §4.2"));
        entries.Add(new("SETMETADATA", SetMetadata.Parse, SessionStates.LoggedIn, "RFC 5464 §4.3"));
        entries.Add(new("CHECK", Noop.Parse, SessionStates.Selected, "RFC 3501 §6.4.1"));
        entries.Add(new("CLOSE", Close.Parse, SessionStates.Selected, "RFC 9051 §6.4.1"));
        entries.Add(new("UNSELECT", Close.ParseUnselect, SessionStates.Selected, "RFC 9051 §6.4.2"));
    }
}
