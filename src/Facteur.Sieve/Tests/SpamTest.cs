using System.Globalization;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>spamtest: how likely the message is unwanted, 1 to 10, or with :percent 0 to 100; 0 also when nobody looked.</summary>
// RFC 5235 §3.2.
internal sealed record SpamTest(bool IsPercent, MatchSpec Match, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var isPercent = arguments.Flag("percent", Extensions.SpamTestPlus);
        var match = MatchSpec.Parse(arguments);
        return new SpamTest(isPercent, match, new MatchKeys([arguments.String(ScriptText.AValue)], match, arguments));
    }

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var percent = run.Context.SpamPercent is { } known ? Math.Clamp(known, 0, 100) : (double?)null;
        if (Match.IsCount) return new(Match.Counts(run, percent is null ? 0 : 1, Keys));
        // Only what is sure is 10, and only what is clear is 1.
        var value = percent is null ? 0 : IsPercent ? (int)percent.Value : 1 + (int)(percent.Value * 9 / 100);
        return Match.AnyAsync(run, [value.ToString(CultureInfo.InvariantCulture)], Keys, cancel);
    }
}
