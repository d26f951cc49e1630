namespace Facteur.Accounts.Sessions;

/// <summary>What is open by which session.</summary>
internal sealed class SessionWatches
{
    private readonly Dictionary<string, HashSet<Watch>> byKey = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    private sealed class Watch(SessionWatches watches, string key, Action end) : IDisposable
    {
        private int ended;

        public string Key => key;

        public void End()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0) end();
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref ended, 1);
            watches.Remove(this);
        }
    }

    public IDisposable Add(string key, Action end)
    {
        var watch = new Watch(this, key, end);
        lock (gate)
        {
            if (!byKey.TryGetValue(key, out var all)) byKey.Add(key, all = []);
            all.Add(watch);
        }
        return watch;
    }

    public void End(string key)
    {
        Watch[] all;
        lock (gate)
        {
            if (!byKey.TryGetValue(key, out var set)) return;
            all = [.. set];
        }
        foreach (var watch in all) watch.End();
    }

    private void Remove(Watch watch)
    {
        lock (gate)
        {
            if (!byKey.TryGetValue(watch.Key, out var all)) return;
            all.Remove(watch);
            if (all.Count == 0) byKey.Remove(watch.Key);
        }
    }
}
