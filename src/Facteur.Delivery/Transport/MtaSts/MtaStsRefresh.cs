using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Transport;

/// <summary>Fetches kept policies again while they are good, so that one blocked day does not end the protection (RFC 8461 §3.3, §10.2).</summary>
public sealed partial class MtaStsRefresh(MtaStsPolicies policies, TimeProvider time, ILogger<MtaStsRefresh>? logger = null) : BackgroundService
{
    /// <summary>How often it looks for policies that were not fetched for a day.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly ILogger logger = logger ?? NullLogger<MtaStsRefresh>.Instance;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await policies.RefreshAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e); // the next hour may do better
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Kept MTA-STS policies could not be fetched again")]
    private partial void LogFailed(Exception e);
}
