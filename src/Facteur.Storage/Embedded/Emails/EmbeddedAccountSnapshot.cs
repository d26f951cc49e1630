using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>Emails by id; a chunk keeps when the last of its emails changed.</summary>
internal readonly struct ByEmail : IRowOrder<EmailRow>
{
    public static int Compare(in EmailRow a, in EmailRow b) => a.Id.Value.CompareTo(b.Id.Value);

    public static long Rank(in EmailRow row) => row.Changed.Value;
}

/// <summary>An email that answers another: the first of a thread, whose id the thread bears, has no link.</summary>
internal readonly record struct ThreadLink(ThreadId Thread, EmailId Email);

/// <summary>Links by thread, then by email.</summary>
internal readonly struct ByThread : IRowOrder<ThreadLink>
{
    public static int Compare(in ThreadLink a, in ThreadLink b) =>
        a.Thread.Value.CompareTo(b.Thread.Value) is var order && order != 0 ? order : a.Email.Value.CompareTo(b.Email.Value);

    public static long Rank(in ThreadLink row) => 0;
}

/// <summary>An account at one moment, in lists that share what did not change with the snapshots before and after.</summary>
internal sealed class EmbeddedAccountSnapshot : AccountSnapshot
{
    // JMAP's names of system flags, by bit (RFC 8621 §4.1.1); \Deleted has none.
    private static readonly (MessageFlags Flag, string Name)[] SystemKeywords =
        [(MessageFlags.Seen, "$seen"), (MessageFlags.Answered, "$answered"), (MessageFlags.Flagged, "$flagged"), (MessageFlags.Draft, "$draft")];

    private readonly AccountId account;
    private readonly ModSeq modSeq;
    private readonly AccountMailbox[] mailboxes;

    // Where each mailbox stands in "mailboxes".
    private readonly Dictionary<MailboxId, int> places;

    /// <param name="before">A snapshot with mailboxes of the same ids in the same order, to share the index; or null.</param>
    public EmbeddedAccountSnapshot(AccountId account, ModSeq modSeq, AccountMailbox[] mailboxes, EmbeddedAccountSnapshot? before)
    {
        (this.account, this.modSeq, this.mailboxes) = (account, modSeq, mailboxes);
        foreach (var mailbox in mailboxes)
            if (mailbox.Mailbox.Role == MailboxRole.Trash) Trash = mailbox.Id;
        places = before?.places ?? new(mailboxes.Length);
        for (var i = 0; before is null && i < mailboxes.Length; i++) places.Add(mailboxes[i].Id, i);
    }

    public required ChunkList<EmailRow, ByEmail> Emails { get; init; }

    /// <summary>Emails none of whose entries is seen: all are \Deleted, or in a mailbox that is being deleted. Without places.</summary>
    public required ChunkList<EmailRow, ByEmail> Hidden { get; init; }

    /// <summary>Links of <see cref="Emails"/>.</summary>
    public required ChunkList<ThreadLink, ByThread> Links { get; init; }

    /// <summary>The mailbox that RFC 8621 §2 treats apart in unreadThreads.</summary>
    public MailboxId? Trash { get; }

    public override AccountId Account => account;
    public override ModSeq ModSeq => modSeq;
    public override IReadOnlyList<AccountMailbox> Mailboxes => mailboxes;
    public override int Count => Emails.Count;
    public override int ChunkCount => Emails.ChunkCount;

    public override AccountMailbox? FindMailbox(MailboxId mailbox) => places.TryGetValue(mailbox, out var place) ? mailboxes[place] : null;

    public override bool TryFind(EmailId email, out EmailRow row) => Emails.TryFind(Key(email), out row);

    public override ReadOnlySpan<EmailRow> Chunk(int index) => Emails.Chunk(index);

    public override IReadOnlyList<EmailRow> Thread(ThreadId thread)
    {
        var emails = new List<EmailRow>();
        AddThread(thread, emails);
        if (emails.Count > 1)
            emails.Sort((a, b) => a.ReceivedAt != b.ReceivedAt ? a.ReceivedAt.CompareTo(b.ReceivedAt) : a.Id.Value.CompareTo(b.Id.Value));
        return emails;
    }

    /// <summary>Adds the emails of a thread, ascending by id.</summary>
    public void AddThread(ThreadId thread, List<EmailRow> emails)
    {
        if (TryFind(new EmailId(thread.Value), out var first) && first.Thread == thread) emails.Add(first);
        var (chunk, at) = Links.Seek(new ThreadLink(thread, default));
        for (; chunk < Links.ChunkCount; chunk++, at = 0)
        {
            foreach (var link in Links.Chunk(chunk)[at..])
            {
                if (link.Thread != thread) return;
                if (TryFind(link.Email, out var row)) emails.Add(row);
            }
        }
    }

    public override IReadOnlyList<string> KeywordsOf(in EmailRow row)
    {
        var names = new List<string>();
        var system = row.SystemFlags;
        foreach (var (flag, name) in SystemKeywords)
            if (system.Has(flag)) names.Add(name);
        for (var i = 0; i < row.PlaceCount; i++) AddKeywords(row.Place(i), names);
        return names;
    }

    public override bool HasKeyword(in EmailRow row, string keyword)
    {
        foreach (var (flag, name) in SystemKeywords)
            if (string.Equals(name, keyword, StringComparison.OrdinalIgnoreCase)) return row.SystemFlags.Has(flag);
        for (var i = 0; i < row.PlaceCount; i++)
        {
            var place = row.Place(i);
            if (place.Flags.Bits >> MessageFlags.FirstKeywordBit == 0 || FindMailbox(place.Mailbox) is not { } mailbox) continue;
            if (mailbox.Keywords.IndexOf(keyword) is var bit && bit >= 0 && place.Flags.Has(MessageFlags.Keyword(bit))) return true;
        }
        return false;
    }

    internal static EmailRow Key(EmailId email) => new()
    {
        Id = email, Thread = default, Created = default, Changed = default, ReceivedAt = 0, Size = 0, HasAttachment = false, Body = default, First = default,
    };

    private void AddKeywords(EmailPlace place, List<string> names)
    {
        var bits = place.Flags.Bits >> MessageFlags.FirstKeywordBit;
        if (bits == 0 || FindMailbox(place.Mailbox) is not { } mailbox) return;
        var table = mailbox.Keywords.Names;
        for (var i = 0; i < table.Count && bits != 0; i++, bits >>= 1)
        {
            if ((bits & 1) == 0 || table[i] is not { } name) continue;
            var lower = name.ToLowerInvariant(); // RFC 8621 §4.1.1: keywords are answered in lower case
            if (!names.Contains(lower) && !IsSystem(lower)) names.Add(lower);
        }
    }

    // An IMAP client may give a keyword the name of a flag: to JMAP only the flag has it.
    private static bool IsSystem(string lower)
    {
        foreach (var (_, name) in SystemKeywords)
            if (name == lower) return true;
        return false;
    }
}
