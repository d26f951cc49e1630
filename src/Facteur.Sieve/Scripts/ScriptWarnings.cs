using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Scripts;

/// <summary>What a script that is right does, and its author hardly meant: told with the OK that takes it (WARNINGS, RFC 5804 §1.3).</summary>
internal sealed class ScriptWarnings
{
    private readonly SieveLimits limits;
    private readonly Func<string, bool> isThere;
    private readonly List<SieveError> warnings = [];
    private int redirects;

    private ScriptWarnings(SieveLimits limits, Func<string, bool> isThere) => (this.limits, this.isThere) = (limits, isThere);

    /// <param name="isThere">Whether the account has a script of a name.</param>
    public static IReadOnlyList<SieveError> Find(ReadOnlySpan<byte> script, SieveLimits limits, Func<string, bool> isThere)
    {
        var found = new ScriptWarnings(limits, isThere);
        found.Look(new Parser(script, limits, []).Run(), isTop: true);
        return found.warnings;
    }

    private void Look(IReadOnlyList<SyntaxNode> commands, bool isTop)
    {
        for (var i = 0; i < commands.Count; i++)
        {
            var command = commands[i];
            if (command.Name is "stop" or "return" or "error" && i + 1 < commands.Count) Warn(commands[i + 1], ScriptText.NeverReached.With(command.Name));
            if (command.Name == "discard" && isTop && !KeepsBefore(commands, i)) Warn(command, ScriptText.AllIsDiscarded);
            if (command.Name == "redirect" && ++redirects == limits.MaxRedirects + 1) Warn(command, ScriptText.RedirectsAtMost.With(limits.MaxRedirects));
            if (command.Name == "include") LookAtInclude(command);
            if (command.Block is not null) Look(command.Block, isTop: false);
        }
    }

    private void LookAtInclude(SyntaxNode include)
    {
        if (include.Arguments.Any(argument => argument.IsTag && argument.Text is "global" or "optional")) return;
        if (include.Arguments is [.., { Kind: TokenKind.String } name] && !isThere(name.Text)) Warn(include, ScriptText.NoSuchScript.With(OctetText.ToText(name.Text)));
    }

    // What keeps the message whatever else is said, so that "discard" only says so.
    private static bool KeepsBefore(IReadOnlyList<SyntaxNode> commands, int end)
    {
        for (var i = 0; i < end; i++)
            if (commands[i].Name is "keep" or "fileinto" or "redirect") return true;
        return false;
    }

    private void Warn(SyntaxNode node, SieveSentence sentence)
    {
        if (warnings.Count < limits.MaxErrors) warnings.Add(new SieveError(node.At, sentence));
    }
}
