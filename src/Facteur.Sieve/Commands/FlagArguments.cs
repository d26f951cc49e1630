using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>What setflag, addflag, removeflag and :flags share.</summary>
/// <param name="Variable">Where the flags are kept; null for the internal variable.</param>
// RFC 5232 §3, §5.
internal sealed record FlagArguments(string? Variable, IReadOnlyList<SieveString> Flags)
{
    /// <summary>[variablename] list-of-flags.</summary>
    public static FlagArguments Parse(SieveArguments arguments)
    {
        string? variable = null;
        if (arguments.Left > 1)
        {
            // RFC 5232 §1: without "variables" no name may be given.
            arguments.Need(Extensions.Variables, arguments.At, ScriptText.VariableNameIn.With(arguments.Name));
            variable = Set.VariableName(arguments);
        }
        return new FlagArguments(variable, arguments.Strings(ScriptText.Flags));
    }

    /// <summary>Flags for a message: those of :flags, else those of the internal variable.</summary>
    public static IReadOnlyList<string> Expand(SieveRun run, IReadOnlyList<SieveString>? flags)
    {
        if (flags is null) return run.Flags.Flags;
        var set = new FlagSet([], run.Limits);
        set.Add(run.Expand(flags));
        return set.Flags;
    }

    /// <summary>Changes the flags of the variable.</summary>
    public void Change(SieveRun run, Action<FlagSet, string[]> change)
    {
        var flags = Variable is null ? run.Flags : FlagSet.Parse(run.Frame.Variables.Get(Variable), run.Limits);
        change(flags, run.Expand(Flags));
        if (Variable is not null) run.Frame.Variables.Set(Variable, flags.Text);
    }
}
