using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded;

/// <summary>Checks what the store promises about itself. Reads all rows: for tests and for an administrator, not for every start.</summary>
internal static class ConsistencyCheck
{
    // Each query answers the breaches of one rule: columns are the values of its sentence.
    private static readonly (string Rule, string Sql)[] Rules =
    [
        ("mailbox {0} counts {1} where its entries make {2}", """
            SELECT m.id, m.messages || ' messages, ' || m.unseen || ' unseen, ' || m.deleted || ' deleted, ' || m.octets || ' and ' || m.deleted_octets || ' octets',
                count(e.uid) || ', ' || ifnull(sum(e.flags & 1 = 0), 0) || ', ' || ifnull(sum(e.flags & 8 <> 0), 0) || ', '
                    || ifnull(sum(e.size), 0) || ', ' || ifnull(sum(CASE WHEN e.flags & 8 <> 0 THEN e.size END), 0)
            FROM mailbox m LEFT JOIN entry e ON e.mailbox = m.id GROUP BY m.id
            HAVING m.messages <> count(e.uid) OR m.unseen <> ifnull(sum(e.flags & 1 = 0), 0) OR m.deleted <> ifnull(sum(e.flags & 8 <> 0), 0)
                OR m.octets <> ifnull(sum(e.size), 0) OR m.deleted_octets <> ifnull(sum(CASE WHEN e.flags & 8 <> 0 THEN e.size END), 0)
            """),
        ("mailbox {0} has UID {1}, not below its next UID {2}",
            "SELECT m.id, max(e.uid), m.uidnext FROM mailbox m JOIN entry e ON e.mailbox = m.id GROUP BY m.id HAVING max(e.uid) >= m.uidnext"),
        ("mailbox {0} has an entry of MODSEQ {1}, above its highest {2}",
            "SELECT m.id, max(e.modseq), m.highest_modseq FROM mailbox m JOIN entry e ON e.mailbox = m.id GROUP BY m.id HAVING max(e.modseq) > m.highest_modseq"),
        ("mailbox {0} has MODSEQ {1}, above its account's {2}",
            "SELECT m.id, m.highest_modseq, a.modseq FROM mailbox m JOIN account a ON a.id = m.account WHERE m.highest_modseq > a.modseq"),
        ("mailbox {0} has no account {1}", "SELECT m.id, m.account FROM mailbox m LEFT JOIN account a ON a.id = m.account WHERE a.id IS NULL"),
        ("mailbox {0} has UID {1} as present and as expunged", """
            SELECT x.mailbox, e.uid FROM expunged x JOIN entry e ON e.mailbox = x.mailbox AND e.uid BETWEEN x.uid_lo AND x.uid_hi
            """),
        ("entries are in mailbox {0}, which is not there", "SELECT DISTINCT e.mailbox FROM entry e LEFT JOIN mailbox m ON m.id = e.mailbox WHERE m.id IS NULL"),
        ("entry {0}/{1} has email {2}, which is not there or another", """
            SELECT e.mailbox, e.uid, e.email FROM entry e LEFT JOIN email m ON m.id = e.email
            WHERE m.id IS NULL OR m.blob <> e.blob OR m.size <> e.size OR m.thread <> e.thread
            """),
        ("entry {0}/{1} has a keyword that its mailbox has no name for", """
            SELECT e.mailbox, e.uid FROM entry e
            WHERE (e.flags & ~255) & ~ifnull((SELECT sum(1 << (8 + k.bit)) FROM keyword k WHERE k.mailbox = e.mailbox), 0) <> 0
            """),
        ("email {0} has {1} entries without a unique-id of their own", """
            SELECT email, count(*) FROM entry WHERE pop_uidl IS NULL GROUP BY email HAVING count(*) > 1
            """),
        ("email {0} counts {1} entries and has {2}", """
            SELECT m.id, m.entries, ifnull(c.n, 0) FROM email m LEFT JOIN (SELECT email, count(*) AS n FROM entry GROUP BY email) c ON c.email = m.id
            WHERE m.entries <> ifnull(c.n, 0)
            """),
        ("email {0} has {1} entries and is marked wrongly as removed or not", "SELECT id, entries FROM email WHERE (entries = 0) <> (removed_at IS NOT NULL)"),
        ("account {0} counts {1} messages and octets where its emails make {2}", """
            SELECT a.id, a.messages || '/' || a.octets, count(m.id) || '/' || ifnull(sum(m.size), 0)
            FROM account a LEFT JOIN email m ON m.account = a.id AND m.entries > 0 GROUP BY a.id
            HAVING a.messages <> count(m.id) OR a.octets <> ifnull(sum(m.size), 0)
            """),
        ("email {0} has MODSEQ {1}, above its account's {2}",
            "SELECT m.id, m.modseq, a.modseq FROM email m JOIN account a ON a.id = m.account WHERE m.modseq > a.modseq OR m.created_modseq > m.modseq"),
        ("mailbox {0} has properties of MODSEQ {1}, above its account's {2}",
            "SELECT m.id, m.properties_modseq, a.modseq FROM mailbox m JOIN account a ON a.id = m.account WHERE m.properties_modseq > a.modseq"),
        ("email {0} is there and has a tombstone", """
            SELECT m.id FROM tombstone t JOIN email m ON m.id = t.object WHERE t.type = 1 AND m.entries > 0
            """),
        ("email {0} went at {1}, after what its account forgot, and has no tombstone", """
            SELECT m.id, m.modseq FROM email m JOIN account a ON a.id = m.account
            WHERE m.entries = 0 AND a.removed_at IS NULL AND m.modseq > a.changes_floor
                AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.account = m.account AND t.type = 1 AND t.modseq = m.modseq AND t.object = m.id)
            """),
        ("account {0} keeps a tombstone of MODSEQ {1}, which it forgot", """
            SELECT t.account, t.modseq FROM tombstone t JOIN account a ON a.id = t.account WHERE t.type <= 2 AND t.modseq <= a.changes_floor
            """),
        ("email {0} and its facts say different things of attachments", """
            SELECT m.id FROM email m JOIN facts f ON f.blob = m.blob WHERE m.has_attachment <> f.has_attachment
            """),
        ("email {0} comes back at a time, and is not there", """
            SELECT s.email FROM snooze s LEFT JOIN email m ON m.id = s.email AND m.account = s.account WHERE m.id IS NULL OR m.entries = 0
            """),
        ("annotation {1} is of mailbox {0}, which is not there", """
            SELECT n.mailbox, n.name FROM annotation n LEFT JOIN mailbox m ON m.id = n.mailbox AND m.account = n.account WHERE n.mailbox <> 0 AND (m.id IS NULL OR m.deleted_at IS NOT NULL)
            """),
        ("event {0} is of mailbox {1}, which is not there, or is done", """
            SELECT e.id, e.mailbox FROM mailbox_event e LEFT JOIN mailbox m ON m.id = e.mailbox AND m.account = e.account
            WHERE m.id IS NULL OR m.deleted_at IS NOT NULL OR e.done >= e.last
            """),
        ("email {0} has no body {1}", "SELECT m.id, m.blob FROM email m LEFT JOIN blob b ON b.id = m.blob WHERE b.id IS NULL OR b.size <> m.size"),
        ("body {0} counts {1} emails, queued messages and uploads and has {2}", """
            SELECT b.id, b.refs, ifnull(c.n, 0) FROM blob b
            LEFT JOIN (SELECT blob, count(*) AS n FROM (SELECT blob FROM email UNION ALL SELECT blob FROM queue_message UNION ALL SELECT blob FROM upload)
                GROUP BY blob) c ON c.blob = b.id
            WHERE b.refs <> ifnull(c.n, 0) OR b.refs = 0
            """),
        ("body {0} has no facts",
            "SELECT b.id FROM blob b LEFT JOIN facts f ON f.blob = b.id WHERE f.blob IS NULL AND b.id NOT IN (SELECT blob FROM upload)"),
        ("upload {0} has no body {1}", "SELECT u.id, u.blob FROM upload u LEFT JOIN blob b ON b.id = u.blob WHERE b.id IS NULL OR b.size <> u.size"),
        ("uploads of account {0} count {1} where they make {2}", """
            SELECT uploader, max(counted), max(made) FROM (
                SELECT uploader, uploads || '/' || octets AS counted, '' AS made FROM upload_total
                UNION ALL SELECT uploader, '', count(*) || '/' || sum(size) FROM upload GROUP BY uploader)
            GROUP BY uploader HAVING max(counted) <> max(made)
            """),
        ("facts of body {0}, which is not there", "SELECT f.blob FROM facts f LEFT JOIN blob b ON b.id = f.blob WHERE b.id IS NULL"),
        ("an extent at {0}/{1} is of body {2}, which is not there", """
            SELECT x.segment, x.offset, x.blob FROM extent x LEFT JOIN blob b ON b.id = x.blob WHERE b.id IS NULL
            """),
        ("segment {0} counts {1} octets and has {2}", """
            SELECT s.id, s.live, ifnull(sum(x.length), 0) FROM segment s LEFT JOIN extent x ON x.segment = s.id GROUP BY s.id
            HAVING s.live <> ifnull(sum(x.length), 0)
            """),
        ("extents of segment {0} overlap at {1}", """
            SELECT segment, offset FROM (SELECT segment, offset, lag(offset + length + 32) OVER (PARTITION BY segment ORDER BY offset) AS before FROM extent)
            WHERE before > offset
            """),
        ("an extent at {0}/{1} ends behind what its segment has given", """
            SELECT x.segment, x.offset FROM extent x LEFT JOIN segment s ON s.id = x.segment WHERE s.id IS NULL OR x.offset + x.length + 32 > s.head OR s.head > s.size
            """),
    ];

    private static readonly (string Rule, string Sql)[] QueueRules =
    [
        ("message {0} of the queue has no body {1}", """
            SELECT m.id, m.blob FROM queue_message m LEFT JOIN blob b ON b.id = m.blob WHERE b.id IS NULL OR b.size <> m.size
            """),
        ("message {0} of the queue counts {1} where its recipients make {2}", """
            SELECT m.id, m.kept || ' kept, ' || m.open || ' open, ' || m.owed || ' owed', count(r.id) || ', ' || ifnull(sum(r.state <= 1), 0) || ', ' || ifnull(sum(r.owed <> 0), 0)
            FROM queue_message m LEFT JOIN queue_recipient r ON r.id >= m.first_recipient AND r.id < m.first_recipient + m.kept AND r.message = m.id GROUP BY m.id
            HAVING m.kept <> count(r.id) OR m.open <> ifnull(sum(r.state <= 1), 0) OR m.owed <> ifnull(sum(r.owed <> 0), 0)
            """),
        ("message {0} of the queue is finished or owes reports and does not say so, or says so wrongly",
            "SELECT id FROM queue_message WHERE (open = 0) <> (finished IS NOT NULL) OR (owed > 0) <> (owed_since IS NOT NULL)"),
        ("recipient {0} of the queue is not in message {1}", """
            SELECT r.id, r.message FROM queue_recipient r LEFT JOIN queue_message m ON m.id = r.message
            WHERE m.id IS NULL OR r.id < m.first_recipient OR r.id >= m.first_recipient + m.kept
            """),
        ("recipient {0} of the queue has {1} attempts and counts {2}", """
            SELECT r.id, count(a.number), r.attempts FROM queue_recipient r LEFT JOIN queue_attempt a ON a.message = r.message AND a.recipient = r.id
            GROUP BY r.id HAVING count(a.number) <> r.attempts
            """),
        ("recipient {0} of the queue is final and has no end, or the other way round", "SELECT id FROM queue_recipient WHERE (state > 1) <> (finished IS NOT NULL)"),
        ("attempts are of recipient {0}, which is not there",
            "SELECT DISTINCT a.recipient FROM queue_attempt a LEFT JOIN queue_recipient r ON r.id = a.recipient WHERE r.id IS NULL"),
        ("account {0} is a member of group {1}, which is not there or of another domain", """
            SELECT m.account, m."group" FROM group_member m LEFT JOIN account a ON a.id = m.account LEFT JOIN "group" g ON g.id = m."group"
            WHERE g.id IS NULL OR a.id IS NULL OR a.domain <> g.domain OR a.removed_at IS NOT NULL
            """),
        ("account {0} shares account {1}, which is not there or not a shared one", """
            SELECT s.member, s.shared FROM share s LEFT JOIN account m ON m.id = s.member LEFT JOIN account a ON a.id = s.shared
            WHERE m.id IS NULL OR a.id IS NULL OR a.kind <> 1 OR a.removed_at IS NOT NULL OR m.removed_at IS NOT NULL
            """),
        ("account {0} has no primary address {1}", """
            SELECT a.id, a.address FROM account a
            WHERE a.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM address d WHERE d.account = a.id AND d.address = a.address AND d.enabled)
            """),
        ("{0} is an address and an alias", "SELECT folded FROM address JOIN alias USING (folded)"),
        ("submission {0} is of message {1} of the queue, which is not there", """
            SELECT s.id, s.queue FROM submission s LEFT JOIN queue_message m ON m.id = s.queue WHERE s.queue IS NOT NULL AND m.id IS NULL
            """),
        ("submission {0} has state {1}, which its account has not reached", """
            SELECT s.id, s.modseq FROM submission s LEFT JOIN submission_state t ON t.account = s.account WHERE t.modseq IS NULL OR s.modseq > t.modseq
            """),
        ("contact {0} has state {1}, which its account has not reached", """
            SELECT c.id, c.modseq FROM contact c LEFT JOIN contact_state t ON t.account = c.account WHERE t.modseq IS NULL OR c.modseq > t.modseq
            """),
        ("account {0} counts {1} in its address book where the cards make {2}", """
            SELECT t.account, t.cards || ' cards, ' || t.octets || ' octets', count(c.id) || ', ' || ifnull(sum(length(c.card)), 0)
            FROM contact_state t JOIN account a ON a.id = t.account LEFT JOIN contact c ON c.account = t.account WHERE a.removed_at IS NULL GROUP BY t.account
            HAVING t.cards <> count(c.id) OR t.octets <> ifnull(sum(length(c.card)), 0)
            """),
        ("contact {0} is of account {1}, which is not there", "SELECT c.id, c.account FROM contact c LEFT JOIN account a ON a.id = c.account WHERE a.id IS NULL"),
        ("trace rows {0} and after are in two runs", """
            SELECT first FROM (SELECT first, lag(last) OVER (ORDER BY first) AS before FROM trace_run) WHERE before >= first
            """),
        ("trace keys {0} are of no run", "SELECT k.id FROM trace_key k LEFT JOIN trace_run r ON r.first = k.id / 64 WHERE r.first IS NULL"),
    ];

    public static IReadOnlyList<string> Run(SqliteConnection database, PackStore packs, CancellationToken cancel)
    {
        var breaches = new List<string>();
        database.Get("BEGIN").Run();
        try
        {
            foreach (var (rule, sql) in Rules.Concat(QueueRules))
            {
                cancel.ThrowIfCancellationRequested();
                var rows = database.Get(sql);
                while (rows.Step() && breaches.Count < 1000) breaches.Add(Sentence(rule, rows));
                rows.Reset();
            }
            Records(database, packs, breaches, cancel);
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
        return breaches;
    }

    private static string Sentence(string rule, SqliteStatement row)
    {
        for (var i = 0; rule.Contains($"{{{i}}}", StringComparison.Ordinal); i++) rule = rule.Replace($"{{{i}}}", row.Text(i), StringComparison.Ordinal);
        return rule;
    }

    // The header of each record in the packs is whole and names the body that refers to it; the sum of extents is the body.
    private static void Records(SqliteConnection database, PackStore packs, List<string> breaches, CancellationToken cancel)
    {
        Span<byte> header = stackalloc byte[Record.HeaderOctets];
        var rows = database.Get("SELECT id, size, extents, length(body) FROM blob");
        while (rows.Step())
        {
            cancel.ThrowIfCancellationRequested();
            var (blob, size) = (rows.Int64(0), rows.Int64(1));
            var extents = rows.IsNull(2) ? [] : ExtentList.Parse(rows.Octets(2));
            if ((rows.IsNull(2) ? rows.Int64(3) : extents.Sum(extent => (long)extent.Length)) != size)
                breaches.Add($"body {blob} has not the {size} octets of its row");
            var first = 0;
            for (var i = 0; i < extents.Count; i++)
                if (!HasRecord(packs, extents[i], blob, i, ref first, header)) breaches.Add($"body {blob} has no record at {extents[i].Segment}/{extents[i].Offset}");
        }
    }

    /// <param name="first">Number of the body's first extent, set with it: a prefix counts before 0.</param>
    private static bool HasRecord(PackStore packs, Extent extent, long blob, int place, ref int first, Span<byte> header)
    {
        try
        {
            if (packs.Hold(extent.Segment) is not { } segment) return false;
            try
            {
                if (segment.File!.Read(extent.Offset, header) != header.Length) return false;
                if (place == 0) first = Record.NumberOf(header) == Record.PrefixNumber ? Record.PrefixNumber : 0;
                return Record.IsHeaderOf(header, extent, blob, first + place);
            }
            finally
            {
                packs.LetGo(segment);
            }
        }
        catch (IOException)
        {
            return false;
        }
    }
}
