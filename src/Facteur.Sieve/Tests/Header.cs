using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>header: the values of fields.</summary>
// RFC 5228 §5.7; :mime and its options RFC 5703 §4.1; :index RFC 5260 §6.
internal sealed record Header(FieldSelection Fields, MimeOption Option, MatchSpec Match, IReadOnlyList<SieveString> Names, MatchKeys Keys) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var fields = FieldSelection.Parse(arguments);
        var option = MimeOption.Parse(arguments, fields.IsMime);
        var match = MatchSpec.Parse(arguments);
        var names = arguments.Strings(ScriptText.FieldNames);
        return new Header(fields, option, match, names, new MatchKeys(arguments.Strings(ScriptText.Keys), match, arguments));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var lines = await Fields.SelectAsync(run, run.Expand(Names), cancel);
        var values = Option.Values(run, lines);
        return Match.IsCount ? Match.Counts(run, values.Count, Keys) : await Match.AnyAsync(run, values, Keys, cancel);
    }
}
