using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>fileinto: into a mailbox by name, by id or by use.</summary>
// RFC 5228 §4.1; :copy RFC 3894 §3; :flags RFC 5232 §5; TargetArguments for the rest.
internal sealed record FileInto(TargetArguments Target, IReadOnlyList<SieveString>? Flags, bool IsCopy) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var isCopy = arguments.Flag("copy", Extensions.Copy);
        var flags = arguments.TaggedStrings("flags", Extensions.Imap4Flags);
        var options = TargetArguments.Parse(arguments);
        return new FileInto(options with { Mailbox = arguments.String(ScriptText.MailboxName) }, flags, isCopy);
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        run.Plan.FileInto(await Target.ResolveAsync(run, cancel), FlagArguments.Expand(run, Flags), IsCopy);
        return Flow.Next;
    }
}
