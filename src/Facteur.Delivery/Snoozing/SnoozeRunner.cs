using Facteur.Delivery.Queue;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Snoozing;

/// <summary>
/// Brings back what was put off until now. One timer waits for the next of all accounts; what fell due while the server was off comes back at its start. An email
/// is brought back and no longer due in one commit, so that it comes back once, whenever the server ends.
/// </summary>
public sealed partial class SnoozeRunner(MailStore store, TimeProvider time, ILogger<SnoozeRunner>? log = null) : BackgroundService
{
    /// <summary>Of one commit: others write in between.</summary>
    private const int Step = 100;

    /// <summary>The clock of the machine may be set while the timer runs: it is looked at that often, while anything is due at all.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>By how much one is put off anew that cannot come back as things are.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);

    private readonly Bell bell = new(time);
    private readonly ILogger log = log ?? NullLogger<SnoozeRunner>.Instance;

    /// <summary>Brings back all that is due; answers how many came.</summary>
    public async ValueTask<int> WakeDueAsync(CancellationToken cancel)
    {
        var woken = 0;
        while (true)
        {
            var now = time.GetUtcNow();
            var due = await store.Snoozes.DueAsync(now, Step, cancel);
            foreach (var ofAccount in due.GroupBy(one => one.Account)) woken += await WakeAsync(ofAccount.Key, [.. ofAccount], now, cancel);
            if (due.Count < Step) return woken;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.Snoozes.Changed += bell.Ring;
        try
        {
            await bell.RunAsync(RoundAsync, stoppingToken);
        }
        finally
        {
            store.Snoozes.Changed -= bell.Ring;
        }
    }

    /// <summary>One round; answers how long to wait for the next.</summary>
    private async ValueTask<TimeSpan> RoundAsync(CancellationToken cancel)
    {
        try
        {
            var woken = await WakeDueAsync(cancel);
            if (await store.Snoozes.NextDueAsync(cancel) is not { } next) return Timeout.InfiniteTimeSpan;
            var wait = next - time.GetUtcNow();
            // What is due and did not come is of an account that is being removed, or fell due this moment.
            if (wait <= TimeSpan.Zero) return woken > 0 ? TimeSpan.Zero : Breath;
            return wait < LongestWait ? wait : LongestWait;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
            return AfterFailure;
        }
    }

    private async ValueTask<int> WakeAsync(AccountId account, List<SnoozeRecord> due, DateTimeOffset now, CancellationToken cancel)
    {
        EmailsUpdated done;
        try
        {
            done = await store.Emails.UpdateAsync(account, null, due.ConvertAll(one => new EmailUpdate(one.Email) { WakeBy = now }), cancel);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.NoSuchAccount)
        {
            return 0; // being removed: its emails go, and these with them
        }
        var stuck = due.Where((_, i) => done.Outcomes[i] == EmailOutcome.TooManyKeywords).ToList();
        if (stuck.Count > 0)
        {
            LogStuck(account.Value, stuck.Count);
            await store.Emails.UpdateAsync(account, null, stuck.ConvertAll(one => new EmailUpdate(one.Email) { Snooze = new EmailSnooze(now + Again, one.MarkUnread) }), cancel);
        }
        return done.Outcomes.Count(outcome => outcome == EmailOutcome.Done);
    }

    [LoggerMessage(LogLevel.Error, "Emails that were put off could not be brought back; it is tried again in a minute", EventName = "snooze.failed")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(LogLevel.Warning, "The inbox of account {Account} has no room for the keywords of {Count} emails that are to come back; it is tried again in an hour", EventName = "snooze.stuck")]
    private partial void LogStuck(long account, int count);
}
