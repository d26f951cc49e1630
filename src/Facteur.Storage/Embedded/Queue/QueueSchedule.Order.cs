using System.Runtime.InteropServices;

namespace Facteur.Storage.Embedded.Queue;

// What keeps the schedule in order; all under the lock.
internal sealed partial class QueueSchedule
{
    /// <summary>Per destination: waiting (taken ones included), held, the oldest message, when the first is due.</summary>
    public List<(string Name, int Waiting, int Held, long Oldest, long Due)> Stats(int max)
    {
        lock (gate)
        {
            var stats = new List<(string Name, int Waiting, int Held, long Oldest, long Due)>(destinations.Count);
            foreach (var destination in destinations.Values)
            {
                var (waiting, held, oldest) = (destination.Leased, 0, long.MaxValue);
                foreach (var batch in destination.Batches)
                {
                    if (batch.Due == QueueBatch.Never) held += batch.Count;
                    else waiting += batch.Count;
                    oldest = Math.Min(oldest, batch.Message);
                }
                stats.Add((destination.Name, waiting, held, oldest, destination.Due));
            }
            if (destinations.Values.Any(destination => destination.Leased > 0)) AddTaken(stats);
            stats.Sort((a, b) => a.Waiting != b.Waiting ? b.Waiting.CompareTo(a.Waiting) : string.CompareOrdinal(a.Name, b.Name));
            return stats.Count > max ? stats[..max] : stats;
        }
    }

    /// <summary>All that waits, is held or is taken; for the check against the rows.</summary>
    public HashSet<long> All()
    {
        lock (gate)
        {
            var all = new HashSet<long>(taken.Keys);
            foreach (var destination in destinations.Values)
                foreach (var batch in destination.Batches)
                    foreach (var recipient in batch.Recipients) all.Add(recipient);
            return all;
        }
    }

    private void AddTaken(List<(string Name, int Waiting, int Held, long Oldest, long Due)> stats)
    {
        var oldest = new Dictionary<string, long>();
        foreach (var claim in taken.Values.Distinct())
            foreach (var place in claim.Recipients.Values)
                oldest[place.Destination] = Math.Min(place.Message, oldest.GetValueOrDefault(place.Destination, long.MaxValue));
        for (var i = 0; i < stats.Count; i++)
            if (oldest.TryGetValue(stats[i].Name, out var message)) stats[i] = stats[i] with { Oldest = Math.Min(stats[i].Oldest, message) };
    }

    // When the clock went back, what it had put far away is due now.
    private void Tick(long now)
    {
        if (now < lastNow - SmallStep) GoBack(now);
        lastNow = now;
        EndLeases();
    }

    private void EndLeases()
    {
        while (byEnd.Min is { } lease && lease.Until <= Elapsed) End(lease);
    }

    private void GoBack(long now)
    {
        foreach (var destination in destinations.Values.ToList())
        {
            foreach (var batch in destination.Batches.Where(batch => batch.Due != Bound(batch.Due, batch.IsPlanned, now)).ToList())
            {
                Remove(batch);
                foreach (var recipient in batch.Recipients) Insert(recipient, new QueuePlace(destination.Name, batch.Message, now, false));
            }
            Settle(destination);
        }
    }

    private void Insert(long recipient, QueuePlace place)
    {
        ref var destination = ref CollectionsMarshal.GetValueRefOrAddDefault(destinations, place.Destination, out _);
        destination ??= new QueueDestination(place.Destination);
        var batch = new QueueBatch(destination, place.Message, place.Due, place.IsPlanned);
        if (destination.Batches.TryGetValue(batch, out var there)) batch = there;
        else
        {
            destination.Batches.Add(batch);
            ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(batchesOf, place.Message, out _);
            batch.Next = head;
            head = batch;
            Settle(destination);
        }
        batch.Add(recipient);
    }

    /// <summary>An empty batch goes.</summary>
    private void Remove(QueueBatch batch)
    {
        batch.Destination.Batches.Remove(batch);
        var head = batchesOf[batch.Message];
        if (head == batch)
        {
            if (batch.Next is { } next) batchesOf[batch.Message] = next;
            else batchesOf.Remove(batch.Message);
            return;
        }
        while (head.Next != batch) head = head.Next!;
        head.Next = batch.Next;
    }

    /// <summary>Brings a destination to its place among the others; one that nothing waits for goes.</summary>
    private void Settle(QueueDestination destination)
    {
        var due = destination.Batches.Min?.Due ?? QueueBatch.Never;
        if (due != destination.Due)
        {
            byDue.Remove(destination);
            destination.Due = due;
            if (due != QueueBatch.Never) byDue.Add(destination);
        }
        if (destination.Batches.Count == 0 && destination.Leased == 0) destinations.Remove(destination.Name);
    }

    private void Hold(QueueTaking claim, long recipient, QueueBatch from)
    {
        claim.Recipients.Add(recipient, new QueuePlace(from.Destination.Name, from.Message, from.Due, from.IsPlanned));
        taken[recipient] = claim;
        CollectionsMarshal.GetValueRefOrAddDefault(takenOf, from.Message, out _)++;
        from.Destination.Leased++;
    }

    private void End(QueueTaking lease)
    {
        Forget(lease);
        PutBack(lease, lease.Recipients);
    }

    private void Forget(QueueTaking lease)
    {
        leases.Remove(lease.Token);
        byEnd.Remove(lease);
    }

    private void PutBack(QueueTaking claim, IReadOnlyDictionary<long, QueuePlace> placed)
    {
        foreach (var (recipient, from) in claim.Recipients)
        {
            taken.Remove(recipient);
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(takenOf, from.Message);
            if (--count == 0) takenOf.Remove(from.Message);
            var destination = destinations[from.Destination];
            destination.Leased--;
            if (placed.TryGetValue(recipient, out var place)) Insert(recipient, place);
            Settle(destination);
        }
    }

    private static int CountDue(QueueDestination destination, long now)
    {
        var (count, looked) = (0, 0);
        foreach (var batch in destination.Batches)
        {
            if (batch.Due > now || looked++ == MaxLook) break;
            count += batch.Count;
        }
        return count;
    }

    private static long FirstAfter(QueueDestination destination, long now)
    {
        // Between all that is due now and the last that waits; held ones stand behind.
        var view = destination.Batches.GetViewBetween(new QueueBatch(destination, long.MinValue, now + 1, false), new QueueBatch(destination, long.MinValue, QueueBatch.Never, false));
        return view.Min?.Due ?? QueueBatch.Never;
    }

    private static List<QueueBatch> DueOf(QueueDestination destination, long message, long now)
    {
        var found = new List<QueueBatch>();
        var looked = 0;
        foreach (var batch in destination.Batches)
        {
            if (batch.Due > now || looked++ == MaxLook) break;
            if (batch.Message == message) found.Add(batch);
        }
        return found;
    }
}
