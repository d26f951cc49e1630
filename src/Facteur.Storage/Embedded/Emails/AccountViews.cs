namespace Facteur.Storage.Embedded.Emails;

/// <summary>The accounts that somebody looked at lately, by email.</summary>
internal sealed class AccountViews : IDisposable
{
    /// <summary>About 220 MB.</summary>
    private const int MaxEmails = 2_000_000;

    /// <summary>Also accounts of few emails take some.</summary>
    private const int MaxAccounts = 10_000;

    private static readonly TimeSpan MaxIdle = TimeSpan.FromMinutes(10);

    private readonly Func<AccountId, EmbeddedAccountSnapshot> load;
    private readonly TimeProvider time;
    private readonly int maxEmails;
    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, LinkedListNode<AccountView>> views = [];

    // The one looked at last stands last.
    private readonly LinkedList<AccountView> order = new();
    private readonly ITimer timer;
    private bool ticking;
    private long emails;

    public AccountViews(Func<AccountId, EmbeddedAccountSnapshot> load, TimeProvider time, int maxEmails = MaxEmails)
    {
        (this.load, this.time, this.maxEmails) = (load, time, maxEmails);
        timer = time.CreateTimer(_ => DropIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Accounts kept now.</summary>
    public int Count
    {
        get { lock (gate) return views.Count; }
    }

    public async ValueTask<EmbeddedAccountSnapshot> LookAsync(AccountId account, CancellationToken cancel)
    {
        var view = Hold(account);
        try
        {
            return await view.LookAsync(cancel);
        }
        finally
        {
            LetGo(view);
        }
    }

    /// <summary>True when the writer is to note what happens in an account.</summary>
    public bool IsWatched(AccountId account)
    {
        lock (gate) return views.ContainsKey(account);
    }

    /// <summary>Hands a commit to those who look; called by the writer in the order of commits.</summary>
    public void Publish(AccountId account, AccountCommit commit) => Find(account)?.Publish(commit);

    /// <summary>The account was removed.</summary>
    public void Remove(AccountId account) => Find(account)?.Remove();

    /// <summary>Compares what is kept with what is read anew; one sentence a difference.</summary>
    public async ValueTask<IReadOnlyList<string>> CheckAsync(CancellationToken cancel)
    {
        AccountId[] kept;
        lock (gate) kept = [.. views.Keys];
        var breaches = new List<string>();
        foreach (var account in kept)
        {
            try
            {
                var (folded, read) = (await LookAsync(account, cancel), load(account));
                if (folded.ModSeq == read.ModSeq) breaches.AddRange(AccountCheck.Compare(folded, read)); // else it changed between the two
            }
            catch (StoreRefusedException)
            {
                // It was removed.
            }
        }
        return breaches;
    }

    public void Dispose() => timer.Dispose();

    private AccountView? Find(AccountId account)
    {
        lock (gate) return views.TryGetValue(account, out var node) ? node.Value : null;
    }

    private AccountView Hold(AccountId account)
    {
        lock (gate)
        {
            if (!views.TryGetValue(account, out var node)) views.Add(account, node = order.AddLast(new AccountView(account, load)));
            node.Value.Users++;
            return node.Value;
        }
    }

    private void LetGo(AccountView view)
    {
        lock (gate)
        {
            var node = views[view.Account];
            view.Users--;
            view.LastUse = time.GetTimestamp();
            if (view.Users == 0 && view.Emails is null)
            {
                Drop(node); // there is no such account, or it could not be read
                return;
            }
            emails += (view.Emails ?? 0) - view.Weight;
            view.Weight = view.Emails ?? 0;
            order.Remove(node);
            order.AddLast(node);
            DropWhile(_ => emails > maxEmails || views.Count > MaxAccounts);
            Tick();
        }
    }

    private void DropIdle()
    {
        lock (gate)
        {
            ticking = false;
            DropWhile(view => time.GetElapsedTime(view.LastUse) >= MaxIdle);
            Tick();
        }
    }

    // From the one not looked at for longest.
    private void DropWhile(Predicate<AccountView> isTooMuch)
    {
        for (var node = order.First; node is not null && isTooMuch(node.Value);)
        {
            var next = node.Next;
            if (node.Value.Users == 0) Drop(node);
            node = next;
        }
    }

    private void Drop(LinkedListNode<AccountView> node)
    {
        emails -= node.Value.Weight;
        views.Remove(node.Value.Account);
        order.Remove(node);
        node.Value.Dispose();
    }

    // No timer is set while nothing is kept.
    private void Tick()
    {
        if (ticking || views.Count == 0) return;
        ticking = true;
        timer.Change(MaxIdle / 2, Timeout.InfiniteTimeSpan);
    }
}
