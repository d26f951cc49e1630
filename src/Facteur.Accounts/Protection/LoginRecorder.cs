using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Accounts;

/// <summary>Writes, behind the logins and together, what they leave: history, last uses of credentials, known clients, blocked addresses; at the stop as well.</summary>
public sealed partial class LoginRecorder(LoginService logins, TimeProvider time, ILogger<LoginRecorder> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // The first session has to be offered the mechanisms that can work.
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await logins.LookElsewhereAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await WriteAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    // Here and not at the end of the work: a service that is stopped at once has never begun it.
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(CancellationToken.None);
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        try
        {
            await logins.FlushAsync(cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e); // what was not written waits for the next turn
        }
    }

    [LoggerMessage(LogLevel.Error, "What logins leave could not be written; it is tried again", EventName = "LoginRecordFailed")]
    private partial void LogFailed(Exception e);
}
