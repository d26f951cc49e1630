using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>set: gives a variable a value.</summary>
// RFC 5229 §4.
internal sealed record Set(string Variable, SieveString Value, IReadOnlyList<Modifier> Modifiers) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var modifiers = Modifier.Parse(arguments);
        return new Set(VariableName(arguments), arguments.String(ScriptText.Value), modifiers);
    }

    /// <summary>The name of a variable that can be set: constant, no match variable; with "include" also in the namespace "global" (RFC 6609 §3.4.2).</summary>
    public static string VariableName(SieveArguments arguments)
    {
        var name = arguments.String(ScriptText.VariableName);
        if (!name.IsConstant || !SieveString.IsVariableName(name.Source) && !VariableScope.IsGlobalName(name.Source, arguments.Has(Extensions.Include)))
            throw new SieveSyntaxException(name.At, ScriptText.NotAVariableName);
        return name.Source.ToLowerInvariant();
    }

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var value = Value.Expand(run);
        run.Work.Spend((long)value.Length * Modifiers.Count / 2);
        run.Frame.Variables.Set(Variable, Modifier.Apply(Modifiers, value));
        return new(Flow.Next);
    }
}
