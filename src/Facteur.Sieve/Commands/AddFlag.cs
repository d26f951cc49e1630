using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>addflag: these flags too.</summary>
// RFC 5232 §3.2.
internal sealed record AddFlag(FlagArguments Arguments) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new AddFlag(FlagArguments.Parse(arguments));

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        Arguments.Change(run, (flags, texts) => flags.Add(texts));
        return new(Flow.Next);
    }
}
