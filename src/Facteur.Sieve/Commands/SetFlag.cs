using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>setflag: these flags and no others.</summary>
// RFC 5232 §3.1.
internal sealed record SetFlag(FlagArguments Arguments) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new SetFlag(FlagArguments.Parse(arguments));

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        Arguments.Change(run, (flags, texts) => flags.Replace(texts));
        return new(Flow.Next);
    }
}
