using Facteur.Storage;

namespace Facteur.Jmap.Http;

/// <summary>How many requests of one user run at once: maxConcurrentRequests and maxConcurrentUpload (RFC 8620 §2).</summary>
public sealed class UserGates(int max)
{
    private readonly Dictionary<AccountId, int> running = [];
    private readonly Lock gate = new();

    /// <summary>Lets one in; it leaves when the result is disposed of. Null when there are too many.</summary>
    public IDisposable? Enter(AccountId user)
    {
        lock (gate)
        {
            var count = running.GetValueOrDefault(user);
            if (count >= max) return null;
            running[user] = count + 1;
            return new Place(this, user);
        }
    }

    /// <summary>How many of a user are in.</summary>
    public int Running(AccountId user)
    {
        lock (gate) return running.GetValueOrDefault(user);
    }

    private void Leave(AccountId user)
    {
        lock (gate)
        {
            if (running[user] == 1) running.Remove(user);
            else running[user]--;
        }
    }

    private sealed class Place(UserGates gates, AccountId user) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0) gates.Leave(user);
        }
    }
}
