using Facteur.Storage.Embedded.Submissions;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded.Queue;

/// <summary>Removes finished messages in small steps: recipients from the front, the message with the last of them.</summary>
internal static class QueuePurge
{
    /// <param name="step">Recipients of one commit.</param>
    /// <param name="max">Messages of one commit.</param>
    /// <returns>Messages and recipients removed; of these as many as a step has while there is more to do.</returns>
    public static (int Messages, int Recipients) Run(WriteSession session, long before, int step, int max)
    {
        var (messages, recipients) = (0, 0);
        while (messages < max && recipients < step && Next(session, before) is { } message)
        {
            var count = Math.Min(step - recipients, message.Kept);
            RemoveRecipients(session, message.Id, message.First, count);
            recipients += Math.Max(1, count);
            if (count < message.Kept)
            {
                session.Database.Get("UPDATE queue_message SET first_recipient = first_recipient + ?2, kept = kept - ?2 WHERE id = ?1")
                    .Bind(1, message.Id).Bind(2, count).Run();
                break;
            }
            session.Database.Get("DELETE FROM queue_message WHERE id = ?1").Bind(1, message.Id).Run();
            SubmissionRows.Forget(session, message.Id);
            Purge.Release(session, message.Blob);
            messages++;
        }
        if (recipients == 0 && SubmissionRows.Purge(session, before, step)) recipients = step;
        if (recipients == 0) session.Database.Get("DELETE FROM queue_destination WHERE at < ?1").Bind(1, before).Run();
        return (messages, recipients);
    }

    private static (long Id, long Blob, long First, int Kept)? Next(WriteSession session, long before)
    {
        // Index queue_message_finished.
        var row = session.Database.Get("SELECT id, blob, first_recipient, kept FROM queue_message WHERE finished < ?1 AND owed = 0 ORDER BY finished LIMIT 1")
            .Bind(1, before);
        if (!row.Step()) return null;
        var next = (row.Int64(0), row.Int64(1), row.Int64(2), row.Int32(3));
        row.Reset();
        return next;
    }

    private static void RemoveRecipients(WriteSession session, long message, long first, int count)
    {
        session.Database.Get("DELETE FROM queue_recipient WHERE id BETWEEN ?1 AND ?2").Bind(1, first).Bind(2, first + count - 1).Run();
        session.Database.Get("DELETE FROM queue_attempt WHERE message = ?1 AND recipient BETWEEN ?2 AND ?3")
            .Bind(1, message).Bind(2, first).Bind(3, first + count - 1).Run();
    }
}
