using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    /// <summary>Random verbs on the queue, and on plain lists that do the same: after each verb both hold the same.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public async Task Random_verbs_on_the_queue_do_what_a_naive_model_does(int seed)
    {
        var random = new Random(seed);
        var model = new QueueModel();
        for (var step = 0; step < 150; step++)
        {
            var destination = $"d{random.Next(3)}.test";
            switch (random.Next(10))
            {
                case 0 or 1:
                    await EnqueueRandomAsync(random, model);
                    break;
                case 2 or 3 or 4:
                    if (await LeaseAsync(destination, random.Next(1, 5)) is { } lease) model.Leased(lease, destination, Now);
                    else Assert.DoesNotContain(model.Rows, row => row.IsDue(destination, Now));
                    break;
                case 5 or 6:
                    if (model.Leases.Count > 0) await RecordRandomAsync(random, model, model.Leases[random.Next(model.Leases.Count)]);
                    break;
                case 7:
                    if (model.Leases.Count == 0) break;
                    var given = model.Leases[random.Next(model.Leases.Count)];
                    await Store.Queue.ReleaseAsync(given, default);
                    model.End(given);
                    break;
                case 8:
                    Time.Advance(TimeSpan.FromMinutes(random.Next(4)));
                    model.Expire(Now);
                    if (random.Next(8) != 0) break;
                    await RestartAsync();
                    model.Expire(DateTimeOffset.MaxValue);
                    break;
                default:
                    var change = (QueueChange)random.Next(6);
                    var filter = new QueueFilter { Destination = destination };
                    Assert.Equal(model.Change(filter, change, Now), await Store.Queue.ChangeAsync(filter, change, ("z@d0.test", "d0.test"), null, default));
                    break;
            }
            await CompareAsync(model);
        }
    }

    private async Task EnqueueRandomAsync(Random random, QueueModel model)
    {
        var recipients = Enumerable.Range(0, random.Next(1, 6)).Select(n => To($"r{n}@d{random.Next(3)}.test") with { State = random.Next(6) == 0 ? QueueState.Held : QueueState.Waiting }).ToArray();
        var id = await EnqueueAsync(Outgoing(), recipients);
        foreach (var row in await Store.Queue.RecipientsAsync(id, default))
            model.Rows.Add(new QueueModel.Row(row.Id, id, row.State) { Destination = row.Destination, Due = Now });
    }

    private async Task RecordRandomAsync(Random random, QueueModel model, QueueLease lease)
    {
        var results = new List<AttemptResult>();
        foreach (var recipient in lease.Recipients)
            if (random.Next(4) > 0) results.Add(Result(recipient, (QueueState)(random.Next(3) switch { 0 => QueueState.Waiting, 1 => QueueState.Delivered, _ => QueueState.Failed }), again: TimeSpan.FromMinutes(random.Next(3))));
        var expected = results.Where(result => model.Of(result.Recipient).Token == lease.Token).ToList();
        Assert.Equal(expected.Select(result => result.Recipient), await Store.Queue.RecordAsync(lease, results, [], default));
        foreach (var result in expected) model.Record(result);
    }

    private async Task CompareAsync(QueueModel model)
    {
        var rows = await Store.Queue.ListAsync(new QueueFilter { States = Enum.GetValues<QueueState>() }, null, 10_000, default);
        Assert.Equal(model.Rows.Select(row => (row.Id, row.State, row.Attempts, row.Token != 0, row.Destination)),
            rows.Select(row => (row.Recipient.Id, row.Recipient.State, row.Recipient.Attempts, row.Recipient.IsLeased, row.Recipient.Destination)));
        var due = model.Rows.Where(row => row.IsDue(row.Destination, Now)).GroupBy(row => row.Destination).ToDictionary(group => group.Key, group => (group.Count(), group.Min(row => row.Due)));
        Assert.Equal(due, (await Store.Queue.DueAsync(Now, 10, default)).ToDictionary(one => one.Destination, one => (one.Due, one.Oldest)));
        var times = model.Rows.Where(row => row.Token == 0 && row.State == QueueState.Waiting && row.Due > Now).Select(row => row.Due).Concat(model.Rows.Where(row => row.Token != 0).Select(row => row.Until)).ToList();
        Assert.Equal(times.Count == 0 ? null : times.Min(), await Store.Queue.NextDueAsync(Now, default));
    }

    private sealed class QueueModel
    {
        public List<Row> Rows { get; } = [];
        public List<QueueLease> Leases { get; } = [];

        public Row Of(QueueRecipientId id) => Rows.Single(row => row.Id == id);

        public void Leased(QueueLease lease, string destination, DateTimeOffset now)
        {
            var first = Rows.Where(row => row.IsDue(destination, now)).MinBy(row => (row.Due, row.Message.Value))!;
            Assert.Equal(first.Message, lease.Message.Id);
            foreach (var recipient in lease.Recipients)
            {
                Assert.True(Of(recipient.Id).IsDue(destination, now));
                (Of(recipient.Id).Token, Of(recipient.Id).Until) = (lease.Token, lease.Until);
            }
            Leases.Add(lease);
        }

        public void Record(AttemptResult result)
        {
            var row = Of(result.Recipient);
            (row.State, row.Token, row.Attempts) = (result.State, 0, row.Attempts + 1);
            if (result.State == QueueState.Waiting) row.Due = result.NextAttempt!.Value;
        }

        public void End(QueueLease lease)
        {
            foreach (var row in Rows.Where(row => row.Token == lease.Token)) row.Token = 0;
        }

        public void Expire(DateTimeOffset now)
        {
            foreach (var row in Rows.Where(row => row.Token != 0 && row.Until <= now)) row.Token = 0;
        }

        public int Change(QueueFilter filter, QueueChange change, DateTimeOffset now)
        {
            var hit = Rows.Where(row => row.Destination == filter.Destination && row.Token == 0 && row.State <= QueueState.Held && change switch
            {
                QueueChange.Retry or QueueChange.Hold => row.State == QueueState.Waiting,
                QueueChange.Release => row.State == QueueState.Held,
                _ => true,
            }).ToList();
            foreach (var row in hit)
            {
                row.State = change switch { QueueChange.Hold => QueueState.Held, QueueChange.Release => QueueState.Waiting, QueueChange.Fail => QueueState.Failed, QueueChange.Cancel => QueueState.Cancelled, _ => row.State };
                if (change is QueueChange.Retry or QueueChange.Release or QueueChange.Redirect) row.Due = now;
                if (change == QueueChange.Redirect) row.Destination = "d0.test";
            }
            return hit.Count;
        }

        public sealed class Row(QueueRecipientId id, QueueId message, QueueState state)
        {
            public QueueRecipientId Id { get; } = id;
            public QueueId Message { get; } = message;
            public QueueState State { get; set; } = state;
            public string Destination { get; set; } = "";
            public DateTimeOffset Due { get; set; }
            public DateTimeOffset Until { get; set; }
            public long Token { get; set; }
            public int Attempts { get; set; }

            public bool IsDue(string destination, DateTimeOffset now) => Destination == destination && State == QueueState.Waiting && Token == 0 && Due <= now;
        }
    }
}
