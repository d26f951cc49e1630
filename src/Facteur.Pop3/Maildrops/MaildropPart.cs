using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>
/// The messages of one mailbox in a maildrop, as they were at login. A long mailbox is counted at login and listed when a command asks for
/// a message, so that a login costs the same whatever it holds.
/// </summary>
internal sealed class MaildropPart
{
    /// <summary>Longest mailbox, or list of changes, that is read at login: about 10 ms.</summary>
    private const int MostAtLogin = 10_000;

    private readonly MailStore store;
    private readonly MaildropCache cache;
    private readonly MaildropCache.Key key;
    private MaildropIndex? index;
    private MaildropEntry[]? repaired;

    private MaildropPart(MailStore store, MaildropCache cache, MaildropCache.Key key, Mailbox mailbox, MaildropIndex? index)
    {
        (this.store, this.cache, this.key, Mailbox, this.index) = (store, cache, key, mailbox, index);
        (Count, Octets) = index is null ? (mailbox.Messages, mailbox.Size) : (index.Count, index.Octets);
    }

    /// <summary>As of the login.</summary>
    public Mailbox Mailbox { get; }

    /// <summary>Messages and octets of the login; they stay.</summary>
    public int Count { get; }
    public long Octets { get; }

    public bool IsLoaded => index is not null;
    public bool AnyKept => index!.AnyKept;

    /// <summary>Exactly <see cref="Count"/>, once loaded. One without email was expunged before it was read: its number stays empty.</summary>
    public ReadOnlySpan<MaildropEntry> Entries => repaired ?? index!.Entries[..Count];

    /// <returns>Null when the mailbox was deleted meanwhile.</returns>
    public static async ValueTask<MaildropPart?> OpenAsync(MailStore store, MaildropCache cache, Mailbox mailbox, EmailId after, CancellationToken cancel)
    {
        var key = new MaildropCache.Key(mailbox.Id, after);
        var known = cache.Find(key);
        if (known is not null && known.Position == MaildropIndex.PositionOf(mailbox)) return new MaildropPart(store, cache, key, mailbox, known);
        // What came after a mark cannot be counted without reading it.
        var most = after.Value == 0 ? MostAtLogin : int.MaxValue;
        if (await store.ReadMaildropAsync(mailbox.Id, after, known?.Position, most, cancel) is not { } reading) return null;
        if (reading.Added is null) return new MaildropPart(store, cache, key, reading.Mailbox, null);
        var index = known?.With(reading) ?? MaildropIndex.Of(reading.Added, reading.Mailbox);
        cache.Keep(key, index);
        return new MaildropPart(store, cache, key, reading.Mailbox, index);
    }

    public async ValueTask LoadAsync(CancellationToken cancel)
    {
        if (index is not null) return;
        var known = cache.Find(key);
        if (await store.ReadMaildropAsync(key.Mailbox, key.After, known?.Position, int.MaxValue, cancel) is not { } reading)
        {
            repaired = new MaildropEntry[Count]; // the mailbox was deleted meanwhile
            index = MaildropIndex.Of([], Mailbox);
            return;
        }
        var loaded = known?.With(reading) ?? MaildropIndex.Of(reading.Added!, reading.Mailbox);
        cache.Keep(key, loaded);
        // Of the messages of the login none can have come back: as many as then are the same.
        if (Before(loaded.Entries, Mailbox.UidNext) != Count) repaired = await AsOfLoginAsync(loaded, cancel);
        index = loaded;
    }

    /// <summary>The list of the login made from a later one: what came since is left out, what went since leaves its number empty.</summary>
    private async ValueTask<MaildropEntry[]> AsOfLoginAsync(MaildropIndex later, CancellationToken cancel)
    {
        var changes = await store.ReadMaildropAsync(key.Mailbox, key.After, MaildropIndex.PositionOf(Mailbox), 0, cancel);
        var entries = new List<MaildropEntry>(later.Entries[..Before(later.Entries, Mailbox.UidNext)].ToArray());
        if (entries.Count < Count && changes?.Vanished is { } vanished) entries = Merge(entries, vanished);
        while (entries.Count < Count) entries.Add(default); // what went is not known any more
        return [.. entries.Take(Count)];
    }

    private List<MaildropEntry> Merge(List<MaildropEntry> entries, IReadOnlyList<UidRange> vanished)
    {
        var merged = new List<MaildropEntry>(Count);
        var next = 0;
        foreach (var range in vanished)
        {
            while (next < entries.Count && entries[next].Uid.Value < range.First) merged.Add(entries[next++]);
            for (var uid = range.First; uid <= range.Last && uid < Mailbox.UidNext && merged.Count + entries.Count - next < Count; uid++)
                merged.Add(new MaildropEntry(default, 0, new Uid(uid), false));
        }
        merged.AddRange(entries[next..]);
        return merged;
    }

    /// <summary>How many have a UID below another.</summary>
    private static int Before(ReadOnlySpan<MaildropEntry> entries, uint uid)
    {
        int low = 0, high = entries.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (entries[middle].Uid.Value < uid) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
