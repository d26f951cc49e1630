using Facteur.Sieve.Syntax;
using Facteur.Storage;

namespace Facteur.Sieve.Scripts;

/// <summary>Which scripts of an account a script leads to by "include" (RFC 6609 §3.2), as far as their names are written out.</summary>
internal static class ScriptInclusions
{
    /// <summary>Whether one leads to the script of that name, be it through others.</summary>
    public static async ValueTask<bool> ReachAsync(SieveScripts scripts, SettingScope owner, ScriptFolder folder, StoredScript from, string name, CancellationToken cancel)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from.Name };
        var open = new Stack<StoredScript>([from]);
        while (open.TryPop(out var next))
        {
            if (await scripts.ReadAsync(owner, next, cancel) is not { } octets) continue;
            foreach (var included in NamesIn(octets.Span, scripts.Language))
            {
                if (included == name) return true;
                if (seen.Add(included) && folder.Find(included) is { } script) open.Push(script);
            }
        }
        return false;
    }

    private static List<string> NamesIn(ReadOnlySpan<byte> script, SieveLimits limits)
    {
        var names = new List<string>();
        Look(new Parser(script, limits, []).Run(), names);
        return names;
    }

    private static void Look(IReadOnlyList<SyntaxNode> commands, List<string> names)
    {
        foreach (var command in commands)
        {
            if (command.Name == "include" && !command.Arguments.Any(argument => argument.IsTag && argument.Text == "global")
                && command.Arguments is [.., { Kind: TokenKind.String } name]) names.Add(OctetText.ToText(name.Text));
            if (command.Block is not null) Look(command.Block, names);
        }
    }
}
