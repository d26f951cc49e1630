using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>Unique-ids that messages keep, read a stretch at a time as they are listed.</summary>
internal sealed class KeptUidls(MailStore store, MailboxId mailbox)
{
    /// <summary>Messages of one stretch.</summary>
    private const int Stretch = 1000;

    private readonly Dictionary<Uid, string> known = [];
    private Uid last;

    /// <summary>False: the stretch that holds it is not read yet.</summary>
    /// <param name="uidl">Null when the message was expunged meanwhile; "" when what it keeps may not be sent.</param>
    public bool TryFind(Uid uid, out string? uidl) => known.TryGetValue(uid, out uidl) || uid.Value <= last.Value;

    public async ValueTask ReadAsync(UidRange range, CancellationToken cancel)
    {
        known.Clear();
        foreach (var (uid, uidl) in await store.ReadPopUidlsAsync(mailbox, range, cancel)) known.Add(uid, Uidl.IsValid(uidl) ? uidl : "");
        last = new Uid(range.Last);
    }

    /// <summary>The stretch that begins with the first of these.</summary>
    public static UidRange StretchOf(ReadOnlySpan<MaildropEntry> entries)
    {
        var last = entries[0].Uid.Value;
        foreach (ref readonly var entry in entries[..Math.Min(Stretch, entries.Length)]) last = Math.Max(last, entry.Uid.Value);
        return new UidRange(entries[0].Uid.Value, last);
    }
}
