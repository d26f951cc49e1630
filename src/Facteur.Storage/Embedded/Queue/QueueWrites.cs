using Facteur.Storage.Embedded.Tracing;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Queue;

/// <summary>Writes rows of the queue, as parts of verbs.</summary>
internal static class QueueWrites
{
    private const int MaxAnswer = 4000;

    public static bool IsFinal(QueueState state) => state > QueueState.Held;

    /// <summary>A message and its recipients; the caller counts the reference to the body.</summary>
    /// <returns>Its id, the id of its first recipient, and where each recipient waits (null when it does not).</returns>
    public static (QueueId Id, long First, IReadOnlyList<(string, long)?> Places) Enqueue(WriteSession session, QueueSubmission submission, long blob, long size)
    {
        var message = submission.Message;

        // What is attempted together lies together: an attempt then writes few pages.
        var recipients = submission.Recipients.OrderBy(recipient => recipient.Destination, StringComparer.Ordinal).ToList();
        var first = session.NextRecipients(recipients.Count);
        var due = Math.Max(session.Now, message.NotBefore?.ToUnixTimeMilliseconds() ?? 0);
        var open = recipients.Count(recipient => !IsFinal(recipient.State));
        var owed = recipients.Count(recipient => recipient.Report != QueueReport.None);
        var id = Insert(session, message, blob, size, recipients.Count, first, open, owed);
        var places = new (string, long)?[recipients.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var recipient = recipients[i];
            Insert(session, recipient, first + i, id, due);
            if (!IsFinal(recipient.State)) places[i] = (recipient.Destination, recipient.State == QueueState.Held ? QueueBatch.Never : due);
        }
        return (new QueueId(id), first, places);
    }

    /// <summary>One attempt; answers the report that is owed now.</summary>
    /// <returns>Null when the recipient is final already or gone.</returns>
    public static QueueReport? Record(WriteSession session, AttemptResult result, long message, MessageCounts counts, long? next)
    {
        var row = session.Database.Get("SELECT state, attempts, owed, delay_reported FROM queue_recipient WHERE id = ?1").Bind(1, result.Recipient.Value);
        if (!row.Step()) return null;
        var (state, attempts, before, isDelayTold) = ((QueueState)row.Int32(0), row.Int32(1), (QueueReport)row.Int32(2), row.Int32(3) != 0);
        row.Reset();
        if (IsFinal(state)) return null;
        // The report may have gone out while the attempt was under way, which knew nothing of it.
        var report = result.Report == QueueReport.Delay && isDelayTold ? QueueReport.None : result.Report;

        // A delay that nobody was told of yet is not told once it is over.
        var owed = result.State == QueueState.Waiting && report == QueueReport.None ? before : report;
        session.Database.Get("UPDATE queue_recipient SET state = ?2, attempts = ?3, owed = ?4, next_attempt = ifnull(?5, next_attempt), finished = ?6, reason = NULL WHERE id = ?1")
            .Bind(1, result.Recipient.Value).Bind(2, (int)result.State).Bind(3, attempts + 1).Bind(4, (int)owed).Bind(5, next)
            .Bind(6, IsFinal(result.State) ? session.Now : null).Run();
        session.Database.Get("""
            INSERT INTO queue_attempt (message, recipient, number, at, took, state, code, enhanced, host, answer, security)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """).Bind(1, message).Bind(2, result.Recipient.Value).Bind(3, attempts + 1).Bind(4, result.At.ToUnixTimeMilliseconds())
            .Bind(5, (long)result.Took.TotalMilliseconds).Bind(6, (int)result.State).Bind(7, result.Code).Bind(8, result.EnhancedCode)
            .Bind(9, result.Host).Bind(10, Cut(result.Answer)).Bind(11, result.Security).Run();
        counts.Count(IsFinal(result.State), before, owed);
        return owed;
    }

    /// <summary>A destination answered; for lists.</summary>
    public static void SaveAnswer(WriteSession session, string destination, AttemptResult result) =>
        session.Database.Get("INSERT OR REPLACE INTO queue_destination (name, answer, at) VALUES (?1, ?2, ?3)")
            .Bind(1, destination).Bind(2, Cut(result.Answer)).Bind(3, result.At.ToUnixTimeMilliseconds()).Run();

    /// <summary>The reports owed for these recipients are in the message being delivered.</summary>
    /// <param name="told">What was owed when the report was asked for; what is owed since then stays owed.</param>
    public static void ClearOwed(WriteSession session, IReadOnlyList<QueueRecipientId> recipients, Func<QueueRecipientId, QueueReport?> told)
    {
        var counts = new Dictionary<long, MessageCounts>();
        foreach (var recipient in recipients)
        {
            var row = session.Database.Get("SELECT message, owed FROM queue_recipient WHERE id = ?1").Bind(1, recipient.Value);
            if (!row.Step()) continue;
            var (message, owed) = (row.Int64(0), (QueueReport)row.Int32(1));
            row.Reset();
            if (owed == QueueReport.None || (told(recipient) is { } kind && kind != owed)) continue;
            session.Database.Get("UPDATE queue_recipient SET owed = 0, delay_reported = delay_reported | ?2 WHERE id = ?1")
                .Bind(1, recipient.Value).Bind(2, owed == QueueReport.Delay ? 1 : 0).Run();
            if (!counts.TryGetValue(message, out var one)) counts.Add(message, one = new MessageCounts());
            one.Count(isFinal: false, owed, QueueReport.None);
        }
        foreach (var (message, one) in counts) Save(session, message, one);
    }

    public static void Save(WriteSession session, long message, MessageCounts counts) =>
        session.Database.Get("""
            UPDATE queue_message SET open = open - ?2, owed = owed + ?3,
                owed_since = CASE WHEN owed + ?3 > 0 THEN CASE WHEN ?4 THEN ?5 ELSE ifnull(owed_since, ?5) END END,
                finished = CASE WHEN open = ?2 THEN ifnull(finished, ?5) END
            WHERE id = ?1
            """).Bind(1, message).Bind(2, counts.Finished).Bind(3, counts.Owed).Bind(4, counts.Told ? 1 : 0).Bind(5, session.Now).Run();

    public static void Trace(WriteSession session, EmbeddedTrace trace, IEnumerable<TraceRow> rows)
    {
        foreach (var row in rows) trace.Insert(session, row, row.Email, row.Queue);
    }

    private static long Insert(WriteSession session, QueueMessage message, long blob, long size, int recipients, long first, int open, int owed)
    {
        session.Database.Get("""
            INSERT INTO queue_message (account, txn, sender, envelope_id, dsn_return, body_type, flags, blob, size, prefix, skip_octets, message_id, subject,
                locale, kind, created, not_before, expires, recipients, first_recipient, kept, open, owed, owed_since, finished, message_hash, envelope_hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?19, ?21, ?22, ?23, ?24, ?25, ?26)
            """).Bind(1, message.Account?.Value).Bind(2, message.Transaction).Bind(3, message.Sender).Bind(4, message.EnvelopeId)
            .Bind(5, (int)message.Return).Bind(6, (int)message.Body)
            .Bind(7, (message.SmtpUtf8 ? 1 : 0) | (message.RequireTls ? 2 : 0) | (message.TlsOptional ? 4 : 0))
            .Bind(8, blob).Bind(9, size).Bind(10, message.Prefix.Span).Bind(11, message.SkipOctets).Bind(12, message.MessageId).Bind(13, message.Subject)
            .Bind(14, message.Locale).Bind(15, message.Kind).Bind(16, message.Created == default ? session.Now : message.Created.ToUnixTimeMilliseconds())
            .Bind(17, message.NotBefore?.ToUnixTimeMilliseconds()).Bind(18, message.Expires?.ToUnixTimeMilliseconds())
            .Bind(19, recipients).Bind(20, first).Bind(21, open).Bind(22, owed).Bind(23, owed > 0 ? session.Now : null).Bind(24, open == 0 ? session.Now : null)
            .Bind(25, message.MessageId.Length > 0 ? QueueRows.Hash(message.MessageId) : null)
            .Bind(26, message.EnvelopeId is { Length: > 0 } envelope ? QueueRows.Hash(envelope) : null).Run();
        return session.Database.LastRowId;
    }

    private static void Insert(WriteSession session, NewQueueRecipient recipient, long id, long message, long due) =>
        session.Database.Get("""
            INSERT INTO queue_recipient (id, message, state, next_attempt, attempts, owed, notify, delay_reported, finished, address, destination, orcpt, reason)
            VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11)
            """).Bind(1, id).Bind(2, message).Bind(3, (int)recipient.State).Bind(4, due).Bind(5, (int)recipient.Report).Bind(6, (int)recipient.Notify)
            .Bind(7, IsFinal(recipient.State) ? session.Now : null).Bind(8, recipient.Address).Bind(9, recipient.Destination)
            .Bind(10, recipient.OriginalRecipient).Bind(11, recipient.Answer.Length > 0 ? Cut(recipient.Answer) : null).Run();

    private static string Cut(string answer) => answer.Length > MaxAnswer ? answer[..MaxAnswer] : answer;
}

/// <summary>What a verb changes of a message's counters.</summary>
internal sealed class MessageCounts
{
    /// <summary>Recipients that became final.</summary>
    public int Finished { get; private set; }

    /// <summary>Reports that became owed, less those that no longer are.</summary>
    public int Owed { get; private set; }

    /// <summary>Reports went out: what is still owed is so since now.</summary>
    public bool Told { get; private set; }

    public void Count(bool isFinal, QueueReport before, QueueReport after)
    {
        if (isFinal) Finished++;
        if (before == QueueReport.None && after != QueueReport.None) Owed++;
        if (before == QueueReport.None || after != QueueReport.None) return;
        Owed--;
        Told = true;
    }
}
