using Facteur.Storage;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Queue;

/// <summary>Removes finished messages, old rows of the trace and learnt state that has ended, a little at a time.</summary>
public sealed partial class QueueRetention(
    QueueStore queue, TraceStore trace, MailStore store, QueueOptions options, TimeProvider time, ILogger<QueueRetention>? log = null) : BackgroundService
{
    private const int Step = 500;
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    private readonly ILogger log = log ?? NullLogger<QueueRetention>.Instance;

    private readonly SettingDocuments<QueueDocument> settings = new(store.Settings, store.Directory, "queue", log ?? NullLogger<QueueRetention>.Instance);

    /// <summary>One round; answers how much went.</summary>
    public async ValueTask<int> PurgeAsync(CancellationToken cancel)
    {
        var document = await settings.SiteAsync(cancel);
        var keep = document is { KeepDays: { } days } && document.Fault() is null ? TimeSpan.FromDays(days) : options.KeepFinished;
        var now = time.GetUtcNow();
        var gone = await EachAsync(max => queue.PurgeAsync(now - keep, max, cancel), cancel);
        gone += await EachAsync(max => trace.PurgeAsync(now - keep, max, cancel), cancel);
        return gone + await EachAsync(max => store.State.PurgeAsync(now, max, cancel), cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                try
                {
                    await PurgeAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogFailed(e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // Others write between two steps.
    private async ValueTask<int> EachAsync(Func<int, ValueTask<int>> purge, CancellationToken cancel)
    {
        var gone = 0;
        while (true)
        {
            var step = await purge(Step);
            gone += step;
            if (step < Step) return gone;
            await Task.Delay(Breath, time, cancel);
        }
    }

    [LoggerMessage(LogLevel.Error, "Finished messages could not be removed; it is tried again in an hour", EventName = "queue.purge.failed")]
    private partial void LogFailed(Exception e);
}
