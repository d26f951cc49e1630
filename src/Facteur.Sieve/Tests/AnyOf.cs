using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>anyof: some test, up to the first that succeeds (RFC 5229 §3.2 wants it so).</summary>
// RFC 5228 §5.3.
internal sealed record AnyOf(IReadOnlyList<SieveTest> Tests) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new AnyOf(arguments.Tests());

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var test in Tests)
            if (await run.TestAsync(test, cancel)) return true;
        return false;
    }
}
