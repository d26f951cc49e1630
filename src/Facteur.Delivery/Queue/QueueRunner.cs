using System.Collections.Concurrent;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Transport;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Queue;

/// <summary>
/// Sends what is in the queue. It sleeps until something is due or added, then gives connections to destinations: those that never had
/// one before those that had, few recipients before many, so that a message to a new destination does not wait for a mailing.
/// Invariants: an attempt is recorded or its work given back; nothing is taken twice in this process, whatever the clock does.
/// </summary>
public sealed partial class QueueRunner : BackgroundService
{
    /// <summary>As many as a person's message has.</summary>
    private const int FewRecipients = 5;

    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly QueueStore queue;
    private readonly DestinationTable destinations;
    private readonly QueueOptions options;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly QueueClock clock;
    private readonly LeaseKeeper leases;
    private readonly LaneTools tools;
    private readonly IDeferredMail? deferred;
    private readonly Bell bell;
    private readonly ConcurrentDictionary<Task, byte> lanes = new();
    private readonly CancellationTokenSource broken = new();
    private CancellationToken stopping;
    private volatile bool othersWait;
    private Task keeping = Task.CompletedTask;
    private int working, rounds;

    /// <param name="verp">Puts ids into envelope senders where a domain asks for them; null: nowhere.</param>
    /// <param name="deferred">Delivers messages whose time has come; null: they stay.</param>
    public QueueRunner(
        QueueStore queue, MailStore store, IDeliveryConnector connector, RouteTable routes, DestinationTable destinations, SuppressionList suppressed,
        QueueOptions options, TimeProvider time, Verp? verp = null, ILogger<QueueRunner>? log = null, IDeferredMail? deferred = null)
    {
        (this.queue, this.destinations, this.options, this.time) = (queue, destinations, options, time);
        this.log = log ?? NullLogger<QueueRunner>.Instance;
        this.deferred = deferred;
        clock = new QueueClock(time);
        bell = new Bell(time);
        leases = new LeaseKeeper(queue, clock, options, time, this.log);
        var settings = new SettingDocuments<QueueDocument>(store.Settings, store.Directory, "queue", this.log);
        tools = new LaneTools(queue, store, connector, routes, suppressed, verp, settings, options, clock, time, leases, () => ReportOwed?.Invoke(), this.log);
    }

    /// <summary>Raised after an attempt of which a sender is owed a report.</summary>
    public event Action? ReportOwed;

    /// <summary>Nothing is under way and the next look is at a set time; for tests, which move the clock then.</summary>
    internal bool IsAsleep
    {
        get
        {
            // Lanes begin in rounds alone: none did between the two looks at the bell.
            var round = Volatile.Read(ref rounds);
            return bell.IsAwaited && lanes.IsEmpty && bell.IsAwaited && Volatile.Read(ref rounds) == round;
        }
    }

    /// <summary>Connections at work.</summary>
    public int Working => Volatile.Read(ref working);

    /// <summary>Attempts under way end by themselves; when <paramref name="cancellationToken"/> fires they are broken off and their work is given back.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(lanes.Keys).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await broken.CancelAsync();
        await Task.WhenAll(lanes.Keys.Append(keeping)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var session in destinations.TakeStale(all: true)) await session.Session.DisposeAsync();
    }

    public override void Dispose()
    {
        broken.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        stopping = stoppingToken;
        queue.WorkAdded += bell.Ring;
        destinations.Woken += bell.Ring;
        keeping = leases.RunAsync(broken.Token);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Interlocked.Increment(ref rounds);
                var wait = AfterFailure;
                try
                {
                    await FollowClockAsync();
                    wait = await PassAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogPass(e);
                }
                await bell.WaitAsync(wait, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            queue.WorkAdded -= bell.Ring;
            destinations.Woken -= bell.Ring;
        }
    }

    /// <summary>The clock of the machine was set: first what is taken is kept, then its time counts.</summary>
    private async ValueTask FollowClockAsync()
    {
        var jump = clock.Jump;
        if (jump != TimeSpan.Zero)
        {
            LogJump(jump);
            await leases.ExtendAllAsync(clock.Now + jump + options.LeaseTime);
        }
        clock.Adopt();
    }

    /// <summary>Gives connections to what is due; answers how long nothing is to be done.</summary>
    private async ValueTask<TimeSpan> PassAsync(CancellationToken cancel)
    {
        var started = TimeProvider.System.GetTimestamp();
        var now = clock.Now;
        var due = await queue.DueAsync(now, options.MaxDestinations, cancel);
        var wait = Start(due);
        if (await queue.NextDueAsync(now, cancel) is { } next) wait = Shorter(wait, next - now);
        foreach (var session in destinations.TakeStale(all: false)) Run(session.Session.DisposeAsync().AsTask());
        if (destinations.HasParked) wait = Shorter(wait, options.IdleSession);
        // A look at a long queue costs: the process does other things for twice as long. What it costs is no matter of the clock of the queue.
        var gap = TimeProvider.System.GetElapsedTime(started) * 2;
        await Task.Delay(gap < LongestGap ? gap : LongestGap, TimeProvider.System, cancel);
        return wait;
    }

    /// <summary>Starts lanes for the destinations; answers when the first of those that rest has rested.</summary>
    private TimeSpan Start(IReadOnlyList<DueDestination> due)
    {
        var wait = options.SafetyPoll;
        var ready = new List<(DueDestination Due, Destination Destination)>(due.Count);
        foreach (var one in due)
        {
            if (deferred is null && one.Destination == IDeferredMail.Destination) continue;
            var destination = destinations.Get(one.Destination);
            var rest = destination.Rest;
            if (rest > TimeSpan.Zero) wait = Shorter(wait, rest);
            else ready.Add((one, destination));
        }
        // First one connection for each that has none, then more for those that can use them. A tenth is kept for single messages.
        var many = options.MaxConnections - options.MaxConnections / 10;
        foreach (var (one, destination) in ready.Where(entry => entry.Destination.Lanes == 0).OrderBy(entry => entry.Destination.LastServed).ThenBy(entry => entry.Due.Due))
        {
            if (working >= options.MaxConnections) break;
            if ((working < many || one.Due <= FewRecipients) && destination.TryStart(one.Due)) StartLane(destination);
        }
        othersWait = working >= many && ready.Any(entry => entry.Destination.Lanes == 0);
        foreach (var (one, destination) in ready)
            while (working < many && destination.TryStart(one.Due)) StartLane(destination);
        return wait;
    }

    private void StartLane(Destination destination)
    {
        Interlocked.Increment(ref working);
        QueueMetrics.LaneStarted();
        var began = time.GetTimestamp();
        Func<Func<bool>, Task> lane = deferred is not null && destination.Name == IDeferredMail.Destination
            ? new DeferredLane(tools, deferred, destination, bell.Ring, stopping, broken.Token).RunAsync
            : new DestinationLane(tools, destination, bell.Ring, stopping, broken.Token).RunAsync;
        Run(Task.Run(async () =>
        {
            try
            {
                await lane(() => !othersWait || time.GetElapsedTime(began) < options.FairShare);
            }
            finally
            {
                Interlocked.Decrement(ref working);
                QueueMetrics.LaneEnded();
                bell.Ring();
            }
        }));
    }

    /// <summary>Work of its own, awaited by the stop.</summary>
    private void Run(Task task)
    {
        lanes[task] = 0;
        _ = task.ContinueWith(ended => lanes.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(LogLevel.Error, "The queue could not be looked at; it is tried again in some seconds", EventName = "queue.pass.failed")]
    private partial void LogPass(Exception e);

    [LoggerMessage(LogLevel.Warning, "The clock of the machine was set by {Jump}", EventName = "queue.clock.jump")]
    private partial void LogJump(TimeSpan jump);
}
