using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Reports;

/// <summary>Writes counts to the store each minute, and sends the reports of yesterday some time after midnight UTC, then hourly what could not be sent.</summary>
public sealed partial class ReportService(ReportLedger ledger, ReportRun run, TimeProvider time, ReportOptions options, Random random, ILogger<ReportService> logger) : BackgroundService
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RunInterval = TimeSpan.FromHours(1);

    /// <summary>Writes what is still in memory before the store closes.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await StepAsync(ledger.FlushAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // After a start, days that were left over go soon: all are past midnight.
        var next = time.GetUtcNow() + FlushInterval;
        using var timer = new PeriodicTimer(FlushInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await StepAsync(ledger.FlushAsync, stoppingToken);
            var now = time.GetUtcNow();
            if (now < next) continue;
            await StepAsync(async cancel => await run.RunAsync(cancel), stoppingToken);
            next = Next(now);
        }
    }

    // In an hour; or, past the next midnight, at a moment of its own.
    private DateTimeOffset Next(DateTimeOffset now)
    {
        var midnight = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        return now + RunInterval < midnight ? now + RunInterval : midnight + options.MaxDelay * random.NextDouble();
    }

    private async ValueTask StepAsync(Func<CancellationToken, ValueTask> step, CancellationToken cancel)
    {
        try
        {
            await step(cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(LogLevel.Error, "Reports failed; they are tried again")]
    private partial void LogFailed(Exception e);
}
