using System.Globalization;
using Facteur.Mail;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Submissions;
using Facteur.Storage.Embedded.Tracing;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Queue;

/// <summary>What a person does to recipients of one message.</summary>
internal sealed record QueueAction(QueueChange Change, (string Address, string Destination)? Target, string? Reason, string By)
{
    /// <summary>Writes it.</summary>
    /// <returns>How many were changed, and where those that wait are now.</returns>
    public (int Changed, Dictionary<long, QueuePlace> Placed) Run(WriteSession session, QueueTaking claim, List<QueueRecipient> recipients, EmbeddedTrace trace)
    {
        var placed = new Dictionary<long, QueuePlace>();
        var counts = new MessageCounts();
        var message = QueueRows.FindMessage(session.Database, claim.Message)!;
        var changed = new List<QueueRecipient>();
        foreach (var listed in recipients)
        {
            // The row may have changed since it was listed; it has not since it was taken out of the schedule.
            if (!claim.Recipients.TryGetValue(listed.Id.Value, out var place) || QueueRows.FindRecipient(session.Database, listed.Id.Value) is not { } recipient) continue;
            if (!Concerns(recipient))
            {
                placed.Add(recipient.Id.Value, place);
                continue;
            }
            var after = Apply(recipient, message, session.Now);
            Save(session, after);
            counts.Count(QueueWrites.IsFinal(after.State), recipient.Owed, after.Owed);
            if (!QueueWrites.IsFinal(after.State)) placed.Add(recipient.Id.Value, Place(after, place));
            changed.Add(recipient);
        }
        if (changed.Count == 0) return (0, placed);
        QueueWrites.Save(session, claim.Message, counts);
        SubmissionRows.Move(session, claim.Message);
        QueueWrites.Trace(session, trace, [new TraceRow(Trace(session, message, changed))]);
        return (changed.Count, placed);
    }

    private bool Concerns(QueueRecipient recipient) => Change switch
    {
        QueueChange.Retry or QueueChange.Hold or QueueChange.Quarantine => recipient.State == QueueState.Waiting,
        QueueChange.Release => recipient.State == QueueState.Held,
        _ => !QueueWrites.IsFinal(recipient.State),
    };

    private QueueRecipient Apply(QueueRecipient recipient, QueueMessage message, long now)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now);
        return Change switch
        {
            QueueChange.Retry => recipient with { NextAttempt = at },
            QueueChange.Hold or QueueChange.Quarantine => recipient with { State = QueueState.Held },
            QueueChange.Release => recipient with { State = QueueState.Waiting, NextAttempt = at },
            QueueChange.Redirect => recipient with { Address = Target!.Value.Address, Destination = Target.Value.Destination, NextAttempt = at },
            QueueChange.Fail => recipient with { State = QueueState.Failed, Finished = at, Owed = Failure(recipient, message) },
            QueueChange.Cancel => recipient with { State = QueueState.Cancelled, Finished = at, Owed = QueueReport.None },
            _ => throw new InvalidOperationException("no such change"),
        };
    }

    // Without NOTIFY a failure is told (RFC 3461 §4.1), but nothing is sent to the empty reverse-path (RFC 5321 §4.5.5).
    private static QueueReport Failure(QueueRecipient recipient, QueueMessage message) =>
        message.Sender.Length > 0 && (recipient.Notify == DsnNotify.Unstated || recipient.Notify.HasFlag(DsnNotify.Failure)) ? QueueReport.Failure : QueueReport.None;

    private static QueuePlace Place(QueueRecipient after, QueuePlace before) => before with
    {
        Destination = after.Destination,
        Due = after.State == QueueState.Held ? QueueBatch.Never : after.NextAttempt.ToUnixTimeMilliseconds(),
        IsPlanned = false,
    };

    private void Save(WriteSession session, QueueRecipient after) =>
        session.Database.Get("""
            UPDATE queue_recipient SET state = ?2, next_attempt = ?3, owed = ?4, finished = ?5, address = ?6, destination = ?7,
                reason = CASE WHEN ?9 THEN NULL ELSE ifnull(?8, reason) END
            WHERE id = ?1
            """).Bind(1, after.Id.Value).Bind(2, (int)after.State).Bind(3, after.NextAttempt.ToUnixTimeMilliseconds()).Bind(4, (int)after.Owed)
            .Bind(5, after.Finished?.ToUnixTimeMilliseconds()).Bind(6, after.Address).Bind(7, after.Destination)
            .Bind(8, QueueWrites.IsFinal(after.State) || Change == QueueChange.Quarantine ? Reason : null).Bind(9, Change == QueueChange.Release ? 1 : 0).Run();

    private TraceEvent Trace(WriteSession session, QueueMessage message, List<QueueRecipient> changed)
    {
        var detail = new List<KeyValuePair<string, string>>
        {
            new("action", Change.ToString().ToLowerInvariant()), new("recipients", changed.Count.ToString(CultureInfo.InvariantCulture)),
        };
        if (Change == QueueChange.Quarantine) detail.Add(new("crashes", CrashStore.Limit.ToString(CultureInfo.InvariantCulture)));
        if (By.Length > 0) detail.Add(new("by", By));
        if (Target is { } target) detail.Add(new("to", target.Address));
        if (Reason is { Length: > 0 }) detail.Add(new("reason", Reason));
        return new TraceEvent(
            DateTimeOffset.FromUnixTimeMilliseconds(session.Now), TraceKind.QueueChanged, message.Account, message.Transaction, message.MessageId,
            message.Sender, changed.Count == 1 ? changed[0].Address : "", detail) { Queue = message.Id };
    }
}
