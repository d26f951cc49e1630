using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>specialuse_exists: some mailbox has each of these uses, or the one that is named has all of them.</summary>
// RFC 8579 §3.
internal sealed record SpecialUseExists(SieveString? Mailbox, IReadOnlyList<SieveString> Uses) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var mailbox = arguments.Left > 1 ? arguments.String(ScriptText.MailboxName) : null;
        return new SpecialUseExists(mailbox, arguments.Strings(ScriptText.SpecialUses));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        run.Work.Spend(1_000);
        var uses = run.Expand(Uses);
        if (Mailbox is not null)
            return await run.Host.FindMailboxAsync(Mailbox.Expand(run), cancel) is { } mailbox && Array.TrueForAll(uses, use => mailbox.SpecialUses.Contains(use, StringComparer.OrdinalIgnoreCase));
        foreach (var use in uses)
        {
            run.Work.Spend(1_000);
            if ((await run.Host.FindSpecialUseAsync(use, cancel)).Count == 0) return false;
        }
        return true;
    }
}
