using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>return: goes back to the script that includes this one; in the main script, "stop".</summary>
// RFC 6609 §3.3.
internal sealed record Return : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new Return();

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel) => new(run.Frame.Parent is null ? Flow.Stop : Flow.Return);
}
