using Facteur.Delivery.Transport;

namespace Facteur.Delivery.Queue;

/// <summary>A session kept for the next message, and what it is good for.</summary>
internal sealed record KeptSession(IDeliverySession Session, DeliveryRoute Route, TransportDemands Demands, long Since);

/// <summary>What it means that the peer gave no connection.</summary>
internal enum Refusal
{
    /// <summary>Nobody is there; the destination rests.</summary>
    Rests,

    /// <summary>Others are at work, so the peer takes fewer; the connection of the one who asks has ended.</summary>
    Fewer,

    /// <summary>Sessions that only waited may have been in the way; once they are closed it is tried again.</summary>
    Freed,
}

/// <summary>
/// One destination: how many connections it takes, whether it rests, and which sessions wait. It begins with one connection; one that
/// answers gets more, and more yet while deliveries go well. A connection that fails beside others shows that the peer takes no
/// more of them; one that fails alone, with none kept either, shows that nobody is there, and the destination rests, longer each time.
/// </summary>
internal sealed class Destination(DestinationTable table, string name)
{
    private readonly QueueOptions options = table.Options;
    private readonly TimeProvider time = table.Time;
    private readonly Lock gate = new();
    private readonly Stack<KeptSession> waiting = new();
    private int lanes;
    private double limit;
    private bool hasAnswered;
    private int failures;
    private int losses;
    private string lastFailure = "";
    private DateTimeOffset? restsUntil;
    private long restStart;
    private TimeSpan rest;
    private long growthStart;
    private TimeSpan growthRest;

    public string Name => name;

    /// <summary>When it last got a connection; 0: never.</summary>
    public long LastServed { get; private set; }

    public int Lanes
    {
        get
        {
            lock (gate) return lanes;
        }
    }

    /// <summary>It was used by nobody for a while and there is nothing to remember.</summary>
    public bool IsForgettable
    {
        get
        {
            lock (gate) return lanes == 0 && waiting.Count == 0 && RestLeft <= TimeSpan.Zero && time.GetElapsedTime(LastServed) > TimeSpan.FromMinutes(10);
        }
    }

    /// <summary>How long it still rests; zero or less when it does not.</summary>
    public TimeSpan Rest
    {
        get
        {
            lock (gate) return RestLeft;
        }
    }

    private TimeSpan RestLeft => rest == TimeSpan.Zero ? TimeSpan.Zero : rest - time.GetElapsedTime(restStart);

    private bool MayGrow => growthRest == TimeSpan.Zero || time.GetElapsedTime(growthStart) >= growthRest;

    private int Limit => hasAnswered ? Math.Max(1, (int)limit) : 1;

    /// <summary>Takes a connection if one more is allowed now.</summary>
    /// <param name="wanted">As many as there is work for.</param>
    public bool TryStart(int wanted)
    {
        lock (gate)
        {
            if (RestLeft > TimeSpan.Zero || lanes >= Limit || lanes >= wanted) return false;
            lanes++;
            LastServed = time.GetTimestamp();
            return true;
        }
    }

    public void End()
    {
        lock (gate) lanes--;
    }

    /// <summary>A host of it is ready for a transaction.</summary>
    /// <returns>True: it takes more connections than before.</returns>
    public bool Answered()
    {
        lock (gate)
        {
            failures = 0;
            rest = TimeSpan.Zero;
            restsUntil = null;
            if (hasAnswered) return false;
            hasAnswered = true;
            limit = MayGrow ? Math.Clamp(limit, options.InitialPerDestination, options.MaxPerDestination) : 1;
            return limit > 1;
        }
    }

    /// <summary>A transaction went through.</summary>
    /// <returns>True: it takes more connections than before.</returns>
    public bool Succeeded()
    {
        lock (gate)
        {
            losses = 0;
            if (!MayGrow) return false;
            var before = Limit;
            limit = Math.Min(options.MaxPerDestination, Math.Max(1, limit) + 1 / Math.Max(1, limit));
            return Limit > before;
        }
    }

    /// <summary>A connection broke without an answer: once may be chance, again and again it is the peer.</summary>
    /// <returns>True: from now on it counts as not to be reached.</returns>
    public bool Lost()
    {
        lock (gate) return ++losses >= 5;
    }

    /// <summary>The one who asks, who has a connection here and no other session, could get none from the peer.</summary>
    /// <param name="inTheWay">Takes the sessions that waited, to be closed by the one who asks.</param>
    public Refusal Refused(string reason, List<KeptSession> inTheWay)
    {
        lock (gate)
        {
            lastFailure = reason;
            if (lanes > 1 || waiting.Count > 0)
            {
                growthStart = time.GetTimestamp();
                growthRest = options.GrowthRest;
                limit = Math.Max(1, lanes - 1);
                if (lanes > 1)
                {
                    lanes--;
                    return Refusal.Fewer;
                }
                TakeWaiting(inTheWay, static _ => true);
                return Refusal.Freed;
            }
            hasAnswered = false;
            failures++;
            losses = 0;
            rest = options.Pauses[Math.Min(failures, options.Pauses.Count) - 1];
            restStart = time.GetTimestamp();
            restsUntil = time.GetUtcNow() + rest;
            return Refusal.Rests;
        }
    }

    public void Wake()
    {
        lock (gate)
        {
            rest = TimeSpan.Zero;
            restsUntil = null;
        }
    }

    public DestinationHealth Health()
    {
        lock (gate) return new DestinationHealth(lanes, Limit, failures, RestLeft > TimeSpan.Zero ? restsUntil : null, lastFailure);
    }

    /// <summary>A waiting session that goes this way under these demands.</summary>
    public KeptSession? Take(DeliveryRoute route, TransportDemands demands)
    {
        KeptSession? kept;
        lock (gate)
        {
            if (!waiting.TryPeek(out kept) || kept.Route != route || kept.Demands != demands) return null;
            waiting.Pop();
        }
        table.Unpark();
        return kept;
    }

    /// <summary>Keeps a session for the next message; false when there is no place for it.</summary>
    public bool Park(KeptSession session)
    {
        if (options.IdleSession <= TimeSpan.Zero || !table.TryPark()) return false;
        lock (gate) waiting.Push(session with { Since = time.GetTimestamp() });
        return true;
    }

    public void TakeStale(List<KeptSession> stale, bool all)
    {
        lock (gate) TakeWaiting(stale, session => all || time.GetElapsedTime(session.Since) >= options.IdleSession);
    }

    private void TakeWaiting(List<KeptSession> taken, Func<KeptSession, bool> which)
    {
        if (waiting.Count == 0) return;
        var left = waiting.Where(session => !which(session)).Reverse().ToList();
        foreach (var session in waiting.Except(left))
        {
            taken.Add(session);
            table.Unpark();
        }
        waiting.Clear();
        foreach (var session in left) waiting.Push(session);
    }
}
