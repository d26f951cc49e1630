using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>deleteheader: removes the fields of a name, all, one of them, or those with a value.</summary>
// RFC 5293 §5, §6.
internal sealed record DeleteHeader(MatchSpec Match, long? Index, bool FromLast, SieveString Field, MatchKeys? Values) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var index = arguments.TaggedNumber("index");
        var fromLast = arguments.Flag("last");
        if (fromLast && index is null) throw arguments.Error(ScriptText.LastNeedsIndex);
        var match = MatchSpec.Parse(arguments);
        var field = AddHeader.FieldName(arguments);
        var values = arguments.Left > 0 ? new MatchKeys(arguments.Strings(ScriptText.Values), match, arguments) : null;
        return new DeleteHeader(match, index, fromLast, field, values);
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var name = AddHeader.Expand(run, Field);
        if (AddHeader.IsGuarded(name)) return Flow.Next;
        var lines = run.Message.Header.Named(name).Where(line => !line.IsProtected).ToList();
        if (Index is { } index)
        {
            // Counted before values are looked at (RFC 5293 §5).
            var at = FromLast ? lines.Count - index : index - 1;
            lines = at >= 0 && at < lines.Count ? [lines[(int)at]] : [];
        }
        if (Values is not null && Match.IsCount) lines = Match.Counts(run, lines.Count, Values) ? lines : [];
        else if (Values is not null)
        {
            var matching = new HashSet<Messages.HeaderLine>();
            foreach (var line in lines)
                if (await Match.AnyAsync(run, [line.Text], Values, cancel)) matching.Add(line);
            lines = [.. matching];
        }
        run.Message.RemoveFields(lines);
        return Flow.Next;
    }
}
