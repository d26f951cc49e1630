using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>true: always.</summary>
// RFC 5228 §5.10.
internal sealed record True : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new True();

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel) => new(true);
}
