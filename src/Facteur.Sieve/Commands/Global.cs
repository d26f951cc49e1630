using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>global: shares variables with the scripts that include this one or are included.</summary>
// RFC 6609 §3.4.1.
internal sealed record Global(IReadOnlyList<string> Names) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        arguments.Need(Extensions.Variables, arguments.At, ScriptText.Quoted.With("global"));
        var names = arguments.Strings(ScriptText.VariableNames);
        foreach (var name in names)
            if (!name.IsConstant || !SieveString.IsVariableName(name.Source)) throw new SieveSyntaxException(name.At, ScriptText.NotAVariableName);
        return new Global([.. names.Select(name => name.Source.ToLowerInvariant())]);
    }

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var name in Names) run.Frame.Variables.Declare(name);
        return new(Flow.Next);
    }
}
