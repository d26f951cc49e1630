using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Queue;

/// <summary>What an account sent today, and what it is about to.</summary>
internal sealed class DailyUsage
{
    /// <summary>Other processes count too: the store is asked again after this.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private DateTimeOffset day;
    private DateTimeOffset loaded;
    private SendingCount sent;
    private SendingCount underWay;

    public bool IsIdle
    {
        get
        {
            lock (gate) return underWay == default;
        }
    }

    public bool IsFresh(DateTimeOffset today, DateTimeOffset now)
    {
        lock (gate) return day == today && now - loaded < Fresh && now >= loaded;
    }

    public void Set(DateTimeOffset today, DateTimeOffset now, int messages, int recipients, int newRecipients)
    {
        lock (gate) (day, loaded, sent) = (today, now, new SendingCount(messages, recipients, newRecipients));
    }

    /// <summary>Adds to what is under way unless a limit stands against it; says which.</summary>
    public (string What, int Limit)? Reserve(SendingCount more, LimitsDocument limits)
    {
        lock (gate)
        {
            var total = sent + underWay + more;
            if (more.Messages > 0 && total.Messages > limits.MessagesPerDay) return ("messages", limits.MessagesPerDay.Value);
            if (total.Recipients > limits.RecipientsPerDay) return ("recipients", limits.RecipientsPerDay.Value);
            if (more.New > 0 && total.New > limits.NewRecipientsPerDay) return ("new recipients", limits.NewRecipientsPerDay.Value);
            underWay += more;
            return null;
        }
    }

    /// <summary>What was under way is sent, or was given up.</summary>
    public void Settle(SendingCount count, bool isSent)
    {
        lock (gate)
        {
            underWay -= count;
            if (isSent) sent += count;
        }
    }
}

internal readonly record struct SendingCount(int Messages, int Recipients, int New)
{
    public static SendingCount operator +(SendingCount a, SendingCount b) => new(a.Messages + b.Messages, a.Recipients + b.Recipients, a.New + b.New);
    public static SendingCount operator -(SendingCount a, SendingCount b) => new(a.Messages - b.Messages, a.Recipients - b.Recipients, a.New - b.New);
}

/// <summary>One message of an account on its way through its daily limits. Disposed without <see cref="Commit"/> it counts nothing.</summary>
public sealed class SendingAllowance : IDisposable
{
    private readonly SendingLimits limits;
    private readonly AccountId account;
    private DailyUsage? today;
    private LimitsDocument? allowed;
    private SendingCount reserved;
    private SendingCount unwritten;

    internal SendingAllowance(SendingLimits limits, AccountId account) => (this.limits, this.account) = (limits, account);

    /// <summary>May the message go to this recipient on another host too? Null is yes.</summary>
    public async ValueTask<SmtpRefusal?> AddAsync(string address, CancellationToken cancel)
    {
        today ??= await limits.UsageAsync(account, cancel);
        allowed ??= await limits.ForAsync(account, cancel);
        var isNew = !await limits.IsKnownAsync(account, address, cancel);
        var more = new SendingCount(reserved.Messages == 0 ? 1 : 0, 1, isNew ? 1 : 0);
        if (today.Reserve(more, allowed) is { } reached) return limits.Refusal(reached.What, reached.Limit);
        reserved += more;
        return null;
    }

    /// <summary>
    /// The message is in the queue, where it counts by itself; of its first-time recipients <see cref="WriteAsync"/> tells the store. They stay
    /// reserved until then, so that a client who is quick finds no gap.
    /// </summary>
    public void Commit()
    {
        unwritten = new SendingCount(0, 0, reserved.New);
        today?.Settle(reserved - unwritten, isSent: true);
        reserved = default;
    }

    /// <summary>Writes what <see cref="Commit"/> left, once. May come after <see cref="Dispose"/>.</summary>
    public async ValueTask WriteAsync(CancellationToken cancel)
    {
        var count = unwritten;
        unwritten = default;
        if (count.New == 0) return;
        try
        {
            await limits.CountFirstAsync(account, count.New, cancel);
        }
        finally
        {
            // Also when the store does not take it: this process counts it until it reads the day anew.
            today?.Settle(count, isSent: true);
        }
    }

    public void Dispose()
    {
        today?.Settle(reserved, isSent: false);
        reserved = default;
    }
}
