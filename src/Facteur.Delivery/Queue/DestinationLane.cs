using Facteur.Delivery.Bounces;
using Facteur.Delivery.Transport;
using Facteur.Smtp.Client;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Queue;

/// <summary>What all lanes work with.</summary>
internal sealed record LaneTools(
    QueueStore Queue, MailStore Store, IDeliveryConnector Connector, RouteTable Routes, SuppressionList Suppressed, Verp? Verp, SettingDocuments<QueueDocument> Settings,
    QueueOptions Options, QueueClock Clock, TimeProvider Time, LeaseKeeper Leases, Action ReportOwed, ILogger Log)
{
    public QueueQuarantine Quarantine { get; } = new(Queue, Store.Crashes, Log);

    public async ValueTask<RetrySchedule> ScheduleAsync(CancellationToken cancel) =>
        (await Settings.SiteAsync(cancel))?.Apply(Options.Schedule) ?? Options.Schedule;
}

/// <summary>
/// One connection of a destination: takes a message, sends it, records what came of it, takes the next, for as long as there is one.
/// When the destination cannot be reached, the lane goes on without connecting: what is due there counts as tried, each by its own
/// schedule, and the destination rests.
/// </summary>
/// <param name="roomGrew">Told when the destination takes more connections than before.</param>
internal sealed partial class DestinationLane(LaneTools tools, Destination destination, Action roomGrew, CancellationToken stopping, CancellationToken broken)
{
    /// <summary>Recipients taken at once when nothing is sent.</summary>
    private const int ManyRecipients = 1_000;

    private static readonly TimeSpan RecordAgain = TimeSpan.FromSeconds(5);

    private readonly ILogger log = tools.Log;
    private readonly IDeliveryConnector connector = new ObservedConnector(tools.Connector, () =>
    {
        if (destination.Answered()) roomGrew();
    });
    private readonly Dictionary<(DeliveryRoute, TransportDemands), AttemptOutcome> unreachable = [];
    private readonly List<KeptSession> inTheWay = [];
    private KeptSession? kept;
    private Refusal? refused;

    /// <summary>Work until there is none.</summary>
    /// <param name="mayGoOn">Asked after each message.</param>
    public async Task RunAsync(Func<bool> mayGoOn)
    {
        try
        {
            while (!stopping.IsCancellationRequested && refused is null && await NextAsync() && mayGoOn())
            {
            }
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            LogFailed(e, destination.Name);
        }
        finally
        {
            // The peer has this connection until it waits or is closed: as long it counts.
            if (kept is { Session.CanSend: true } open && !stopping.IsCancellationRequested && destination.Park(open)) kept = null;
            await CloseAsync();
            foreach (var session in inTheWay) await session.Session.DisposeAsync();
            if (refused is not Refusal.Fewer) destination.End();
        }
    }

    /// <summary>Takes and settles one message; false when none is due.</summary>
    private async ValueTask<bool> NextAsync()
    {
        var max = unreachable.Count == 0 ? tools.Options.MaxRecipients : ManyRecipients;
        var held = await tools.Leases.TakeAsync(destination.Name, max, broken);
        if (held is null) return false;
        try
        {
            if (await tools.Quarantine.HoldAsync(held.Lease, held.Lost)) return true;
            var outcomes = new List<RecipientOutcome>(held.Lease.Recipients.Count);
            var isComplete = false;
            try
            {
                isComplete = await SendAsync(held.Lease, outcomes, held.Lost);
            }
            catch (OperationCanceledException) when (held.Lost.IsCancellationRequested)
            {
                // Broken off: what a host took before that is recorded all the same.
            }
            if (outcomes.Count > 0) await RecordAsync(held.Lease, outcomes);
            if (!isComplete && !held.IsLost) await ReleaseAsync(held.Lease);
        }
        finally
        {
            tools.Leases.Drop(held);
        }
        return true;
    }

    /// <summary>Adds an outcome for each recipient; false when the peer takes no further connection now and the rest goes to those that it has.</summary>
    private async ValueTask<bool> SendAsync(QueueLease lease, List<RecipientOutcome> outcomes, CancellationToken lost)
    {
        var demands = Outgoing.Demands(lease.Message);
        foreach (var (route, recipients) in await RoutesAsync(lease, lost))
        {
            if (unreachable.TryGetValue((route, demands), out var known))
            {
                outcomes.AddRange(recipients.Select(recipient => new RecipientOutcome(recipient, known with { Elapsed = TimeSpan.Zero }, false, [])));
                continue;
            }
            var result = await TransferAsync(route, demands, lease.Message, recipients, lost);
            if (Reach(result) is { } failure && !Rest(route, demands, failure)) return false;
            var isFinal = route is SmarthostRoute { IsLmtp: true };
            outcomes.AddRange(recipients.Zip(result.Outcomes, (recipient, outcome) => new RecipientOutcome(recipient, outcome, isFinal, result.FailedHosts)));
        }
        return true;
    }

    /// <summary>By the ways that hold now: settings may have changed since the message came.</summary>
    private async ValueTask<IReadOnlyCollection<(DeliveryRoute Route, List<QueueRecipient> Recipients)>> RoutesAsync(QueueLease lease, CancellationToken cancel)
    {
        var ways = new Dictionary<string, DeliveryRoute>(StringComparer.Ordinal);
        var groups = new Dictionary<DeliveryRoute, List<QueueRecipient>>();
        foreach (var recipient in lease.Recipients)
        {
            var domain = RouteTable.DomainOf(recipient.Address) ?? recipient.Destination;
            if (!ways.TryGetValue(domain, out var route)) ways[domain] = route = await tools.Routes.FindAsync(lease.Message.Account, domain, cancel);
            if (!groups.TryGetValue(route, out var group)) groups[route] = group = [];
            group.Add(recipient);
        }
        return [.. groups.Select(group => (group.Key, group.Value))];
    }

    private async ValueTask<DeliveryResult> TransferAsync(DeliveryRoute route, TransportDemands demands, QueueMessage message, List<QueueRecipient> recipients, CancellationToken lost)
    {
        await using var turn = await tools.Quarantine.TurnAsync(message, destination.Name, lost);
        try
        {
            await using var body = await tools.Store.OpenBodyAsync(message.Content, lost);
            if (body is null) return Nothing(recipients.Count, AttemptVerdict.PermanentFailure, "5.3.0", "the message is no longer in the store");
            var content = new OutgoingContent(message.Prefix, body, message.SkipOctets);
            var envelope = Outgoing.Envelope(message, recipients);
            if (tools.Verp is { } verp) envelope = envelope with { Sender = await verp.SenderAsync(message, lost) };
            if (kept is not null && (kept.Route != route || kept.Demands != demands)) await CloseAsync();
            var session = (kept ?? destination.Take(route, demands))?.Session;
            kept = null; // it is the attempt's now
            var result = await connector.SendAsync(route, demands, envelope, content, session, turn.Mark, lost);
            if (result.Session is { } open) kept = new KeptSession(open, route, demands, 0);
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogAttempt(e, message.Id.Value, destination.Name);
            return Nothing(recipients.Count, AttemptVerdict.TemporaryFailure, "4.3.0", "an error on the sending server; it tries again");
        }
    }

    private static DeliveryResult Nothing(int count, AttemptVerdict verdict, string code, string text)
    {
        var outcome = new AttemptOutcome { Verdict = verdict, Stage = SmtpStage.Data, EnhancedCode = code, Text = text };
        return new DeliveryResult([.. Enumerable.Repeat(outcome, count)], [], null);
    }

    /// <summary>Why the destination as a whole was not to be reached; null when a host dealt with the message.</summary>
    private AttemptOutcome? Reach(DeliveryResult result)
    {
        var first = result.Outcomes[0];
        if (result.Outcomes.Any(outcome => outcome.Verdict == AttemptVerdict.Delivered) && destination.Succeeded()) roomGrew();
        if (result.Outcomes.Any(outcome => outcome.Verdict != AttemptVerdict.TemporaryFailure || outcome.IsUncertain)) return null;
        if (result.Outcomes.All(outcome => outcome.Stage <= SmtpStage.Auth || outcome.ReplyCode == 421)) return first;
        // No answer at all, message after message: nobody is there who could give one.
        return result.Outcomes.All(outcome => !outcome.IsRemote && outcome.Stage is not SmtpStage.Data) && destination.Lost() ? first : null;
    }

    /// <summary>The destination rests. False: it does not, since this process has the connections that the peer gives.</summary>
    private bool Rest(DeliveryRoute route, TransportDemands demands, AttemptOutcome failure)
    {
        if (unreachable.Count == 0)
        {
            if (destination.Refused(failure.ToString(), inTheWay) is var answer and not Refusal.Rests)
            {
                refused = answer;
                return false;
            }
            LogUnreachable(destination.Name, failure.ToString(), destination.Rest);
        }
        unreachable[(route, demands)] = failure;
        return true;
    }

    private async ValueTask RecordAsync(QueueLease lease, List<RecipientOutcome> outcomes)
    {
        var reading = new AttemptReading(await tools.ScheduleAsync(CancellationToken.None), lease.Message, tools.Clock.Now);
        var results = new List<AttemptResult>(outcomes.Count);
        var trace = new List<TraceEvent>(outcomes.Count);
        foreach (var outcome in outcomes)
        {
            var result = reading.Result(outcome);
            results.Add(result);
            trace.Add(reading.Trace(outcome, result));
        }
        var recorded = await RecordAsync(lease, results, trace);
        if (recorded < results.Count) LogNotRecorded(lease.Message.Id.Value, results.Count - recorded);
        Tell(lease.Message, results);
        if (results.Any(result => result.Report != QueueReport.None)) tools.ReportOwed();
        await NoteBouncesAsync(lease.Message, outcomes);
    }

    /// <summary>What the peer said is recorded, and until it is, nobody sends the message again: the lease is held while the store has no room.</summary>
    private async ValueTask<int> RecordAsync(QueueLease lease, List<AttemptResult> results, List<TraceEvent> trace)
    {
        while (true)
        {
            try
            {
                return (await tools.Queue.RecordAsync(lease, results, trace, CancellationToken.None)).Count;
            }
            catch (Exception e) when (e is StoreFullException or StoreFailedException)
            {
                LogRecord(e, lease.Message.Id.Value);
                await Task.Delay(RecordAgain, tools.Time, broken);
            }
        }
    }

    private void Tell(QueueMessage message, List<AttemptResult> results)
    {
        int delivered = 0, waiting = 0, failed = 0;
        foreach (var result in results)
        {
            if (result.State == QueueState.Delivered) delivered++;
            else if (result.State == QueueState.Failed) failed++;
            else waiting++;
        }
        QueueMetrics.Attempted(delivered, waiting, failed);
        if (log.IsEnabled(LogLevel.Information))
            LogAttempted(message.Id.Value, message.Transaction, destination.Name, delivered, waiting, failed, results[0].Host, results[0].Answer);
    }

    // Of what people sent: an address that is refused again and again is written to no more.
    private async ValueTask NoteBouncesAsync(QueueMessage message, List<RecipientOutcome> outcomes)
    {
        if (message is not { Account: { } account, Kind: "mail" }) return;
        foreach (var (recipient, outcome, _, _) in outcomes)
            if (outcome is { Verdict: AttemptVerdict.PermanentFailure, IsRemote: true, EnhancedCode: "5.1.1" })
                await tools.Suppressed.NoteHardBounceAsync(account, recipient.Address, outcome.ToString(), CancellationToken.None);
    }

    private async ValueTask ReleaseAsync(QueueLease lease)
    {
        try
        {
            await tools.Queue.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e, destination.Name); // it ends by itself
        }
    }

    private async ValueTask CloseAsync()
    {
        var open = kept;
        kept = null;
        if (open is not null) await open.Session.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Information, "Queue message {Message} ({Transaction}) to {Destination}: {Delivered} delivered, {Waiting} wait, {Failed} failed; {Host}: {Answer}", EventName = "queue.attempted")]
    private partial void LogAttempted(long message, string transaction, string destination, int delivered, int waiting, int failed, string host, string answer);

    [LoggerMessage(LogLevel.Information, "{Destination} cannot be reached and rests for {Rest}: {Why}", EventName = "queue.unreachable")]
    private partial void LogUnreachable(string destination, string why, TimeSpan rest);

    [LoggerMessage(LogLevel.Warning, "Queue message {Message}: {Count} results were not recorded, another process has the recipients", EventName = "queue.fenced")]
    private partial void LogNotRecorded(long message, int count);

    [LoggerMessage(LogLevel.Error, "Queue message {Message}: what came of its attempt could not be recorded; it is held and recorded later", EventName = "queue.record.failed")]
    private partial void LogRecord(Exception e, long message);

    [LoggerMessage(LogLevel.Error, "Queue message {Message}: the attempt to {Destination} failed here", EventName = "queue.attempt.failed")]
    private partial void LogAttempt(Exception e, long message, string destination);

    [LoggerMessage(LogLevel.Error, "Sending to {Destination} failed", EventName = "queue.lane.failed")]
    private partial void LogFailed(Exception e, string destination);
}
