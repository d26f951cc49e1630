using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>false: never.</summary>
// RFC 5228 §5.6.
internal sealed record False : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new False();

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel) => new(false);
}
