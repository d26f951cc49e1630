using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>string: strings of the script against others, as they are.</summary>
// RFC 5229 §5.
internal sealed record StringTest(MatchSpec Match, IReadOnlyList<SieveString> Sources, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var match = MatchSpec.Parse(arguments);
        var sources = arguments.Strings(ScriptText.SomeStrings);
        return new StringTest(match, sources, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var sources = run.Expand(Sources);
        return Match.IsCount ? new(Match.Counts(run, sources.Count(source => source.Length > 0), Keys)) : Match.AnyAsync(run, sources, Keys, cancel);
    }
}
