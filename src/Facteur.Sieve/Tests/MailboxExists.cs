using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>mailboxexists: all these mailboxes are there and take messages.</summary>
// RFC 5490 §3.1.
internal sealed record MailboxExists(IReadOnlyList<SieveString> Names) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new MailboxExists(arguments.Strings(ScriptText.MailboxNames));

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var name in run.Expand(Names))
        {
            run.Work.Spend(1_000);
            if (await run.Host.FindMailboxAsync(name, cancel) is null) return false;
        }
        return true;
    }
}
