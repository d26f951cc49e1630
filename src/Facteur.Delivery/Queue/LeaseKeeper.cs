using System.Collections.Concurrent;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Queue;

/// <summary>Work that was taken, prolonged until it is settled. <see cref="Lost"/> fires when another has it.</summary>
internal sealed class HeldLease(QueueLease lease, CancellationTokenSource lost) : IDisposable
{
    private readonly CancellationTokenSource lost = lost;

    public QueueLease Lease { get; } = lease;

    /// <summary>Fires as well when the server breaks off.</summary>
    public CancellationToken Lost => lost.Token;

    public bool IsLost { get; private set; }

    public async ValueTask LoseAsync()
    {
        IsLost = true;
        await lost.CancelAsync();
    }

    public void Dispose() => lost.Dispose();
}

/// <summary>Prolongs the leases of this process while their work goes on.</summary>
internal sealed partial class LeaseKeeper(QueueStore queue, QueueClock clock, QueueOptions options, TimeProvider time, ILogger log)
{
    private readonly ILogger log = log;
    private readonly ConcurrentDictionary<HeldLease, byte> held = new();

    /// <summary>Ticks of the clock of the queue up to which every lease of this process holds: those taken since the last prolongation end later.</summary>
    private long allHoldUntil = (clock.Now + options.LeaseTime).Ticks;

    /// <summary>Takes due recipients of one message, or null.</summary>
    /// <param name="stop">Breaks the work off.</param>
    public async ValueTask<HeldLease?> TakeAsync(string destination, int maxRecipients, CancellationToken stop)
    {
        var now = clock.Now;
        // A process that got no turn for so long that its own leases have ended does not take its own work from itself.
        if (now.Ticks >= Volatile.Read(ref allHoldUntil)) await ExtendAllAsync(now + options.LeaseTime);
        var lease = await queue.LeaseAsync(destination, now, now + options.LeaseTime, maxRecipients, stop);
        if (lease is null) return null;
        var taken = new HeldLease(lease, CancellationTokenSource.CreateLinkedTokenSource(stop));
        held[taken] = 0;
        // The clock was set between the two: the lease would end at a time that may be over.
        if (clock.Now - now > options.LeaseTime / 2) await ExtendAsync(taken, clock.Now + options.LeaseTime);
        return taken;
    }

    /// <summary>The work is settled.</summary>
    public void Drop(HeldLease lease)
    {
        held.TryRemove(lease, out _);
        lease.Dispose();
    }

    /// <summary>Prolongs all leases.</summary>
    public async ValueTask ExtendAllAsync(DateTimeOffset until)
    {
        foreach (var lease in held.Keys) await ExtendAsync(lease, until);
        Volatile.Write(ref allHoldUntil, until.Ticks);
    }

    /// <summary>Prolongs leases until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(options.LeaseTime / 3, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested) await ExtendAllAsync(clock.Now + options.LeaseTime);
        }
    }

    private async ValueTask ExtendAsync(HeldLease lease, DateTimeOffset until)
    {
        try
        {
            if (await queue.ExtendAsync(lease.Lease, until, CancellationToken.None) || !held.ContainsKey(lease)) return;
            LogLost(lease.Lease.Message.Id.Value, lease.Lease.Token);
            await lease.LoseAsync();
        }
        catch (ObjectDisposedException)
        {
            // Settled meanwhile.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogExtend(e, lease.Lease.Message.Id.Value);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Queue message {Message}: another process has taken over lease {Token}; the attempt is broken off", EventName = "queue.lease.lost")]
    private partial void LogLost(long message, long token);

    [LoggerMessage(LogLevel.Error, "Queue message {Message}: its lease could not be prolonged", EventName = "queue.lease.failed")]
    private partial void LogExtend(Exception e, long message);
}
