using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Tests;

/// <summary>envelope: the reverse-path and the recipient.</summary>
// RFC 5228 §5.4.
internal sealed record Envelope(AddressPart Part, MatchSpec Match, IReadOnlyList<SieveString> Parts, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var part = AddressPartTag.Parse(arguments);
        var match = MatchSpec.Parse(arguments);
        var parts = arguments.Strings(ScriptText.Either.With("from", "to"));
        foreach (var name in parts)
            if (name.IsConstant && !IsPart(name.Source)) throw new SieveSyntaxException(name.At, ScriptText.EnvelopeParts);
        return new Envelope(part, match, parts, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        run.RequireDelivery("envelope");
        var values = new List<string>();
        var count = 0;
        foreach (var name in run.Expand(Parts))
        {
            if (!IsPart(name)) throw new SieveRuntimeException(ScriptText.EnvelopeParts);
            var path = name.Equals("from", StringComparison.OrdinalIgnoreCase) ? run.Context.EnvelopeFrom : run.Context.EnvelopeTo;
            if (path is null) continue;
            if (path.Length > 0) count++;
            // The null reverse-path is the empty string whatever part is asked for.
            var value = path.Length == 0 ? "" : AddressValue.ReadOne(path) is { } address ? AddressValue.Part(address, Part, run.Context.DetailSeparator) : Part == AddressPart.All ? path : null;
            if (value is not null) values.Add(value);
        }
        return Match.IsCount ? Match.Counts(run, count, Keys) : await Match.AnyAsync(run, values, Keys, cancel);
    }

    private static bool IsPart(string name) => name.Equals("from", StringComparison.OrdinalIgnoreCase) || name.Equals("to", StringComparison.OrdinalIgnoreCase);
}
