namespace Facteur.Storage;

/// <summary>
/// What the server learns and may forget, as counters and small values with an end: greylisting, known correspondents, tokens of the
/// spam filter, daily counts, vacation replies sent, policies fetched, observations for reports, reports received. One table for all.
/// </summary>
public abstract class StateStore
{
    /// <summary>Longest key in octets of UTF-8; longer ones are hashed by the caller.</summary>
    public const int MaxKeyOctets = 512;

    /// <summary>Values over this are refused with ArgumentException: 1 MiB.</summary>
    public const int MaxValueOctets = 1024 * 1024;

    public abstract ValueTask<StateEntry?> GetAsync(string space, string key, CancellationToken cancel);

    /// <summary>Those that are there, in one query; at most 1,000 keys.</summary>
    public abstract ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(string space, IReadOnlyCollection<string> keys, CancellationToken cancel);

    /// <summary>In key order, from <paramref name="after"/> (exclusive) on, keys starting with <paramref name="prefix"/>.</summary>
    public abstract ValueTask<IReadOnlyList<StateEntry>> ListAsync(string space, string prefix, string? after, int max, CancellationToken cancel);

    /// <summary>Spaces that hold anything and start with <paramref name="prefix"/>.</summary>
    public abstract ValueTask<IReadOnlyList<string>> SpacesAsync(string prefix, CancellationToken cancel);

    /// <summary>Writes or replaces.</summary>
    public abstract ValueTask SetAsync(string space, IReadOnlyList<StateEntry> entries, CancellationToken cancel);

    /// <summary>Adds to the counters of each key in one commit, making those that are missing; expiry and value are set when given.</summary>
    public abstract ValueTask AddAsync(string space, IReadOnlyList<StateChange> changes, CancellationToken cancel);

    public abstract ValueTask<bool> RemoveAsync(string space, string key, CancellationToken cancel);

    /// <summary>Removes a whole space (a day's observations after they were reported).</summary>
    public abstract ValueTask RemoveSpaceAsync(string space, CancellationToken cancel);

    /// <summary>Removes what has expired, in small steps. Readers never see an expired entry before that either.</summary>
    public abstract ValueTask<int> PurgeAsync(DateTimeOffset now, int max, CancellationToken cancel);
}

/// <param name="First">A counter; the space says of what.</param>
/// <param name="Second">Another.</param>
public sealed record StateEntry(string Key, long First = 0, long Second = 0, byte[]? Value = null, DateTimeOffset? Expires = null);

public readonly record struct StateChange(string Key, long First, long Second, byte[]? Value = null, DateTimeOffset? Expires = null);
