using Facteur.Storage;

namespace Facteur.Jmap.Push;

/// <summary>
/// One who listens: to the accounts that its user may use, as far as types go that it wants. What happened since it was last told is kept as one
/// change, however much it is; it is woken when there is something.
/// </summary>
internal sealed class PushListener : IDisposable
{
    private readonly PushHub hub;
    private readonly Action wake;
    private readonly PushTypeSet types;
    private readonly Lock gate = new();

    // By account: what it was told, and what it was not told yet.
    private readonly Dictionary<AccountId, (PushState Told, PushTypeSet Pending)> accounts = [];

    internal PushListener(PushHub hub, JmapUser user, PushTypeSet types, Action wake) => (this.hub, User, this.types, this.wake) = (hub, user, types, wake);

    public JmapUser User { get; }

    /// <summary>Types it wants.</summary>
    internal PushTypeSet Types => types;

    /// <summary>Accounts where the hub knows it; the hub's own.</summary>
    internal HashSet<AccountId> Known { get; } = [];

    public bool HasChanges
    {
        get { lock (gate) return accounts.Values.Any(account => account.Pending != 0); }
    }

    /// <summary>Takes what there is to tell; null when there is nothing.</summary>
    /// <param name="maxAccounts">The rest is told the next time.</param>
    public StateChange? Take(int maxAccounts = int.MaxValue)
    {
        lock (gate)
        {
            var changed = new List<(AccountId, PushTypeSet, PushState)>();
            foreach (var (id, (told, pending)) in accounts.ToList())
            {
                if (pending == 0 || changed.Count == maxAccounts) continue;
                // An account that is gone has nothing to tell.
                var state = hub.StateOf(id);
                if (state is not null) changed.Add((id, pending, state));
                accounts[id] = (state ?? told, PushTypeSet.None);
            }
            return changed.Count == 0 ? null : new StateChange(hub.Types, changed, WriteToken());
        }
    }

    /// <summary>What was taken did not reach the client: it is told again, as it is then.</summary>
    public void Return(StateChange change)
    {
        lock (gate)
            foreach (var (id, types, _) in change.Accounts)
                if (accounts.TryGetValue(id, out var account)) accounts[id] = account with { Pending = account.Pending | types };
    }

    /// <summary>What a client knows that was told nothing yet.</summary>
    public string Token
    {
        get { lock (gate) return WriteToken(); }
    }

    public void Dispose() => hub.Remove(this);

    /// <summary>The accounts from now on, where they stand.</summary>
    /// <param name="areNew">Those that come are told as changed: the user did not have them before.</param>
    internal void Set(IReadOnlyList<(AccountId Account, PushState State)> now, bool areNew)
    {
        lock (gate)
        {
            foreach (var gone in accounts.Keys.Except(now.Select(one => one.Account)).ToList()) accounts.Remove(gone);
            foreach (var (account, state) in now)
            {
                if (!accounts.TryAdd(account, (state, areNew ? types & state.AllTypes() : PushTypeSet.None)) || hub.StateOf(account) is not { } latest) continue;
                // What was announced since it was read found nobody to mark.
                accounts[account] = (state, accounts[account].Pending | types & latest.Since(state));
            }
        }
        if (HasChanges) wake();
    }

    /// <summary>What the client missed since a token; all of it when the token tells nothing.</summary>
    internal void Miss(string token)
    {
        var told = PushToken.Read(token);
        lock (gate)
            foreach (var (id, account) in accounts.ToList())
                accounts[id] = account with { Pending = types & (told is not null && told.TryGetValue(id, out var entry) ? account.Told.Since(entry) : account.Told.AllTypes()) };
        if (HasChanges) wake();
    }

    internal void Mark(AccountId id, PushTypeSet changed)
    {
        if ((changed & types) == 0) return;
        lock (gate)
        {
            if (!accounts.TryGetValue(id, out var account)) return;
            accounts[id] = account with { Pending = account.Pending | changed & types };
        }
        wake();
    }

    private string WriteToken() => PushToken.Write(accounts.Select(account => (account.Key, account.Value.Told)));
}
