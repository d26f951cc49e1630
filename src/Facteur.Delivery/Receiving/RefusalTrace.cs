using System.Threading.Channels;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Recipients;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// Writes what was refused into the trace, in the background and together: a host that guesses addresses must cost no commit each.
/// When more comes than can be written, the oldest rows go: a refusal is in the log as well.
/// </summary>
public sealed partial class RefusalTrace(TraceStore trace, TimeProvider time, ILogger<RefusalTrace> logger) : BackgroundService
{
    private const int MaxWaiting = 10_000;
    private const int MaxTogether = 500;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(500);

    private readonly Channel<TraceEvent> waiting = Channel.CreateBounded<TraceEvent>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly ILogger logger = logger;

    /// <summary>A recipient was refused, or the message for it.</summary>
    internal void Refused(SmtpPeer peer, Envelope envelope, RoutedRecipient routed, SmtpRefusal refusal, DateTimeOffset at, AuthenticationSummary? summary = null, FilterVerdict? verdict = null)
    {
        var recipient = routed.Recipient.Address.ToString();
        if (peer.Account is { } sender) Add(TraceRows.Refused(at, peer, envelope, recipient, sender.Id, refusal, summary, verdict));
        else if (routed.Local.Count == 0) Add(TraceRows.Refused(at, peer, envelope, recipient, null, refusal, summary, verdict));
        foreach (var local in routed.Local) Add(TraceRows.Refused(at, peer, envelope, recipient, local.Account.Id, refusal, summary, verdict));
    }

    public void Add(TraceEvent row) => waiting.Writer.TryWrite(row);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        while (await WriteAsync(CancellationToken.None))
        {
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gather, time, stoppingToken);
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What waits is written by StopAsync.
        }
    }

    /// <summary>False when nothing waited.</summary>
    private async ValueTask<bool> WriteAsync(CancellationToken cancel)
    {
        var rows = new List<TraceEvent>();
        while (rows.Count < MaxTogether && waiting.Reader.TryRead(out var row)) rows.Add(row);
        if (rows.Count == 0) return false;
        try
        {
            await trace.AppendAsync(rows, cancel);
        }
        catch (Exception e) when (e is StoreFullException or StoreFailedException or StoreRefusedException)
        {
            LogLost(e, rows.Count);
        }
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} refusals could not be written into the trace", EventName = "trace.lost")]
    private partial void LogLost(Exception e, int count);
}
