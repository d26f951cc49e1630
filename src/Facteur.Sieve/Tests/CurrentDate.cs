using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>currentdate: a part of the date of now, the same instant all through the run.</summary>
// RFC 5260 §5.
internal sealed record CurrentDate(SieveString? Zone, MatchSpec Match, SieveString Part, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var zone = Date.ReadZone(arguments);
        var match = MatchSpec.Parse(arguments);
        var part = Date.ReadPart(arguments);
        return new CurrentDate(zone, match, part, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        if (Match.IsCount) return Match.Counts(run, 1, Keys);
        var value = DatePart.Of(Date.Shift(run, run.Context.Now, Zone), Part.Expand(run));
        return value is not null && await Match.AnyAsync(run, [value], Keys, cancel);
    }
}
