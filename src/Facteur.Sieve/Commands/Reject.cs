using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>reject, ereject: refuses the message with a reason.</summary>
// RFC 5429 §2.1, §2.2.
internal sealed record Reject(SieveString Reason, bool IsEreject) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new Reject(arguments.String(ScriptText.Reason), false);

    public static SieveCommand ParseEreject(SieveArguments arguments) => new Reject(arguments.String(ScriptText.Reason), true);

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        run.RequireDelivery(IsEreject ? "ereject" : "reject");
        run.Plan.Reject(OctetText.ToText(Reason.Expand(run)), IsEreject);
        return new(Flow.Next);
    }
}
