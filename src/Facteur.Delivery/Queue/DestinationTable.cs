using System.Collections.Concurrent;

namespace Facteur.Delivery.Queue;

/// <summary>How a destination fares, as this process sees it.</summary>
/// <param name="Connections">Connections at work now.</param>
/// <param name="MaxConnections">As many as it takes at present.</param>
/// <param name="Failures">Times in a row that it could not be reached.</param>
/// <param name="RestsUntil">Nothing is tried before; null when it is not resting.</param>
/// <param name="LastFailure">Why it could not be reached, or "".</param>
public sealed record DestinationHealth(int Connections, int MaxConnections, int Failures, DateTimeOffset? RestsUntil, string LastFailure);

/// <summary>What this process knows of the destinations it sends to. Lost with it: a start tries each destination anew.</summary>
public sealed class DestinationTable(QueueOptions options, TimeProvider time)
{
    /// <summary>Destinations that are not used are forgotten above this number: some 400 octets each.</summary>
    private const int MaxIdle = 20_000;

    /// <summary>Sessions that wait for more mail, over all destinations.</summary>
    private const int MaxParked = 100;

    private readonly ConcurrentDictionary<string, Destination> known = new(StringComparer.Ordinal);
    private int parked;

    /// <summary>A destination was woken by hand.</summary>
    internal event Action? Woken;

    internal QueueOptions Options => options;
    internal TimeProvider Time => time;

    /// <summary>Null when nothing was sent there lately.</summary>
    public DestinationHealth? Health(string destination) => known.TryGetValue(destination, out var found) ? found.Health() : null;

    /// <summary>Ends the rest of a destination.</summary>
    public void Wake(string destination)
    {
        if (known.TryGetValue(destination, out var found)) found.Wake();
        Woken?.Invoke();
    }

    internal Destination Get(string name) => known.GetOrAdd(name, static (key, table) => new Destination(table, key), this);

    /// <summary>A place for one more session that waits.</summary>
    internal bool TryPark()
    {
        if (Interlocked.Increment(ref parked) <= MaxParked) return true;
        Interlocked.Decrement(ref parked);
        return false;
    }

    internal void Unpark() => Interlocked.Decrement(ref parked);

    /// <summary>Takes out the sessions that have waited long enough (all of them when <paramref name="all"/>), to be closed; forgets what is not used.</summary>
    internal List<KeptSession> TakeStale(bool all)
    {
        var stale = new List<KeptSession>();
        if (Volatile.Read(ref parked) > 0)
            foreach (var destination in known.Values) destination.TakeStale(stale, all);
        if (known.Count > MaxIdle)
            foreach (var (name, destination) in known)
                if (destination.IsForgettable) known.TryRemove(name, out _);
        return stale;
    }

    internal bool HasParked => Volatile.Read(ref parked) > 0;
}
