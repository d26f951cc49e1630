using Facteur.Storage;

namespace Facteur.Tests.Support;

/// <summary>Learnt state in memory, with the contract of the store and a count of what was asked.</summary>
internal sealed class MemoryState(TimeProvider time) : StateStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SortedDictionary<string, StateEntry>> spaces = [];

    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long writesSeen;

    public int Reads { get; private set; }
    public int Writes { get; private set; }

    /// <summary>Waits for a write that came after the last wait ended.</summary>
    public async Task ChangedAsync(CancellationToken cancel)
    {
        Task next;
        lock (gate)
        {
            if (Writes > writesSeen)
            {
                writesSeen = Writes;
                return;
            }
            next = changed.Task;
        }
        await next.WaitAsync(cancel);
    }

    private void Wrote()
    {
        Writes++;
        changed.TrySetResult();
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public override ValueTask<StateEntry?> GetAsync(string space, string key, CancellationToken cancel)
    {
        lock (gate)
        {
            Reads++;
            return new(Find(space, key));
        }
    }

    public override ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(string space, IReadOnlyCollection<string> keys, CancellationToken cancel)
    {
        Assert.InRange(keys.Count, 1, 1_000);
        lock (gate)
        {
            Reads++;
            var found = new Dictionary<string, StateEntry>();
            foreach (var key in keys)
                if (Find(space, key) is { } entry) found[key] = entry;
            return new(found);
        }
    }

    public override ValueTask<IReadOnlyList<StateEntry>> ListAsync(string space, string prefix, string? after, int max, CancellationToken cancel)
    {
        lock (gate)
        {
            return new([.. Space(space).Values.Where(entry => IsAlive(entry) && entry.Key.StartsWith(prefix, StringComparison.Ordinal)
                && (after is null || string.CompareOrdinal(entry.Key, after) > 0)).Take(max)]);
        }
    }

    public override ValueTask<IReadOnlyList<string>> SpacesAsync(string prefix, CancellationToken cancel)
    {
        lock (gate) return new([.. spaces.Where(pair => pair.Value.Count > 0 && pair.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => pair.Key)]);
    }

    public override ValueTask SetAsync(string space, IReadOnlyList<StateEntry> entries, CancellationToken cancel)
    {
        lock (gate)
        {
            foreach (var entry in entries) Space(space)[Checked(entry.Key, entry.Value)] = entry;
            Wrote();
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask AddAsync(string space, IReadOnlyList<StateChange> changes, CancellationToken cancel)
    {
        lock (gate)
        {
            foreach (var change in changes)
            {
                var old = Find(space, Checked(change.Key, change.Value)) ?? new StateEntry(change.Key);
                Space(space)[change.Key] = old with { First = old.First + change.First, Second = old.Second + change.Second, Value = change.Value ?? old.Value, Expires = change.Expires ?? old.Expires };
            }
            Wrote();
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask<bool> RemoveAsync(string space, string key, CancellationToken cancel)
    {
        lock (gate)
        {
            var removed = Space(space).Remove(key);
            Wrote();
            return new(removed);
        }
    }

    public override ValueTask RemoveSpaceAsync(string space, CancellationToken cancel)
    {
        lock (gate)
        {
            spaces.Remove(space);
            Wrote();
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> PurgeAsync(DateTimeOffset now, int max, CancellationToken cancel)
    {
        lock (gate)
        {
            var gone = 0;
            foreach (var space in spaces.Values)
                foreach (var key in space.Values.Where(entry => entry.Expires <= now).Select(entry => entry.Key).Take(max - gone).ToList())
                    if (space.Remove(key)) gone++;
            return new(gone);
        }
    }

    private static string Checked(string key, byte[]? value)
    {
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(key), 1, MaxKeyOctets);
        Assert.InRange(value?.Length ?? 0, 0, MaxValueOctets);
        return key;
    }

    private StateEntry? Find(string space, string key) => Space(space).TryGetValue(key, out var entry) && IsAlive(entry) ? entry : null;

    private bool IsAlive(StateEntry entry) => entry.Expires is null || entry.Expires > time.GetUtcNow();

    private SortedDictionary<string, StateEntry> Space(string space)
    {
        if (!spaces.TryGetValue(space, out var found)) spaces.Add(space, found = new SortedDictionary<string, StateEntry>(StringComparer.Ordinal));
        return found;
    }
}
