using System.Collections.Concurrent;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Who wants to hear when an account's security changes, and which change of all was the last of each account.</summary>
internal sealed class AccountWatch
{
    internal sealed class Registration(AccountWatch watch, AccountId account, Action end) : IDisposable
    {
        private int ended;

        public void End()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0) end();
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref ended, 1);
            watch.Remove(account, this);
        }
    }

    private readonly Dictionary<AccountId, HashSet<Registration>> registrations = [];
    private readonly Lock gate = new();
    // One number per account that changed since the start, some 50 octets each.
    private readonly ConcurrentDictionary<AccountId, long> lastChanges = new();
    private long changes;

    /// <summary>Changes so far, of all accounts.</summary>
    public long Epoch => Volatile.Read(ref changes);

    public bool ChangedSince(AccountId account, long epoch) => lastChanges.TryGetValue(account, out var last) && last > epoch;

    public Registration Add(AccountId account, Action end)
    {
        var registration = new Registration(this, account, end);
        lock (gate)
        {
            if (!registrations.TryGetValue(account, out var all)) registrations.Add(account, all = []);
            all.Add(registration);
        }
        return registration;
    }

    public void Announce(AccountId account)
    {
        lastChanges[account] = Interlocked.Increment(ref changes);
        Registration[] all;
        lock (gate) all = registrations.TryGetValue(account, out var set) ? [.. set] : [];
        foreach (var registration in all) registration.End();
    }

    private void Remove(AccountId account, Registration registration)
    {
        lock (gate)
        {
            if (!registrations.TryGetValue(account, out var all)) return;
            all.Remove(registration);
            if (all.Count == 0) registrations.Remove(account);
        }
    }
}
