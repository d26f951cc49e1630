using System.Collections.Frozen;
using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>A command as it was read.</summary>
internal abstract record ManageSieveCommand
{
    /// <summary>Does it and writes its answer, or throws.</summary>
    public abstract ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel);
}

internal delegate ManageSieveCommand ManageSieveParser(ref ManageSieveReader reader);

/// <summary>Every command: its name, its parser, and the states it is allowed in.</summary>
internal static class ManageSieveCommandTable
{
    private static readonly FrozenDictionary<string, (ManageSieveParser Parser, ManageSieveStates States)> commands = new Dictionary<string, (ManageSieveParser, ManageSieveStates)>(StringComparer.Ordinal)
    {
        ["AUTHENTICATE"] = (Authenticate.Parse, ManageSieveStates.NonAuthenticated), // RFC 5804 §2.1
        ["STARTTLS"] = (StartTls.Parse, ManageSieveStates.NonAuthenticated),         // RFC 5804 §2.2
        ["LOGOUT"] = (Logout.Parse, ManageSieveStates.Any),                          // RFC 5804 §2.3
        ["CAPABILITY"] = (Capability.Parse, ManageSieveStates.Any),                  // RFC 5804 §2.4
        ["HAVESPACE"] = (HaveSpace.Parse, ManageSieveStates.Authenticated),          // RFC 5804 §2.5
        ["PUTSCRIPT"] = (PutScript.Parse, ManageSieveStates.Authenticated),          // RFC 5804 §2.6
        ["LISTSCRIPTS"] = (ListScripts.Parse, ManageSieveStates.Authenticated),      // RFC 5804 §2.7
        ["SETACTIVE"] = (SetActive.Parse, ManageSieveStates.Authenticated),          // RFC 5804 §2.8
        ["GETSCRIPT"] = (GetScript.Parse, ManageSieveStates.Authenticated),          // RFC 5804 §2.9
        ["DELETESCRIPT"] = (DeleteScript.Parse, ManageSieveStates.Authenticated),    // RFC 5804 §2.10
        ["RENAMESCRIPT"] = (RenameScript.Parse, ManageSieveStates.Authenticated),    // RFC 5804 §2.11
        ["CHECKSCRIPT"] = (CheckScript.Parse, ManageSieveStates.Authenticated),      // RFC 5804 §2.12
        ["NOOP"] = (Noop.Parse, ManageSieveStates.Any),                              // RFC 5804 §2.13
        ["UNAUTHENTICATE"] = (Unauthenticate.Parse, ManageSieveStates.Authenticated), // RFC 5804 §2.14.1
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads one command with its CRLF.</summary>
    public static ManageSieveCommand Parse(ReadOnlySpan<byte> command, ManageSieveStates state)
    {
        var reader = new ManageSieveReader(command);
        if (!commands.TryGetValue(reader.Name(), out var entry)) throw new ManageSieveSyntaxException("there is no such command");
        if ((entry.States & state) == 0) throw new ManageSieveSyntaxException(state == ManageSieveStates.NonAuthenticated ? "log in first" : "not after login");
        var parsed = entry.Parser(ref reader);
        reader.End();
        return parsed;
    }
}
