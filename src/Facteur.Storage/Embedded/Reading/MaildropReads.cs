using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>Reads for POP3: what it lists of a mailbox, and bodies by email.</summary>
internal static class MaildropReads
{
    private const string EntriesSql = """
        SELECT uid, email, size, pop_uidl IS NOT NULL FROM entry WHERE mailbox = ?1 AND uid >= ?2 AND email > ?3 ORDER BY uid
        """;

    private const string BlobSql = "SELECT blob FROM email WHERE id = ?1";

    private const string ShortBodySql = "SELECT b.size, b.checksum, b.body FROM email e JOIN blob b ON b.id = e.blob WHERE e.id = ?1";

    public static MaildropReading? Read(SqliteConnection database, MailboxId id, EmailId after, MaildropPosition? since, int most)
    {
        // One transaction: the counters of the mailbox and its entries are of one moment.
        database.Get("BEGIN").Run();
        try
        {
            if (MailboxReads.Get(database, id) is not { Selectable: true } mailbox) return null;
            if (since is { } known && Vanished(database, mailbox, known) is { } vanished)
                return new MaildropReading(mailbox, mailbox.UidNext - known.UidNext > most ? null : Entries(database, id, known.UidNext, after, 0), vanished);
            return new MaildropReading(mailbox, mailbox.Messages > most ? null : Entries(database, id, 1, after, after.Value == 0 ? mailbox.Messages : 0), null);
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
    }

    public static long? Blob(ReaderPool readers, EmailId email)
    {
        using var lease = readers.Rent();
        var row = lease.Database.Get(BlobSql).Bind(1, email.Value);
        return row.Step() ? row.Int64(0) : null;
    }

    public static int ShortBodies(ReaderPool readers, ReadOnlySpan<EmailId> emails, Span<byte> buffer, Span<int> lengths)
    {
        using var lease = readers.Rent();
        var row = lease.Database.Get(ShortBodySql);
        var count = 0;

        // In one transaction the lock of the log is taken once.
        lease.Database.Get("BEGIN").Run();
        try
        {
            for (; count < emails.Length; count++)
            {
                row.Bind(1, emails[count].Value);
                if (!row.Step() || row.Int64(0) > buffer.Length || row.IsNull(2)) break;
                var octets = row.Octets(2);
                if (octets.Length != row.Int64(0) || Crc32C.Compute(octets) != (uint)row.Int64(1)) break;
                octets.CopyTo(buffer);
                buffer = buffer[octets.Length..];
                lengths[count] = octets.Length;
                row.Reset();
            }
        }
        finally
        {
            row.Reset();
            lease.Database.Get("COMMIT").Run();
        }
        return count;
    }

    public static IReadOnlyList<(Uid Uid, string PopUidl)> PopUidls(SqliteConnection database, MailboxId mailbox, UidRange uids)
    {
        var kept = new List<(Uid, string)>();
        var row = database.Get("SELECT uid, pop_uidl FROM entry WHERE mailbox = ?1 AND uid BETWEEN ?2 AND ?3 AND pop_uidl IS NOT NULL ORDER BY uid")
            .Bind(1, mailbox.Value).Bind(2, uids.First).Bind(3, uids.Last);
        while (row.Step()) kept.Add((new Uid((uint)row.Int64(0)), row.Text(1)));
        return kept;
    }

    /// <summary>Null: what the caller has is of no use.</summary>
    private static List<UidRange>? Vanished(SqliteConnection database, Mailbox mailbox, in MaildropPosition since)
    {
        if (since.UidValidity != mailbox.UidValidity || since.UidNext > mailbox.UidNext || since.ModSeq.CompareTo(mailbox.HighestModSeq) > 0) return null;
        return since.ModSeq == mailbox.HighestModSeq ? [] : MailboxReads.Vanished(database, mailbox.Id, since.ModSeq, mailbox.HighestModSeq);
    }

    private static MaildropEntry[] Entries(SqliteConnection database, MailboxId id, uint first, EmailId after, int expected)
    {
        var entries = new MaildropEntry[expected];
        var count = 0;
        var row = database.Get(EntriesSql).Bind(1, id.Value).Bind(2, first).Bind(3, after.Value);
        while (row.Step())
        {
            if (count == entries.Length) Array.Resize(ref entries, Math.Max(16, count * 2));
            entries[count++] = new MaildropEntry(new EmailId(row.Int64(1)), row.Int64(2), new Uid((uint)row.Int64(0)), row.Int64(3) != 0);
        }
        Array.Resize(ref entries, count);
        return entries;
    }
}
