using System.Collections.Concurrent;

namespace Facteur.Storage.Embedded;

/// <summary>
/// What was read of the directory since its last change. Every change puts an empty one in its place, so that what was read before it is
/// never put beside what was read after.
/// </summary>
internal sealed class DirectoryMemory
{
    /// <summary>Entries of each kind; who asks for more only has them read again.</summary>
    private const int MaxRemembered = 20_000;

    public Part<(string Local, string Domain), DirectoryMatch> Recipients { get; } = new();
    public Part<AccountId, IReadOnlyList<GroupRecord>> Groups { get; } = new();
    public Part<AccountId, IReadOnlyList<ShareRecord>> Shares { get; } = new();

    internal sealed class Part<TKey, TValue> where TKey : notnull
    {
        private readonly ConcurrentDictionary<TKey, TValue> known = new();

        /// <summary>What is remembered, or else what <paramref name="read"/> answers. No closure is made when it is known.</summary>
        public TValue Get(TKey key, Func<EmbeddedStore, TKey, TValue> read, EmbeddedStore store)
        {
            if (known.TryGetValue(key, out var value)) return value;
            value = read(store, key);
            if (known.Count >= MaxRemembered) known.Clear();
            known[key] = value;
            return value;
        }
    }
}
