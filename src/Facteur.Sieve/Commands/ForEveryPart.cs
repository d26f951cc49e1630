using Facteur.Mail;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>foreverypart: runs a block for each MIME part, parents before children; within another loop, for the parts of its part.</summary>
// RFC 5703 §3.
internal sealed record ForEveryPart(string? Loop, Block Commands) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var name = arguments.TaggedString("name")?.Source;
        return new ForEveryPart(name, arguments.Loop(name));
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var frame = run.Frame;
        var top = frame.Part;
        // The outermost loop starts with the message itself, an inner one with the first child.
        int[]? path = frame.Loops.Count == 0 ? top : run.Message.Part(top) is { Children.Count: > 0 } ? [.. top, 0] : null;
        while (path is not null)
        {
            var loop = new PartLoop(Loop, path);
            frame.Loops.Add(loop);
            var flow = await Commands.RunAsync(run, cancel);
            frame.Loops.RemoveAt(frame.Loops.Count - 1);
            if (flow == Flow.Break && run.Broken == loop) return Flow.Next;
            if (flow != Flow.Next) return flow;
            if (loop.IsOver) return Flow.Next;
            run.Work.Spend(5);
            path = Next(run, top, path, skipsChildren: loop.IsReplaced);
        }
        return Flow.Next;
    }

    /// <summary>The part after this one below <paramref name="top"/>, in the structure as it is now.</summary>
    private static int[]? Next(SieveRun run, int[] top, int[] path, bool skipsChildren)
    {
        if (!skipsChildren && run.Message.Part(path) is { Children.Count: > 0 }) return [.. path, 0];
        for (; path.Length > top.Length; path = path[..^1])
        {
            MessagePart? parent = run.Message.Part(path.AsSpan(0, path.Length - 1));
            if (parent is not null && path[^1] + 1 < parent.Children.Count) return [.. path[..^1], path[^1] + 1];
        }
        return null;
    }
}
