using Facteur.Imap.Messages;

namespace Facteur.Imap;

internal static partial class CommandTable
{
    static partial void AddMessageCommands(List<CommandEntry> entries)
    {
        entries.Add(new("FETCH", Fetch.Parse, SessionStates.Selected, "RFC 9051 §6.4.5"));
        entries.Add(new("UID FETCH", Fetch.ParseUid, SessionStates.Selected, "RFC 9051 §6.4.9"));
        entries.Add(new("SEARCH", Search.Parse, SessionStates.Selected, "RFC 9051 §6.4.4"));
        entries.Add(new("UID SEARCH", Search.ParseUid, SessionStates.Selected, "RFC 9051 §6.4.9"));
        entries.Add(new("SORT", Sort.Parse, SessionStates.Selected, "RFC 5256 §3"));
        entries.Add(new("UID SORT", Sort.ParseUid, SessionStates.Selected, "RFC 5256 §3"));
        entries.Add(new("THREAD", Messages.Thread.Parse, SessionStates.Selected, "RFC 5256 §3"));
        entries.Add(new("UID THREAD", Messages.Thread.ParseUid, SessionStates.Selected, "RFC 5256 §3"));
        entries.Add(new("STORE", Messages.Store.Parse, SessionStates.Selected, "RFC 9051 §6.4.6"));
        entries.Add(new("UID STORE", Messages.Store.ParseUid, SessionStates.Selected, "RFC 9051 §6.4.9"));
        entries.Add(new("COPY", Copy.Parse, SessionStates.Selected, "RFC 9051 §6.4.7"));
        entries.Add(new("UID COPY", Copy.ParseUid, SessionStates.Selected, "RFC 9051 §6.4.9"));
        entries.Add(new("MOVE", Move.Parse, SessionStates.Selected, "RFC 9051 §6.4.8"));
        entries.Add(new("UID MOVE", Move.ParseUid, SessionStates.Selected, "RFC 9051 §6.4.9"));
        entries.Add(new("EXPUNGE", Expunge.Parse, SessionStates.Selected, "RFC 9051 §6.4.3"));
        entries.Add(new("UID EXPUNGE", Expunge.ParseUid, SessionStates.Selected, "RFC 9051 §6.4.9"));
    }
}
