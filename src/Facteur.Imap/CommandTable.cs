using System.Collections.Frozen;

namespace Facteur.Imap;

/// <summary>Where a session is (RFC 9051 §3); flags, for the states a command is allowed in.</summary>
[Flags]
internal enum SessionStates
{
    NotAuthenticated = 1,
    Authenticated = 2,
    Selected = 4,
    LoggedIn = Authenticated | Selected,
    Any = NotAuthenticated | LoggedIn,
}

/// <summary>Reads the arguments after the name of a command, up to its end.</summary>
internal delegate ImapCommand ImapParser(ref ImapReader reader);

/// <param name="Name">As on the wire, upper case; "UID FETCH" and the like with the prefix.</param>
/// <param name="Rfc">Where it is defined.</param>
internal sealed record CommandEntry(string Name, ImapParser Parse, SessionStates States, string Rfc);

/// <summary>All commands by name.</summary>
internal static partial class CommandTable
{
    private static readonly FrozenDictionary<string, CommandEntry> Entries = Build();

    /// <summary>Null when there is no command of that name (upper case).</summary>
    public static CommandEntry? Find(string name) => Entries.GetValueOrDefault(name);

    /// <summary>All entries, for tests and documents.</summary>
    public static IEnumerable<CommandEntry> All => Entries.Values;

    private static FrozenDictionary<string, CommandEntry> Build()
    {
        var entries = new List<CommandEntry>();
        AddSessionCommands(entries);
        AddMessageCommands(entries);
        return entries.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);
    }

    /// <summary>Commands of connection, login and mailboxes (Commands/).</summary>
    static partial void AddSessionCommands(List<CommandEntry> entries);

    /// <summary>Commands on the messages of the selected mailbox (Messages/).</summary>
    static partial void AddMessageCommands(List<CommandEntry> entries);
}
