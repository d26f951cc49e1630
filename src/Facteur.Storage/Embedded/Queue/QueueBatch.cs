namespace Facteur.Storage.Embedded.Queue;

/// <summary>Recipients of one message for one destination that are due at the same time.</summary>
internal sealed class QueueBatch(QueueDestination destination, long message, long due, bool isPlanned)
{
    /// <summary>Due of what is held.</summary>
    public const long Never = long.MaxValue;

    private long[] recipients = new long[1];

    public QueueDestination Destination { get; } = destination;
    public long Message { get; } = message;

    /// <summary>Milliseconds since 1970.</summary>
    public long Due { get; } = due;

    /// <summary>The time was asked for (send later): it may be far away.</summary>
    public bool IsPlanned { get; } = isPlanned;

    public ReadOnlySpan<long> Recipients => recipients.AsSpan(0, Count);
    public int Count { get; private set; }

    /// <summary>The next batch of the same message.</summary>
    public QueueBatch? Next { get; set; }

    public void Add(long recipient)
    {
        if (Count == recipients.Length) Array.Resize(ref recipients, Count * 2);
        recipients[Count++] = recipient;
    }

    /// <summary>Takes recipients off the front.</summary>
    public void Take(int count, List<long> target)
    {
        target.AddRange(recipients.AsSpan(0, count));
        recipients.AsSpan(count, Count - count).CopyTo(recipients);
        Count -= count;
    }

    /// <summary>Takes the recipients that are wanted.</summary>
    public void Take(HashSet<long> wanted, List<long> target)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (wanted.Contains(recipients[i])) target.Add(recipients[i]);
            else recipients[kept++] = recipients[i];
        }
        Count = kept;
    }

    /// <summary>By time, then the older message.</summary>
    public sealed class Order : IComparer<QueueBatch>
    {
        public static readonly Order Instance = new();

        public int Compare(QueueBatch? x, QueueBatch? y)
        {
            var order = x!.Due.CompareTo(y!.Due);
            if (order == 0) order = x.Message.CompareTo(y.Message);
            return order != 0 ? order : x.IsPlanned.CompareTo(y.IsPlanned);
        }
    }
}

/// <summary>What waits and is held for a destination.</summary>
internal sealed class QueueDestination(string name)
{
    public string Name { get; } = name;
    public SortedSet<QueueBatch> Batches { get; } = new(QueueBatch.Order.Instance);

    /// <summary>Recipients in leases.</summary>
    public int Leased { get; set; }

    /// <summary>When the first recipient is due, as the schedule has it in order.</summary>
    public long Due { get; set; } = QueueBatch.Never;

    public sealed class Order : IComparer<QueueDestination>
    {
        public static readonly Order Instance = new();

        public int Compare(QueueDestination? x, QueueDestination? y)
        {
            var order = x!.Due.CompareTo(y!.Due);
            return order != 0 ? order : string.CompareOrdinal(x.Name, y.Name);
        }
    }
}

/// <summary>Recipients taken from the schedule, by a lease or by hand.</summary>
/// <param name="until">When the lease ends by itself; <see cref="QueueBatch.Never"/> by hand.</param>
internal sealed class QueueTaking(long token, QueueDestination? destination, long message, long until)
{
    public long Token { get; } = token;

    /// <summary>Null when taken by hand, which may concern several.</summary>
    public QueueDestination? Destination { get; } = destination;
    public long Message { get; } = message;

    /// <summary>Milliseconds on the schedule's own clock.</summary>
    public long Until { get; set; } = until;

    /// <summary>Recipients and where they go back to.</summary>
    public Dictionary<long, QueuePlace> Recipients { get; } = [];

    public sealed class Order : IComparer<QueueTaking>
    {
        public static readonly Order Instance = new();

        public int Compare(QueueTaking? x, QueueTaking? y)
        {
            var order = x!.Until.CompareTo(y!.Until);
            return order != 0 ? order : x.Token.CompareTo(y.Token);
        }
    }
}

/// <summary>Where a recipient stands in the schedule.</summary>
internal readonly record struct QueuePlace(string Destination, long Message, long Due, bool IsPlanned);
