using Facteur.Storage.Embedded.Submissions;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Queue;

// Messages that wait as a whole for their time: taken back, or released to where their recipients lead.
internal sealed partial class EmbeddedQueue
{
    /// <summary>Takes out of their leases what the deliveries release; null when they release nothing.</summary>
    public QueueTaking?[]? Claim(IReadOnlyList<Delivery> deliveries)
    {
        QueueTaking?[]? claims = null;
        for (var i = 0; i < deliveries.Count; i++)
        {
            if (deliveries[i].Released is not { } release) continue;
            claims ??= new QueueTaking?[deliveries.Count];
            if (release.Settled.Any(one => one.State is not (QueueState.Delivered or QueueState.Failed))) throw new ArgumentException("what is settled ends", nameof(deliveries));
            List<long> wanted = [.. release.Onward.Select(one => one.Recipient.Value), .. release.Settled.Select(one => one.Recipient.Value)];
            var claim = claims[i] = schedule.Claim(release.Lease.Token, wanted);
            if (claim.Recipients.Count == wanted.Count) continue;
            Abandon(claims);
            throw new StoreRefusedException(StoreRefusal.StateMismatch, "another has the recipients by now");
        }
        return claims;
    }

    /// <summary>Nothing came of a delivery.</summary>
    public void Abandon(QueueTaking?[] claims)
    {
        foreach (var claim in claims)
            if (claim is not null) schedule.Abandon(claim);
    }

    /// <summary>Sends recipients their ways as part of a delivery.</summary>
    public void Release(WriteSession session, QueueTaking claim, QueueRelease release)
    {
        var placed = new Dictionary<long, QueuePlace>(release.Onward.Count);
        foreach (var (recipient, destination) in release.Onward)
        {
            session.Database.Get("UPDATE queue_recipient SET destination = ?2, next_attempt = ?3 WHERE id = ?1")
                .Bind(1, recipient.Value).Bind(2, destination).Bind(3, session.Now).Run();
            placed[recipient.Value] = new QueuePlace(destination, claim.Message, session.Now, IsPlanned: false);
        }
        var counts = new MessageCounts();
        foreach (var result in release.Settled) QueueWrites.Record(session, result, claim.Message, counts, next: null);
        QueueWrites.Save(session, claim.Message, counts);
        session.Database.Get("UPDATE queue_message SET prefix = ?2 WHERE id = ?1").Bind(1, claim.Message).Bind(2, release.Prefix.Span).Run();
        SubmissionRows.Move(session, claim.Message);
        session.AfterCommit.Add(() =>
        {
            schedule.Finish(claim, placed);
            AnnounceWork();
        });
    }

    public override async ValueTask<bool> WithdrawAsync(QueueId id, string by, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var recipients = store.Read(database => QueueRows.Recipients(database, id.Value, onlyOwed: false));
        if (recipients.Count == 0 || recipients.Exists(recipient => QueueWrites.IsFinal(recipient.State))) return false;
        var claim = schedule.Withdraw(id.Value, [.. recipients.Select(recipient => recipient.Id.Value)]);
        if (claim.Recipients.Count < recipients.Count)
        {
            schedule.Abandon(claim);
            return false;
        }
        try
        {
            return await store.WriteAsync(
                session =>
                {
                    var (changed, placed) = new QueueAction(QueueChange.Cancel, null, null, by).Run(session, claim, recipients, trace);
                    session.AfterCommit.Add(() => schedule.Finish(claim, placed));
                    return changed == recipients.Count;
                },
                grows: false, cancel);
        }
        catch
        {
            schedule.Abandon(claim);
            throw;
        }
    }
}
