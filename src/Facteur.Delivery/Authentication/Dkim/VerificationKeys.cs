using System.Collections.Concurrent;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>
/// Public RSA keys that were used of late, ready: most mail comes from few signers, and to read a key costs twice what a check
/// does. Bounded; what was not used for a while goes. What a key is never depends on it, since it is found by its octets.
/// </summary>
internal sealed class VerificationKeys
{
    // Two generations of so many: when the younger is full it becomes the older, and what that held is forgotten.
    private const int MaxPerGeneration = 256;

    private readonly Lock gate = new();
    private ConcurrentDictionary<byte[], VerificationKey> young = new(Octets.Comparer);
    private ConcurrentDictionary<byte[], VerificationKey> old = new(Octets.Comparer);

    public static VerificationKeys Shared { get; } = new();

    /// <summary>The key; null, with the reason, when it is unfit.</summary>
    public VerificationKey? Get(string keyType, byte[] publicKey, out string problem)
    {
        problem = "";
        if (keyType != "rsa") return VerificationKey.Create(keyType, publicKey, out problem);
        if (young.TryGetValue(publicKey, out var key)) return key;
        if (!old.TryGetValue(publicKey, out key)) key = VerificationKey.Create(keyType, publicKey, out problem);
        if (key is not null) Keep(publicKey, key);
        return key;
    }

    private void Keep(byte[] publicKey, VerificationKey key)
    {
        lock (gate)
        {
            if (young.Count >= MaxPerGeneration) (old, young) = (young, new(Octets.Comparer));
            young[publicKey] = key;
        }
    }

    private sealed class Octets : IEqualityComparer<byte[]>
    {
        public static Octets Comparer { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] octets)
        {
            var hash = new HashCode();
            hash.AddBytes(octets);
            return hash.ToHashCode();
        }
    }
}
