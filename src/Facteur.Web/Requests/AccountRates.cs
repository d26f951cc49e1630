using Facteur.Storage;

namespace Facteur.Web.Requests;

/// <summary>What an account may do so many times within a window: mails to strangers, tests. Bounded; forgotten with a restart.</summary>
internal sealed class AccountRates(int max, TimeSpan window, TimeProvider time)
{
    private const int MaxAccounts = 50_000;
    private readonly Dictionary<AccountId, (long Begun, int Count)> counts = [];
    private readonly Lock gate = new();

    /// <summary>Counts one; false when it is one too many.</summary>
    public bool Allow(AccountId account)
    {
        lock (gate)
        {
            if (counts.Count >= MaxAccounts) counts.Clear();
            if (!counts.TryGetValue(account, out var known) || time.GetElapsedTime(known.Begun) >= window) known = (time.GetTimestamp(), 0);
            if (known.Count >= max) return false;
            counts[account] = known with { Count = known.Count + 1 };
            return true;
        }
    }
}
