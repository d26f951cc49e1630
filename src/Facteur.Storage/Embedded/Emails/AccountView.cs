namespace Facteur.Storage.Embedded.Emails;

/// <summary>
/// An account that is kept in memory: its latest snapshot, and the commits since that nobody asked for yet. The writer adds a commit before it
/// answers the verbs in it, so a look after an answer always holds what was answered.
/// </summary>
internal sealed class AccountView(AccountId account, Func<AccountId, EmbeddedAccountSnapshot> load) : IDisposable
{
    // Past this many rows, and half of what the account holds, it is as cheap to read the account anew; and nobody looks.
    private const int MaxPending = 16_384;

    private readonly SemaphoreSlim turn = new(1);
    private readonly Lock gate = new();
    private List<AccountCommit> pending = [];
    private int pendingSize;
    private long unknownUntil;
    private long published;
    private volatile EmbeddedAccountSnapshot? latest;

    public AccountId Account { get; } = account;

    /// <summary>Emails it holds; null before the first look.</summary>
    public int? Emails => latest is { } snapshot ? snapshot.Emails.Count + snapshot.Hidden.Count : null;

    /// <summary>Looks in progress, emails counted for, and when it was looked at last; guarded by the registry.</summary>
    public int Users { get; set; }
    public int Weight { get; set; }
    public long LastUse { get; set; }

    public ValueTask<EmbeddedAccountSnapshot> LookAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return latest is { } snapshot && snapshot.ModSeq.Value >= Volatile.Read(ref published) ? new(snapshot) : new(RefreshAsync(cancel));
    }

    /// <summary>Adds a commit, in the order of commits.</summary>
    public void Publish(AccountCommit commit)
    {
        lock (gate)
        {
            pendingSize += commit.Size;
            if (commit.Log is null || pendingSize > Math.Max(MaxPending, (Emails ?? 0) / 2))
            {
                pending.Clear();
                (pendingSize, unknownUntil) = (0, commit.ModSeq.Value);
            }
            else
            {
                pending.Add(commit);
            }
            Volatile.Write(ref published, Math.Max(published, commit.ModSeq.Value));
        }
    }

    /// <summary>The account was removed.</summary>
    public void Remove() => Volatile.Write(ref published, long.MaxValue);

    /// <summary>When nobody looks any more; the writer may still publish.</summary>
    public void Dispose() => turn.Dispose();

    private async Task<EmbeddedAccountSnapshot> RefreshAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (Volatile.Read(ref published) == long.MaxValue) throw new StoreRefusedException(StoreRefusal.NoSuchAccount, "there is no such account");
            List<AccountCommit> commits;
            long unknown;
            lock (gate)
            {
                (commits, pending, pendingSize) = (pending, [], 0);
                unknown = unknownUntil;
            }

            // Read after the commits were taken, so that it has them, and maybe some that come again with the next.
            var snapshot = latest is { } known && known.ModSeq.Value >= unknown ? known : load(Account);
            latest = snapshot = Fold(snapshot, commits) ?? load(Account);
            return snapshot;
        }
        finally
        {
            turn.Release();
        }
    }

    private static EmbeddedAccountSnapshot? Fold(EmbeddedAccountSnapshot snapshot, List<AccountCommit> commits)
    {
        commits.RemoveAll(commit => commit.ModSeq.CompareTo(snapshot.ModSeq) <= 0);
        if (commits.Count == 0) return snapshot;
        var fold = new AccountFold(snapshot);
        foreach (var commit in commits)
            if (!fold.Apply(commit)) return null;
        return fold.Build();
    }
}
