using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Tests;

/// <summary>hasflag: flags of the internal variable, or of others.</summary>
// RFC 5232 §4.
internal sealed record HasFlag(MatchSpec Match, IReadOnlyList<string>? Variables, IReadOnlyList<SieveString> Flags) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var match = MatchSpec.Parse(arguments, mayList: false);
        IReadOnlyList<string>? variables = null;
        if (arguments.Left > 1)
        {
            arguments.Need(Extensions.Variables, arguments.At, ScriptText.VariableNameIn.With("hasflag"));
            var names = arguments.Strings(ScriptText.VariableNames);
            foreach (var name in names)
                if (!name.IsConstant || !SieveString.IsVariableName(name.Source) && !VariableScope.IsGlobalName(name.Source, arguments.Has(Extensions.Include)))
                    throw new SieveSyntaxException(name.At, ScriptText.NotAVariableName);
            variables = [.. names.Select(name => name.Source.ToLowerInvariant())];
        }
        return new HasFlag(match, variables, arguments.Strings(ScriptText.Flags));
    }

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var sets = Variables is null ? [run.Flags.Flags] : Variables.Select(name => FlagSet.Parse(run.Frame.Variables.Get(name), run.Limits).Flags);
        // A string with blanks is as many flags (RFC 5232 §2).
        var wanted = run.Expand(Flags).SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(text => SieveString.Constant(text, At)).ToList();
        var keys = Keys(run, wanted);
        if (Match.IsCount) return new(Match.Counts(run, sets.Sum(set => set.Distinct(StringComparer.OrdinalIgnoreCase).Count()), keys));
        return Match.AnyAsync(run, [.. sets.SelectMany(set => set)], keys, cancel);
    }

    private MatchKeys Keys(SieveRun run, List<SieveString> wanted)
    {
        try
        {
            run.Work.Spend(wanted.Count * (Match.Kind == MatchKind.Regex ? MatchKeys.RegexWork : 10L));
            return new MatchKeys(wanted, Match, run.Limits);
        }
        catch (SieveSyntaxException e)
        {
            throw new SieveRuntimeException(e.Sentence);
        }
    }
}
