using System.Net;

namespace Facteur.Net.Dns;

/// <summary>One recursive resolver, and what it has shown of itself.</summary>
internal sealed class NameServer(IPEndPoint endPoint, bool isTrusted, TimeProvider time)
{
    private const int FailuresToDeath = 2;
    private static readonly TimeSpan plainTime = TimeSpan.FromMinutes(15);

    private int failures;
    private long deadUntil = long.MinValue;
    private long plainUntil = long.MinValue;

    public IPEndPoint EndPoint { get; } = endPoint;

    /// <summary>Its AD bit counts.</summary>
    public bool IsTrusted { get; } = isTrusted;

    /// <summary>It did not answer lately.</summary>
    public bool IsDead => time.GetTimestamp() < Volatile.Read(ref deadUntil);

    /// <summary>It refused EDNS lately.</summary>
    public bool IsPlain => time.GetTimestamp() < Volatile.Read(ref plainUntil);

    /// <returns>True when it was thought dead.</returns>
    public bool Answered()
    {
        Volatile.Write(ref failures, 0);
        return Interlocked.Exchange(ref deadUntil, long.MinValue) != long.MinValue;
    }

    /// <summary>It was silent, or cannot be reached.</summary>
    /// <returns>True when it counts as dead from now on and did not before.</returns>
    public bool Silent(TimeSpan deadTime)
    {
        if (Interlocked.Increment(ref failures) < FailuresToDeath) return false;
        return Interlocked.Exchange(ref deadUntil, After(deadTime)) == long.MinValue;
    }

    public void RefusedEdns() => Volatile.Write(ref plainUntil, After(plainTime));

    private long After(TimeSpan span) => time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);
}
