using System.Globalization;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>virustest: 1 clean to 5 infected; 0 when nobody looked.</summary>
// RFC 5235 §3.3.
internal sealed record VirusTest(MatchSpec Match, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var match = MatchSpec.Parse(arguments);
        return new VirusTest(match, new MatchKeys([arguments.String(ScriptText.AValue)], match, arguments));
    }

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var value = run.Context.VirusValue;
        if (Match.IsCount) return new(Match.Counts(run, value is null ? 0 : 1, Keys));
        return Match.AnyAsync(run, [Math.Clamp(value ?? 0, 0, 5).ToString(CultureInfo.InvariantCulture)], Keys, cancel);
    }
}
