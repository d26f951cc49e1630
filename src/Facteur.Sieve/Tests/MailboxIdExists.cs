using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>mailboxidexists: all these ids are those of mailboxes that take messages.</summary>
// RFC 9042 §6.
internal sealed record MailboxIdExists(IReadOnlyList<SieveString> Ids) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new MailboxIdExists(arguments.Strings(ScriptText.MailboxIds));

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var id in run.Expand(Ids))
        {
            run.Work.Spend(1_000);
            if (await run.Host.FindMailboxByIdAsync(id, cancel) is null) return false;
        }
        return true;
    }
}
