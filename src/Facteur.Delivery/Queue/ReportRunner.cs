using Facteur.Delivery.Bounces;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Crashes;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Queue;

/// <summary>Signs a message that this server wrote: header fields with their CRLF that go before it.</summary>
/// <param name="from">The address in From.</param>
public delegate ValueTask<ReadOnlyMemory<byte>> MessageSigner(string from, IMessageSource message, CancellationToken cancel);

/// <summary>
/// Sends the reports that senders are owed: one message for all recipients of a message, into their mailbox or back by the queue.
/// The report and "nothing is owed any more" are one commit: none is lost, none is sent twice.
/// </summary>
public sealed partial class ReportRunner(
    QueueStore queue, MailStore store, OutboundSubmission outbound, IReversePath reverse, string hostName, QueueOptions options, TimeProvider time,
    MessageSigner? signer = null, ILogger<ReportRunner>? log = null) : BackgroundService
{
    private const int Batch = 50;

    /// <summary>Reports come together: this much is waited after each look.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);

    /// <summary>A report that could not be written or placed is tried again after this.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    private readonly ILogger log = log ?? NullLogger<ReportRunner>.Instance;
    private readonly ServerMail mail = new(store, time);
    private readonly Bell bell = new(time);
    private readonly Dictionary<QueueId, long> failed = [];

    /// <summary>A report may be owed now.</summary>
    public void Wake() => bell.Ring();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        queue.WorkAdded += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var more = false;
                try
                {
                    more = await PassAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogPass(e);
                }
                await Task.Delay(Gap, time, stoppingToken);
                if (!more) await bell.WaitAsync(options.SafetyPoll, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            queue.WorkAdded -= Wake;
        }
    }

    /// <summary>Sends what is owed; true when there may be more.</summary>
    private async ValueTask<bool> PassAsync(CancellationToken cancel)
    {
        foreach (var (id, since) in failed)
            if (time.GetElapsedTime(since) >= Again) failed.Remove(id);
        var owed = await queue.OwedReportsAsync(time.GetUtcNow(), options.ReportPatience, Batch + failed.Count, cancel);
        foreach (var one in owed)
        {
            if (failed.ContainsKey(one.Message.Id)) continue;
            try
            {
                await SendAsync(one, cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed[one.Message.Id] = time.GetTimestamp();
                LogFailed(e, one.Message.Id.Value);
            }
        }
        return owed.Count >= Batch + failed.Count;
    }

    private async ValueTask SendAsync(OwedReport owed, CancellationToken cancel)
    {
        if (store.Crashes.IsQuarantined(RiskyWork.Report, owed.Message.Id.Value))
        {
            await DropAsync(owed, $"the server ended {CrashStore.Limit} times while it wrote the report about this message; nobody is told", cancel);
            LogQuarantined(owed.Message.Id.Value, CrashStore.Limit, owed.Message.Sender);
            return;
        }
        await using var turn = await store.Crashes.TurnAsync(new WorkItem(RiskyWork.Report, owed.Message.Id.Value), cancel);
        using (turn.Mark()) await WriteAsync(owed, cancel);
    }

    private async ValueTask WriteAsync(OwedReport owed, CancellationToken cancel)
    {
        var places = ReportComposer.MayReport(owed.Message)
            ? await reverse.FindAsync(owed.Message.Sender, owed.Message.Account, cancel)
            : new ReportPlaces([], []);
        var targets = await mail.TargetsAsync(places.Accounts, cancel);
        if (targets.Count == 0 && places.Addresses.Count == 0)
        {
            await DropAsync(owed, "nobody can be told that the message was not delivered", cancel);
            LogNobody(owed.Message.Id.Value, owed.Message.Sender);
        }
        else await DeliverAsync(owed, targets, places.Addresses, cancel);
    }

    private async ValueTask DeliverAsync(OwedReport owed, List<DeliveryTarget> targets, IReadOnlyList<string> addresses, CancellationToken cancel)
    {
        var settings = await SettingsAsync(owed.Message, returnsToUs: addresses.Count == 0, cancel);
        var (report, octets) = await ComposeAsync(owed, settings, cancel);
        var queued = new List<QueueSubmission>(1);
        if (addresses.Count > 0)
        {
            var prefix = signer is null ? default : await signer(settings.From, new MemoryMessage(octets), cancel);
            // RFC 3461 §6.1: from nobody, and nobody is told what becomes of it.
            queued.Add(await outbound.PrepareAsync(Message(owed.Message, report, prefix), [.. addresses.Select(address => new OutboundRecipient(address, DsnNotify.Never))], cancel));
        }
        await using var intake = await mail.TakeInAsync(octets, cancel);
        await store.DeliverAsync([new Storage.Delivery(intake, targets) { Queued = queued, Reported = Ids(owed), Trace = Trace(owed, queued) }], cancel);
        if (log.IsEnabled(LogLevel.Information)) LogSent(owed.Message.Id.Value, owed.Message.Sender, owed.Recipients.Count);
    }

    private async ValueTask<(ComposedReport Report, ReadOnlyMemory<byte> Octets)> ComposeAsync(OwedReport owed, ReportSettings settings, CancellationToken cancel)
    {
        using var output = new MemoryStream();
        await using var original = await store.OpenBodyAsync(owed.Message.Content, cancel);
        var report = await ReportComposer.WriteAsync(owed, settings, original, time.GetLocalNow(), output, cancel);
        return (report, output.GetBuffer().AsMemory(0, (int)output.Length));
    }

    /// <summary>Nobody is told: an entry that failed from the start keeps that for the administrator.</summary>
    private async ValueTask DropAsync(OwedReport owed, string why, CancellationToken cancel)
    {
        await using var intake = await mail.TakeInAsync("Subject: report that nobody can be sent\r\n\r\n"u8.ToArray(), cancel);
        var recipient = new NewQueueRecipient(owed.Message.Sender, "", DsnNotify.Never, null) { State = QueueState.Failed, Answer = why };
        var message = new QueueMessage { Transaction = owed.Message.Transaction, Sender = "", Kind = "report", Created = time.GetUtcNow(), SkipOctets = ServerMail.SkipOctets };
        await store.DeliverAsync([new Storage.Delivery(intake, []) { Queued = [new QueueSubmission(message, [recipient])], Reported = Ids(owed) }], cancel);
    }

    private async ValueTask<ReportSettings> SettingsAsync(QueueMessage message, bool returnsToUs, CancellationToken cancel)
    {
        var domain = RouteTable.DomainOf(message.Sender);
        var isOurs = domain is not null && await store.Directory.FindDomainAsync(domain, cancel) is not null;
        return new ReportSettings
        {
            HostName = hostName,
            From = "postmaster@" + (isOurs ? domain : hostName),
            ReturnsToUs = returnsToUs,
            TriedFor = options.Schedule.GiveUp,
        };
    }

    private static QueueMessage Message(QueueMessage about, ComposedReport report, ReadOnlyMemory<byte> prefix) => new()
    {
        Transaction = about.Transaction,
        Sender = "",
        Body = report.Body,
        SmtpUtf8 = report.NeedsSmtpUtf8,
        RequireTls = report.RequireTls,
        TlsOptional = about.TlsOptional,
        Prefix = prefix,
        SkipOctets = ServerMail.SkipOctets,
        MessageId = report.MessageId,
        Subject = report.Subject,
        Locale = about.Locale,
        Kind = "report",
    };

    private List<TraceEvent> Trace(OwedReport owed, List<QueueSubmission> queued)
    {
        var message = owed.Message;
        var kinds = owed.Recipients.Select(recipient => recipient.Owed).Where(kind => kind != QueueReport.None).Distinct().Select(Name);
        var now = time.GetUtcNow();
        List<TraceEvent> rows =
        [
            new(now, TraceKind.Reported, message.Account, message.Transaction, message.MessageId, message.Sender, message.Sender, [new("kind", string.Join(", ", kinds))]) { Queue = message.Id },
        ];
        foreach (var submission in queued)
            foreach (var recipient in submission.Recipients)
                rows.Add(new(now, TraceKind.Queued, message.Account, message.Transaction, submission.Message.MessageId, "", recipient.Address, []));
        return rows;
    }

    private static string Name(QueueReport report) => report switch
    {
        QueueReport.Failure => "failed",
        QueueReport.Delay => "delayed",
        QueueReport.Success => "delivered",
        QueueReport.Relayed => "relayed",
        _ => "expanded",
    };

    private static QueueRecipientId[] Ids(OwedReport owed) => [.. owed.Recipients.Select(recipient => recipient.Id)];

    [LoggerMessage(LogLevel.Information, "Queue message {Message}: a report about {Recipients} recipients goes to <{Sender}>", EventName = "queue.reported")]
    private partial void LogSent(long message, string sender, int recipients);

    [LoggerMessage(LogLevel.Warning, "Queue message {Message}: <{Sender}> cannot be told that it was not delivered", EventName = "queue.report.nobody")]
    private partial void LogNobody(long message, string sender);

    [LoggerMessage(LogLevel.Warning, "Queue message {Message}: the server ended {Crashes} times while it wrote the report to <{Sender}>; it is not written", EventName = "quarantine.report")]
    private partial void LogQuarantined(long message, int crashes, string sender);

    [LoggerMessage(LogLevel.Error, "Queue message {Message}: its report failed; it is tried again later", EventName = "queue.report.failed")]
    private partial void LogFailed(Exception e, long message);

    [LoggerMessage(LogLevel.Error, "Reports that are owed could not be looked for", EventName = "queue.report.pass")]
    private partial void LogPass(Exception e);
}
