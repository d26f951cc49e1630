using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>ihave: extensions are there, and may be used from here on.</summary>
// RFC 5463 §4.
internal sealed record Ihave(IReadOnlyList<string> Names) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new Ihave(arguments.Constants(ScriptText.ExtensionName));

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        // All or none. Those that change how strings are read count only when they are required.
        foreach (var name in Names)
            if (!Extensions.MayBeTested(name) && !run.Frame.IsEnabled(name)) return new(false);
        foreach (var name in Names)
            foreach (var implied in Extensions.With(name)) run.Frame.Enable(implied);
        return new(true);
    }
}
