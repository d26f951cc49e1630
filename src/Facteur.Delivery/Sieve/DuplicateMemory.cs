using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>Ids that "duplicate" has seen, for each account (RFC 7352). They are written behind the answer to the client; until then they are known here.</summary>
internal sealed class DuplicateMemory(StateStore state, TimeProvider time)
{
    private const int MaxWaiting = 10_000;

    private readonly ConcurrentDictionary<(AccountId, string), byte> waiting = new();

    public async ValueTask<bool> WasSeenAsync(AccountId account, string? handle, string id, CancellationToken cancel)
    {
        var key = Key(handle, id);
        return waiting.ContainsKey((account, key)) || await state.GetAsync(Space(account), key, cancel) is not null;
    }

    /// <summary>The message is committed: a second one is a duplicate from now on.</summary>
    public void Note(AccountId account, IReadOnlyList<SieveDuplicate> ids)
    {
        foreach (var one in ids)
            if (waiting.Count < MaxWaiting) waiting[(account, Key(one.Handle, one.UniqueId))] = 0;
    }

    public async ValueTask WriteAsync(AccountId account, IReadOnlyList<SieveDuplicate> ids, CancellationToken cancel)
    {
        try
        {
            var now = time.GetUtcNow();
            var entries = new List<StateEntry>(ids.Count);
            foreach (var one in ids)
            {
                var key = Key(one.Handle, one.UniqueId);
                // RFC 7352 §3.3: without :last the time runs from the first sight.
                if (one.FromLast || await state.GetAsync(Space(account), key, cancel) is null) entries.Add(new StateEntry(key, 1, Expires: now + one.For));
            }
            if (entries.Count > 0) await state.SetAsync(Space(account), entries, cancel);
        }
        finally
        {
            foreach (var one in ids) waiting.TryRemove((account, Key(one.Handle, one.UniqueId)), out _);
        }
    }

    private static string Space(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"sieve.seen:{account.Value}");

    /// <summary>A hash: ids are as long as senders make them, and of no use to anyone else.</summary>
    private static string Key(string? handle, string id) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{(handle is null ? "-" : "+" + handle.Length.ToString(CultureInfo.InvariantCulture) + ":" + handle)}\0{id}")).AsSpan(0, 20));
}
