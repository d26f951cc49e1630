using System.Collections.Concurrent;
using Facteur.Storage;

namespace Facteur.Web.Transfer;

/// <summary>Imports that run or ran lately, one of an account and few at a time. Forgotten with a restart: what is in the mailbox stays.</summary>
public sealed class ImportJobs
{
    private const int MaxKept = 1_000, MaxAtOnce = 2;

    private readonly ConcurrentDictionary<AccountId, ImportReport> reports = new();
    private int running;

    /// <summary>The last one of an account; null for none.</summary>
    public ImportReport? Find(AccountId account) => reports.GetValueOrDefault(account);

    /// <summary>Begins one; null when the account has one running, or the server enough.</summary>
    internal ImportReport? Begin(AccountId account, ImportReport report)
    {
        if (Find(account) is { IsDone: false }) return null;
        if (Interlocked.Increment(ref running) > MaxAtOnce)
        {
            Interlocked.Decrement(ref running);
            return null;
        }
        if (reports.Count >= MaxKept)
            foreach (var (old, done) in reports)
                if (done.IsDone) reports.TryRemove(old, out _);
        var isFree = true;
        reports.AddOrUpdate(account, report, (_, known) => (isFree = known.IsDone) ? report : known);
        if (isFree) return report;
        Interlocked.Decrement(ref running);
        return null;
    }

    internal void End(ImportReport report)
    {
        report.IsDone = true;
        Interlocked.Decrement(ref running);
    }
}
