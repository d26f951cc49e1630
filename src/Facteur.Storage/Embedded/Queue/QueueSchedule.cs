using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Facteur.Storage.Embedded.Queue;

/// <summary>
/// What waits, in memory, in the order in which it falls due: a lease costs no commit and no question looks at rows. Built from the rows
/// at the start, changed after each commit. Leases live here only: this process alone has the store open, and they end with it.
/// Invariant: a recipient that waits or is held is either in one batch or in one taking.
/// </summary>
internal sealed partial class QueueSchedule
{
    /// <summary>Batches looked at to count what is due, or to fill a lease.</summary>
    private const int MaxLook = 256;

    /// <summary>Clocks are set by this much without anything to repair.</summary>
    private const long SmallStep = 60_000;

    private readonly long longestStep;
    private readonly TimeProvider time;
    private readonly long start;
    private readonly Lock gate = new();
    private readonly Dictionary<string, QueueDestination> destinations = [];
    private readonly SortedSet<QueueDestination> byDue = new(QueueDestination.Order.Instance);
    private readonly Dictionary<long, QueueBatch> batchesOf = [];
    private readonly Dictionary<long, QueueTaking> leases = [];
    private readonly SortedSet<QueueTaking> byEnd = new(QueueTaking.Order.Instance);
    private readonly Dictionary<long, QueueTaking> taken = [];
    private readonly Dictionary<long, int> takenOf = [];
    private long lastNow = long.MinValue;

    // Tokens of another run of the process are never given again.
    private long lastToken = (long)RandomNumberGenerator.GetInt32(int.MaxValue) << 31;

    public QueueSchedule(TimeSpan longestStep, TimeProvider time)
    {
        (this.longestStep, this.time) = ((long)longestStep.TotalMilliseconds, time);
        start = time.GetTimestamp();
    }

    // Leases end by this one: a clock that is set neither ends nor prolongs them.
    private long Elapsed => (long)time.GetElapsedTime(start).TotalMilliseconds;

    /// <summary>Brings a time that a row has to one that makes sense now.</summary>
    public long Bound(long due, bool isPlanned, long now) => due == QueueBatch.Never || isPlanned || due <= now + longestStep ? due : now;

    /// <summary>Puts a recipient where a commit placed it.</summary>
    public void Add(long recipient, QueuePlace place)
    {
        lock (gate) Insert(recipient, place);
    }

    public void Add(long first, IReadOnlyList<(string Destination, long Due)?> places, long message, bool isPlanned)
    {
        lock (gate)
            for (var i = 0; i < places.Count; i++)
                if (places[i] is { } place) Insert(first + i, new QueuePlace(place.Destination, message, place.Due, isPlanned && place.Due != QueueBatch.Never));
    }

    public List<(string Destination, int Due, long Oldest)> Due(long now, int max)
    {
        var due = new List<(string, int, long)>();
        lock (gate)
        {
            Tick(now);
            foreach (var destination in byDue)
            {
                if (destination.Due > now || due.Count == max) break;
                due.Add((destination.Name, CountDue(destination, now), destination.Due));
            }
        }
        return due;
    }

    public long? NextDue(long now)
    {
        lock (gate)
        {
            Tick(now);
            var next = byEnd.Min is { } lease ? now + lease.Until - Elapsed : QueueBatch.Never;
            foreach (var destination in byDue)
            {
                // Those that have something due now may have more to come; after them the first one is the next.
                next = Math.Min(next, destination.Due > now ? destination.Due : FirstAfter(destination, now));
                if (destination.Due > now) break;
            }
            return next == QueueBatch.Never ? null : next;
        }
    }

    /// <summary>Takes due recipients of one message.</summary>
    /// <param name="duration">Milliseconds after which the lease ends by itself.</param>
    public (long Token, long Message, List<long> Recipients)? Lease(string name, long now, long duration, int max)
    {
        lock (gate)
        {
            Tick(now);
            if (!destinations.TryGetValue(name, out var destination) || destination.Batches.Min is not { } first || first.Due > now || max < 1) return null;
            var lease = new QueueTaking(++lastToken, destination, first.Message, Elapsed + duration);
            var recipients = new List<long>();
            foreach (var batch in DueOf(destination, first.Message, now))
            {
                var from = recipients.Count;
                batch.Take(Math.Min(batch.Count, max - from), recipients);
                foreach (var recipient in CollectionsMarshal.AsSpan(recipients)[from..]) Hold(lease, recipient, batch);
                if (batch.Count == 0) Remove(batch);
                if (recipients.Count == max) break;
            }
            leases.Add(lease.Token, lease);
            byEnd.Add(lease);
            Settle(destination);
            return (lease.Token, lease.Message, recipients);
        }
    }

    public bool Extend(long token, long duration)
    {
        lock (gate)
        {
            if (!leases.TryGetValue(token, out var lease)) return false;
            byEnd.Remove(lease);
            lease.Until = Elapsed + duration;
            byEnd.Add(lease);
            return true;
        }
    }

    /// <summary>Gives all that is left in a lease back.</summary>
    public void Release(long token)
    {
        lock (gate)
            if (leases.TryGetValue(token, out var lease)) End(lease);
    }

    /// <summary>Takes recipients out of a lease to record them; they end in <see cref="Finish"/> or <see cref="Abandon"/>. Those that are not in it are left out.</summary>
    public QueueTaking Claim(long token, IEnumerable<long> recipients)
    {
        lock (gate)
        {
            leases.TryGetValue(token, out var lease);
            var claim = new QueueTaking(token, lease?.Destination, lease?.Message ?? 0, QueueBatch.Never);
            foreach (var recipient in recipients)
            {
                if (lease is null || !lease.Recipients.Remove(recipient, out var place)) continue;
                claim.Recipients.Add(recipient, place);
                taken[recipient] = claim;
            }
            return claim;
        }
    }

    /// <summary>Takes recipients of a message by hand: those that wait or are held and are in no lease.</summary>
    public QueueTaking Withdraw(long message, HashSet<long> recipients)
    {
        lock (gate)
        {
            var claim = new QueueTaking(0, null, message, QueueBatch.Never);
            var found = new List<long>();
            for (var batch = batchesOf.GetValueOrDefault(message); batch is not null; batch = batch.Next)
            {
                found.Clear();
                batch.Take(recipients, found);
                foreach (var recipient in found) Hold(claim, recipient, batch);
                if (found.Count == 0) continue;
                if (batch.Count == 0) Remove(batch);
                Settle(batch.Destination);
            }
            return claim;
        }
    }

    /// <summary>A commit ended what was claimed, or placed it anew.</summary>
    public void Finish(QueueTaking claim, IReadOnlyDictionary<long, QueuePlace> placed)
    {
        lock (gate)
        {
            PutBack(claim, placed);
            if (leases.TryGetValue(claim.Token, out var lease) && lease.Recipients.Count == 0) Forget(lease);
        }
    }

    /// <summary>Nothing came of a claim: what it took is in its lease again, or waits when that has ended meanwhile or there was none.</summary>
    public void Abandon(QueueTaking claim)
    {
        lock (gate)
        {
            if (!leases.TryGetValue(claim.Token, out var lease))
            {
                PutBack(claim, claim.Recipients);
                return;
            }
            foreach (var (recipient, place) in claim.Recipients)
            {
                lease.Recipients.Add(recipient, place);
                taken[recipient] = lease;
            }
        }
    }

    public bool IsLeased(long recipient)
    {
        lock (gate)
        {
            EndLeases();
            return taken.ContainsKey(recipient);
        }
    }

    /// <summary>A recipient of the message is due or taken.</summary>
    public bool IsBusy(long message, long now)
    {
        lock (gate)
        {
            Tick(now);
            if (takenOf.ContainsKey(message)) return true;
            for (var batch = batchesOf.GetValueOrDefault(message); batch is not null; batch = batch.Next)
                if (batch.Due <= now) return true;
            return false;
        }
    }
}
