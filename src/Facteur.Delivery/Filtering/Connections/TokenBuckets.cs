namespace Facteur.Delivery.Filtering.Connections;

/// <summary>A rate and how much may come at once.</summary>
/// <param name="PerMinute">Events a minute in the long run; 0 switches the limit off.</param>
/// <param name="Burst">Events at once.</param>
public sealed record RateLimit(double PerMinute, double Burst);

/// <summary>
/// Token buckets in memory, one per key. A key that is not heard of for as long as its bucket takes to fill is the same as an unknown one
/// and goes; past the bound the emptiest stay, since they are those that a limit is for.
/// </summary>
internal sealed class TokenBuckets<TKey>(TimeProvider time, int maxKeys) where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Bucket> buckets = [];

    private struct Bucket
    {
        public double Tokens;
        public long At;
    }

    public int Count
    {
        get { lock (gate) return buckets.Count; }
    }

    /// <summary>Takes <paramref name="cost"/> out of the bucket of a key; false when it does not hold as much, and then nothing is taken.</summary>
    public bool TryTake(TKey key, RateLimit limit, double cost = 1)
    {
        if (limit.PerMinute <= 0) return true;
        lock (gate)
        {
            var now = time.GetTimestamp();
            var tokens = buckets.TryGetValue(key, out var bucket) ? Filled(bucket, limit, now) : limit.Burst;
            if (tokens < cost) return false;
            if (buckets.Count >= maxKeys && !buckets.ContainsKey(key)) Shed(limit, now);
            buckets[key] = new Bucket { Tokens = tokens - cost, At = now };
            return true;
        }
    }

    /// <summary>Would <see cref="TryTake"/> succeed?</summary>
    public bool Holds(TKey key, RateLimit limit, double cost = 1)
    {
        if (limit.PerMinute <= 0) return true;
        lock (gate) return !buckets.TryGetValue(key, out var bucket) || Filled(bucket, limit, time.GetTimestamp()) >= cost;
    }

    private double Filled(Bucket bucket, RateLimit limit, long now) =>
        Math.Min(limit.Burst, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalMinutes * limit.PerMinute));

    // Once for maxKeys / 4 new keys, so that its cost is spread.
    private void Shed(RateLimit limit, long now)
    {
        foreach (var (key, bucket) in buckets)
            if (Filled(bucket, limit, now) >= limit.Burst) buckets.Remove(key);
        if (buckets.Count < maxKeys - (maxKeys / 4)) return;
        foreach (var (key, _) in buckets.OrderByDescending(pair => Filled(pair.Value, limit, now)).Take(maxKeys / 4).ToList()) buckets.Remove(key);
    }
}
