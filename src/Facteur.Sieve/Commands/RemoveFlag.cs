using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>removeflag: these flags no longer; those that are not there are ignored.</summary>
// RFC 5232 §3.3.
internal sealed record RemoveFlag(FlagArguments Arguments) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new RemoveFlag(FlagArguments.Parse(arguments));

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        Arguments.Change(run, (flags, texts) => flags.Remove(texts));
        return new(Flow.Next);
    }
}
