using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>What STATUS can tell of a mailbox: RFC 9051 §6.3.11; RECENT RFC 3501 §6.3.10; HIGHESTMODSEQ RFC 7162 §3.1.7; APPENDLIMIT RFC 7889 §3; DELETED-STORAGE RFC 9208 §4.1.4; MAILBOXID RFC 8474 §4.3.</summary>
[Flags]
internal enum StatusItems
{
    None = 0,
    Messages = 1,
    Recent = 2,
    UidNext = 4,
    UidValidity = 8,
    Unseen = 16,
    Deleted = 32,
    Size = 64,
    HighestModSeq = 128,
    AppendLimit = 256,
    DeletedStorage = 512,
    MailboxId = 1024,
}

internal static class StatusItemsWire
{
    private static readonly (string Name, StatusItems Item)[] Names =
    [
        ("MESSAGES", StatusItems.Messages), ("RECENT", StatusItems.Recent), ("UIDNEXT", StatusItems.UidNext), ("UIDVALIDITY", StatusItems.UidValidity),
        ("UNSEEN", StatusItems.Unseen), ("DELETED", StatusItems.Deleted), ("SIZE", StatusItems.Size), ("HIGHESTMODSEQ", StatusItems.HighestModSeq),
        ("APPENDLIMIT", StatusItems.AppendLimit), ("DELETED-STORAGE", StatusItems.DeletedStorage),
        ("MAILBOXID", StatusItems.MailboxId),
    ];

    /// <summary>Items in parentheses.</summary>
    public static StatusItems Parse(ref ImapReader reader)
    {
        var items = StatusItems.None;
        reader.Expect((byte)'(');
        do items |= Item(reader.Atom()); while (reader.TrySpace());
        reader.Expect((byte)')');
        return items;
    }

    /// <summary>An untagged STATUS line.</summary>
    public static void Write(ImapSession session, Mailbox mailbox, StatusItems items)
    {
        var writer = session.Writer;
        writer.Raw("* STATUS "u8);
        writer.Mailbox(mailbox.Name);
        writer.Raw(" ("u8);
        var first = true;
        foreach (var (name, item) in Names)
        {
            if (!items.HasFlag(item)) continue;
            if (!first) writer.Space();
            first = false;
            writer.Raw(name);
            writer.Space();
            if (item == StatusItems.MailboxId) writer.Raw($"({MailboxObjectId.Of(mailbox.Id)})");
            else writer.Number(Value(session, mailbox, item));
        }
        writer.Raw(")\r\n"u8);
    }

    private static StatusItems Item(string atom)
    {
        foreach (var (name, item) in Names)
            if (name.Equals(atom, StringComparison.OrdinalIgnoreCase)) return item;
        throw new ImapSyntaxException("unknown item of STATUS");
    }

    private static long Value(ImapSession session, Mailbox mailbox, StatusItems item) => item switch
    {
        StatusItems.Messages => mailbox.Messages,
        StatusItems.Recent => mailbox.UidNext - session.Recents.Take(mailbox.Id, mailbox.UidNext, claim: false),
        StatusItems.UidNext => mailbox.UidNext,
        StatusItems.UidValidity => mailbox.UidValidity,
        StatusItems.Unseen => mailbox.Unseen,
        StatusItems.Deleted => mailbox.Deleted,
        StatusItems.Size => mailbox.Size,
        StatusItems.HighestModSeq => Math.Max(1, mailbox.HighestModSeq.Value),
        StatusItems.AppendLimit => session.Options.AppendLimitOctets,
        _ => mailbox.DeletedSize,
    };
}
