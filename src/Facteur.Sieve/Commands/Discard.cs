using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>discard: cancels the implicit keep, and says nothing to anyone.</summary>
// RFC 5228 §4.4.
internal sealed record Discard : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new Discard();

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        run.Plan.Discard();
        return new(Flow.Next);
    }
}
