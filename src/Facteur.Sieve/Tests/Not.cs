using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>not: the opposite of another test.</summary>
// RFC 5228 §5.8.
internal sealed record Not(SieveTest Test) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new Not(arguments.Test());

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel) => !await run.TestAsync(Test, cancel);
}
