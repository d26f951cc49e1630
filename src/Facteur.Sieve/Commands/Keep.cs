using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>keep: into the default mailbox.</summary>
// RFC 5228 §4.3; :flags RFC 5232 §5.
internal sealed record Keep(IReadOnlyList<SieveString>? Flags) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new Keep(arguments.TaggedStrings("flags", Extensions.Imap4Flags));

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        run.Plan.Keep(FlagArguments.Expand(run, Flags));
        return new(Flow.Next);
    }
}
