using Facteur.Mail;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>Which fields of which parts header, address, exists and date look at.</summary>
// :mime, :anychild RFC 5703 §4; :index, :last RFC 5260 §6.
internal sealed record FieldSelection(bool IsMime, bool AnyChild, long? Index, bool FromLast)
{
    private const int MaxParts = 1_000;

    /// <param name="mayIndex">The test takes :index.</param>
    public static FieldSelection Parse(SieveArguments arguments, bool mayMime = true, bool mayIndex = true)
    {
        var isMime = mayMime && arguments.Flag("mime", Extensions.Mime);
        var anyChild = mayMime && arguments.Flag("anychild", Extensions.Mime);
        if (anyChild && !isMime) throw arguments.Error(ScriptText.AnyChildNeedsMime);
        var index = mayIndex ? arguments.TaggedNumber("index", Extensions.Index) : null;
        var fromLast = mayIndex && arguments.Flag("last", Extensions.Index);
        if (fromLast && index is null) throw arguments.Error(ScriptText.LastNeedsIndex);
        if (index == 0) throw arguments.Error(ScriptText.IndexFromOne);
        return new FieldSelection(isMime, anyChild, index, fromLast);
    }

    /// <summary>The fields, by the order of their names, then of the message.</summary>
    public async ValueTask<List<HeaderLine>> SelectAsync(SieveRun run, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var lines = new List<HeaderLine>();
        foreach (var header in await HeadersAsync(run, cancel))
        {
            run.Work.Spend((long)names.Count * header.Lines.Count / 8);
            foreach (var name in names)
                foreach (var line in header.Lines)
                    if (line.Is(name)) lines.Add(line);
        }
        if (Index is not { } index) return lines;
        var at = FromLast ? lines.Count - index : index - 1;
        return at >= 0 && at < lines.Count ? [lines[(int)at]] : [];
    }

    /// <summary>The headers of the parts meant.</summary>
    private async ValueTask<List<HeaderLines>> HeadersAsync(SieveRun run, CancellationToken cancel)
    {
        var part = run.Message.Part(IsMime ? run.Frame.Part : run.Frame.Scope) ?? run.Message.Root;
        var headers = new List<HeaderLines>();
        var open = new Stack<MessagePart>([part]);
        while (headers.Count < MaxParts && open.TryPop(out var next))
        {
            run.Work.Spend(60 + (AnyChild ? next.Children.Count : 0));
            headers.Add(await run.Message.HeaderAsync(next, cancel));
            if (!AnyChild) break;
            for (var i = next.Children.Count - 1; i >= 0; i--) open.Push(next.Children[i]);
        }
        return headers;
    }
}
