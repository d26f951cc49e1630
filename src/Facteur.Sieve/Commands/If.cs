using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>if, elsif, else: runs the first block whose test is true, or the last one.</summary>
// RFC 5228 §3.1.
internal sealed record If : SieveCommand
{
    private readonly List<(SieveTest? Test, Block Block)> branches = [];

    /// <summary>An elsif or else may follow.</summary>
    public bool IsOpen => branches[^1].Test is not null;

    public static SieveCommand Parse(SieveArguments arguments)
    {
        var command = new If();
        command.Continue(arguments, isLast: false);
        return command;
    }

    /// <summary>Adds an elsif, or as the last an else.</summary>
    public void Continue(SieveArguments arguments, bool isLast) => branches.Add((isLast ? null : arguments.Test(), arguments.Block()));

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var (test, block) in branches)
            if (test is null || await run.TestAsync(test, cancel)) return await block.RunAsync(run, cancel);
        return Flow.Next;
    }
}
