using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>stop: ends all processing.</summary>
// RFC 5228 §3.3.
internal sealed record Stop : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new Stop();

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel) => new(Flow.Stop);
}
