using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>allof: every test, up to the first that fails (RFC 5229 §3.2 wants it so).</summary>
// RFC 5228 §5.2.
internal sealed record AllOf(IReadOnlyList<SieveTest> Tests) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new AllOf(arguments.Tests());

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var test in Tests)
            if (!await run.TestAsync(test, cancel)) return false;
        return true;
    }
}
