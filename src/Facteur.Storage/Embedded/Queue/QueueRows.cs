using Facteur.Mail;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Queue;

/// <summary>Rows of the queue as records.</summary>
internal static class QueueRows
{
    private const string MessageColumns = """
        SELECT m.id, m.account, m.txn, m.sender, m.envelope_id, m.dsn_return, m.body_type, m.flags, m.blob, m.size, m.prefix, m.skip_octets,
            m.message_id, m.subject, m.locale, m.kind, m.created, m.not_before, m.expires
        FROM queue_message m
        """;

    private const string RecipientColumns = """
        SELECT r.id, r.message, r.state, r.next_attempt, r.attempts, r.owed, r.notify, r.delay_reported, r.finished, r.address, r.destination,
            r.orcpt, r.reason, a.at, a.host, a.answer, a.code, a.enhanced
        """;

    // The last attempt says what became of it.
    private const string LastAttempt = " LEFT JOIN queue_attempt a ON a.message = r.message AND a.recipient = r.id AND a.number = r.attempts";

    private const string MessageById = MessageColumns + " WHERE m.id = ?1";
    private const string MessageByHash = MessageColumns + " WHERE m.message_hash = ?1 ORDER BY m.id DESC";
    private const string MessageByEnvelope = MessageColumns + " WHERE m.envelope_hash = ?1 ORDER BY m.id DESC";
    private const string RecipientById = RecipientColumns + " FROM queue_recipient r" + LastAttempt + " WHERE r.id = ?1";

    private const string RecipientsOf = RecipientColumns + " FROM queue_recipient r" + LastAttempt
        + " WHERE r.id >= (SELECT first_recipient FROM queue_message WHERE id = ?1)"
        + " AND r.id < (SELECT first_recipient + kept FROM queue_message WHERE id = ?1) AND (?2 = 0 OR r.owed <> 0) ORDER BY r.id";

    private const string Matching = """
         AND r.id BETWEEN ?1 AND ?2 AND (1 << r.state) & ?3 AND (?4 IS NULL OR r.destination = ?4) AND (?5 IS NULL OR r.address = ?5 COLLATE NOCASE)
         AND (?6 IS NULL OR EXISTS (SELECT 1 FROM queue_message m WHERE m.id = r.message AND m.sender = ?6 COLLATE NOCASE))
         AND (?7 IS NULL OR EXISTS (SELECT 1 FROM queue_message m WHERE m.id = r.message AND m.account = ?7))
        """;

    // Ids of recipients ascend with those of their messages: both orders are one.
    private const string ListAll = RecipientColumns + " FROM queue_recipient r" + LastAttempt + " WHERE 1" + Matching + " ORDER BY r.id";

    private const string ListOpen = RecipientColumns + " FROM queue_recipient r INDEXED BY queue_recipient_open" + LastAttempt
        + " WHERE r.state <= 1 AND r.message >= ?8" + Matching + " ORDER BY r.message, r.id";

    public static QueueMessage? FindMessage(SqliteConnection database, long id) => First(database.Get(MessageById).Bind(1, id), _ => true);

    public static QueueMessage? FindByMessageId(SqliteConnection database, string id) =>
        First(database.Get(MessageByHash).Bind(1, Hash(id)), message => message.MessageId.Equals(id, StringComparison.Ordinal))
        ?? First(database.Get(MessageByEnvelope).Bind(1, Hash(id)), message => id.Equals(message.EnvelopeId, StringComparison.Ordinal));

    public static QueueRecipient? FindRecipient(SqliteConnection database, long id)
    {
        var row = database.Get(RecipientById).Bind(1, id);
        if (!row.Step()) return null;
        var recipient = Recipient(row);
        row.Reset();
        return recipient;
    }

    public static List<QueueRecipient> Recipients(SqliteConnection database, long message, bool onlyOwed)
    {
        var recipients = new List<QueueRecipient>();
        var row = database.Get(RecipientsOf).Bind(1, message).Bind(2, onlyOwed ? 1 : 0);
        while (row.Step()) recipients.Add(Recipient(row));
        return recipients;
    }

    /// <summary>Recipients that match, by id.</summary>
    /// <param name="states">A bit for each state.</param>
    public static List<QueueRecipient> List(SqliteConnection database, QueueFilter filter, int states, long after, int max)
    {
        var (first, last) = (after + 1, long.MaxValue);
        if (filter.Recipient is { } one) (first, last) = (Math.Max(first, one.Value), one.Value);
        if (filter.Message is { } message) Narrow(database, message.Value, ref first, ref last);
        var recipients = new List<QueueRecipient>();
        if (first > last) return recipients;
        var isOpen = (states & ~3) == 0 && last == long.MaxValue;
        var row = database.Get(isOpen ? ListOpen : ListAll);
        if (isOpen) row = row.Bind(8, MessageOf(database, after));
        row.Bind(1, first).Bind(2, last).Bind(3, states).Bind(4, filter.Destination).Bind(5, filter.Address).Bind(6, filter.Sender).Bind(7, filter.Account?.Value);
        while (recipients.Count < max && row.Step()) recipients.Add(Recipient(row));
        row.Reset();
        return recipients;
    }

    public static List<AttemptRecord> Attempts(SqliteConnection database, long message)
    {
        var attempts = new List<AttemptRecord>();
        var row = database.Get("""
            SELECT a.recipient, r.address, a.at, a.took, a.state, a.host, a.answer, a.code, a.enhanced, a.security
            FROM queue_attempt a JOIN queue_recipient r ON r.id = a.recipient WHERE a.message = ?1 ORDER BY a.at, a.recipient, a.number
            """).Bind(1, message);
        while (row.Step())
            attempts.Add(new AttemptRecord(
                new QueueRecipientId(row.Int64(0)), row.Text(1), Time(row.Int64(2)), TimeSpan.FromMilliseconds(row.Int64(3)), (QueueState)row.Int32(4),
                row.Text(5), row.Text(6), row.Int32(7), row.Text(8), row.Text(9)));
        return attempts;
    }

    public static long Hash(string id) => (long)Tracing.TraceKeys.MessageId(id);

    private static void Narrow(SqliteConnection database, long message, ref long first, ref long last)
    {
        var row = database.Get("SELECT first_recipient, kept FROM queue_message WHERE id = ?1").Bind(1, message);
        if (!row.Step())
        {
            last = -1;
            return;
        }
        first = Math.Max(first, row.Int64(0));
        last = Math.Min(last, row.Int64(0) + row.Int64(1) - 1);
        row.Reset();
    }

    private static long MessageOf(SqliteConnection database, long recipient)
    {
        var row = database.Get("SELECT message FROM queue_recipient WHERE id = ?1").Bind(1, recipient);
        if (!row.Step()) return 0;
        var message = row.Int64(0);
        row.Reset();
        return message;
    }

    private static QueueMessage? First(SqliteStatement row, Func<QueueMessage, bool> isWanted)
    {
        while (row.Step())
        {
            var message = Message(row);
            if (!isWanted(message)) continue;
            row.Reset();
            return message;
        }
        return null;
    }

    private static QueueMessage Message(SqliteStatement row) => new()
    {
        Id = new QueueId(row.Int64(0)), Account = row.Int64OrNull(1) is { } account ? new AccountId(account) : null,
        Transaction = row.Text(2), Sender = row.Text(3), EnvelopeId = row.TextOrNull(4), Return = (DsnReturn)row.Int32(5), Body = (BodyType)row.Int32(6),
        SmtpUtf8 = (row.Int32(7) & 1) != 0, RequireTls = (row.Int32(7) & 2) != 0, TlsOptional = (row.Int32(7) & 4) != 0,
        Content = new BodyReference(row.Int64(8), row.Int64(9)), Prefix = row.Octets(10).ToArray(), SkipOctets = row.Int32(11),
        MessageId = row.Text(12), Subject = row.Text(13), Locale = row.Text(14), Kind = row.Text(15), Created = Time(row.Int64(16)),
        NotBefore = row.Int64OrNull(17) is { } later ? Time(later) : null, Expires = row.Int64OrNull(18) is { } end ? Time(end) : null,
    };

    private static QueueRecipient Recipient(SqliteStatement row) => new()
    {
        Id = new QueueRecipientId(row.Int64(0)), Message = new QueueId(row.Int64(1)), State = (QueueState)row.Int32(2), NextAttempt = Time(row.Int64(3)),
        Attempts = row.Int32(4), Owed = (QueueReport)row.Int32(5), Notify = (DsnNotify)row.Int32(6), DelayReported = row.Int32(7) != 0,
        Finished = row.Int64OrNull(8) is { } finished ? Time(finished) : null, Address = row.Text(9), Destination = row.Text(10),
        OriginalRecipient = row.TextOrNull(11), LastAttempt = row.Int64OrNull(13) is { } last ? Time(last) : null,
        LastHost = row.Text(14), LastAnswer = row.TextOrNull(12) ?? row.Text(15), LastCode = row.Int32(16), LastEnhancedCode = row.Text(17),
    };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
