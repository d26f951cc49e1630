using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>
/// The selected mailbox as one client knows it. <see cref="Snapshot"/> is what the client was told: message numbers mean its
/// places, until <see cref="SyncAsync"/> tells of a newer one. Invariant: nothing else writes EXISTS, EXPUNGE or unasked FETCH.
/// </summary>
internal sealed class SelectedMailbox : IDisposable
{
    private readonly List<int> expunged = [];
    private readonly List<int> changed = [];
    private KeywordTable keywords;

    public SelectedMailbox(Mailbox mailbox, MailboxView view, MailboxSnapshot snapshot, bool isReadOnly)
    {
        Id = mailbox.Id;
        Name = mailbox.Name;
        View = view;
        Snapshot = snapshot;
        IsReadOnly = isReadOnly;
        keywords = snapshot.Keywords;
    }

    public MailboxId Id { get; }

    /// <summary>Name at the time of SELECT.</summary>
    public string Name { get; }

    /// <summary>EXAMINE (RFC 9051 §6.3.3).</summary>
    public bool IsReadOnly { get; }

    public MailboxView View { get; }

    /// <summary>What the client was told.</summary>
    public MailboxSnapshot Snapshot { get; private set; }

    /// <summary>Keywords the client was told of; at least as new as those of <see cref="Snapshot"/>.</summary>
    public KeywordTable Keywords => keywords;

    /// <summary>Result of the last SEARCH RETURN (SAVE) (RFC 9051 §6.4.4.1); UIDs, ascending. Those gone since resolve to nothing.</summary>
    public IReadOnlyList<UidRange> SavedSearch { get; set; } = [];

    /// <summary>UIDs that are \Recent to this session (RFC 3501 §2.3.2).</summary>
    public RecentUids Recent { get; } = new();

    /// <summary>Places a sequence set means in <see cref="Snapshot"/>, merged and ascending.</summary>
    /// <param name="uid">The set holds UIDs, not message numbers; "$" means the same in both.</param>
    public IReadOnlyList<IndexRange> Resolve(SequenceSet set, bool uid)
    {
        if (set.IsSaved) return new SequenceSet(SavedSearch.Select(r => (r.First, r.Last)).ToArray()).ResolveUids(Snapshot);
        return uid ? set.ResolveUids(Snapshot) : set.ResolveNumbers(Snapshot.Count);
    }

    /// <summary>UID ranges of places: exact, since UIDs between two that are side by side in the snapshot are gone for good.</summary>
    public IReadOnlyList<UidRange> Uids(IReadOnlyList<IndexRange> places)
    {
        var uids = new UidRange[places.Count];
        for (var i = 0; i < uids.Length; i++) uids[i] = new UidRange(Snapshot[places[i].First].Uid.Value, Snapshot[places[i].Last].Uid.Value);
        return uids;
    }

    /// <summary>UIDs of all messages that the client may see, now or later.</summary>
    public UidRange All => View is NewestView newest ? new UidRange(newest.First.Value, uint.MaxValue) : UidRange.All;

    /// <summary>Throws NO when the mailbox was opened by EXAMINE.</summary>
    public void RequireWritable()
    {
        if (IsReadOnly) throw new ImapRefusedException("NOPERM", "the mailbox is read-only");
    }

    /// <summary>Takes over changes this session made and told the client itself (FETCH answers of STORE, \Seen by BODY[]), so that they are not told again.</summary>
    public void ApplyOwn(IReadOnlyList<MessageEntry> changedEntries)
    {
        if (changedEntries.Count > 0) Snapshot = Snapshot.WithFlags(changedEntries);
    }

    /// <summary>Tells FLAGS and PERMANENTFLAGS anew when the mailbox has other keywords than the client knows (RFC 9051 §7.3.5); call it before flags with new keywords are written.</summary>
    public void TellKeywords(ImapWriter writer, KeywordTable current)
    {
        if (ReferenceEquals(keywords, current)) return;
        var isNew = !keywords.Names.SequenceEqual(current.Names, StringComparer.Ordinal);
        keywords = current;
        if (isNew) WriteFlags(writer);
    }

    /// <summary>FLAGS and PERMANENTFLAGS.</summary>
    public void WriteFlags(ImapWriter writer)
    {
        writer.Raw("* FLAGS "u8);
        FlagNames.WriteAll(writer, keywords, more: false);
        writer.EndLine();
        writer.Raw("* OK [PERMANENTFLAGS "u8);
        if (IsReadOnly) writer.Raw("()"u8);
        else FlagNames.WriteAll(writer, keywords, more: keywords.Names.Count(n => n is not null) < MessageFlags.MaxKeywords);
        writer.Raw(IsReadOnly ? "] read-only\r\n"u8 : "] can be set\r\n"u8);
    }

    /// <summary>FETCH data "FLAGS (...)" of an entry as this session sees it.</summary>
    public void WriteFlags(ImapSession session, MessageEntry entry)
    {
        session.Writer.Raw("FLAGS "u8);
        FlagNames.WriteList(session.Writer, entry.Flags, keywords, IsRecent(session, entry.Uid));
    }

    // IMAP4rev2 has no \Recent (RFC 9051 appendix E).
    public bool IsRecent(ImapSession session, Uid uid) => Recent.Contains(uid) && !session.Enabled.HasFlag(EnabledFeatures.Imap4Rev2);

    /// <summary>
    /// Tells what happened since the client was told last: EXPUNGE, EXISTS, FETCH with flags. When expunges may not be told and there
    /// are some, new messages wait with them, because numbers could not be given to both; flag changes are told.
    /// </summary>
    public async ValueTask SyncAsync(ImapSession session, bool allowExpunge, CancellationToken cancel)
    {
        if (View.IsDeleted) throw session.MailboxIsGone();
        var newer = await View.RefreshAsync(cancel);
        if (View.IsDeleted) throw session.MailboxIsGone();
        if (ReferenceEquals(newer, Snapshot)) return;
        expunged.Clear();
        changed.Clear();
        var added = Snapshot.Compare(newer, expunged, changed);
        TellKeywords(session.Writer, newer.Keywords);
        if (expunged.Count > 0 && !allowExpunge)
        {
            await TellFlagsOfKeptAsync(session, newer);
            return;
        }
        await TellExpungedAsync(session);
        var old = Snapshot.Count - expunged.Count;
        Snapshot = newer;
        // No EXISTS without new messages: Apple Mail loops on a needless one (CLIENTS 18).
        if (added > 0) session.Writer.UntaggedNumber(newer.Count, "EXISTS"u8);
        if (added > 0) TellRecent(session);
        foreach (var index in changed)
            if (index < old) await TellEntryAsync(session, index, newer[index]);
        Trim(expunged);
        Trim(changed);
    }

    /// <summary>Takes the messages no session was told of yet as \Recent, unless read-only, and tells their number to a client of IMAP4rev1.</summary>
    public void TellRecent(ImapSession session)
    {
        Recent.Add(session.Recents.Take(Id, Snapshot.UidNext, claim: !IsReadOnly), Snapshot.UidNext);
        if (!session.Enabled.HasFlag(EnabledFeatures.Imap4Rev2)) session.Writer.UntaggedNumber(Recent.CountIn(Snapshot), "RECENT"u8);
    }

    private async ValueTask TellFlagsOfKeptAsync(ImapSession session, MailboxSnapshot newer)
    {
        var entries = new List<MessageEntry>(changed.Count);
        foreach (var index in changed) entries.Add(newer[index]);
        if (entries.Count == 0) return;
        Snapshot = Snapshot.WithFlags(entries);
        foreach (var entry in entries)
            if (Snapshot.IndexOf(entry.Uid) is var index and >= 0) await TellEntryAsync(session, index, entry);
    }

    // From the last to the first, so that each number is the one the client knows.
    private async ValueTask TellExpungedAsync(ImapSession session)
    {
        for (var i = expunged.Count - 1; i >= 0; i--)
        {
            session.Writer.UntaggedNumber(expunged[i] + 1, "EXPUNGE"u8);
            await session.Writer.FlushIfFullAsync();
        }
    }

    private ValueTask TellEntryAsync(ImapSession session, int index, MessageEntry entry)
    {
        var writer = session.Writer;
        writer.BeginUntagged();
        writer.Number(index + 1);
        writer.Raw(" FETCH (UID "u8);
        writer.Number(entry.Uid.Value);
        writer.Space();
        WriteFlags(session, entry);
        if (session.Enabled.HasFlag(EnabledFeatures.Condstore))
        {
            writer.Raw(" MODSEQ ("u8);
            writer.Number(entry.ModSeq.Value);
            writer.Raw(")"u8);
        }
        writer.Raw(")\r\n"u8);
        return writer.FlushIfFullAsync();
    }

    // A session that saw a large change does not keep the lists of it.
    private static void Trim(List<int> list)
    {
        list.Clear();
        if (list.Capacity > 64) list.Capacity = 0;
    }

    public void Dispose() => View.Dispose();
}
