using Facteur.Delivery.Queue;
using Facteur.Storage;
using Facteur.Storage.Crashes;
using Facteur.Storage.MailboxEvents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Sieve.Events;

/// <summary>
/// Runs the scripts that are bound to mailboxes for what happened there (RFC 6785), behind the commands that did it: one script at a time, some messages of each
/// account in turn, those of one account in order. What waits is in the store, so that a restart neither loses a message nor does twice what its script
/// decided; a script that decided nothing may run again for it.
/// </summary>
public sealed partial class MailboxEventRunner(MailHandoff handoff, ILogger<MailboxEventRunner>? log = null) : BackgroundService
{
    private const int MaxAccounts = 100;

    /// <summary>Messages of one account before the next account has its turn.</summary>
    private const int MaxMessages = 50;

    /// <summary>How often a message is tried whose script cannot be run for a fault of ours.</summary>
    private const int MaxTries = 3;

    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private readonly Bell bell = new(handoff.Time);
    private readonly ILogger log = log ?? NullLogger<MailboxEventRunner>.Instance;
    private (MailboxEventId Event, Uid Uid, int Tries) failing;

    private MailStore Store => handoff.Store;

    /// <summary>Runs what waits, until nothing does; answers for how many messages.</summary>
    public async ValueTask<int> RunWaitingAsync(CancellationToken cancel)
    {
        var count = 0;
        while (await Store.Events.NextAsync(MaxAccounts, cancel) is { Count: > 0 } waiting)
            foreach (var one in waiting) count += await TurnAsync(one, cancel);
        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Store.Events.Added += bell.Ring;
        try
        {
            await bell.RunAsync(RoundAsync, stoppingToken);
        }
        finally
        {
            Store.Events.Added -= bell.Ring;
        }
    }

    private async ValueTask<TimeSpan> RoundAsync(CancellationToken cancel)
    {
        try
        {
            await RunWaitingAsync(cancel);
            return Timeout.InfiniteTimeSpan;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
            return AfterFailure;
        }
    }

    private async ValueTask<int> TurnAsync(MailboxEvent one, CancellationToken cancel)
    {
        try
        {
            if (await EventScript.FindAsync(handoff.Services, one, cancel) is not { } script)
            {
                await Store.Events.FinishAsync(new MailboxEventStep(one.Id, new Uid(one.Uids[^1].Last)), cancel);
                return 0;
            }
            using var view = await Store.OpenViewAsync(one.Mailbox, cancel);
            return await RunAsync(one, new EventRun(handoff, script, one), view, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason is StoreRefusal.StateMismatch or StoreRefusal.NoSuchMailbox or StoreRefusal.NoSuchAccount)
        {
            return 0; // the mailbox went meanwhile, and the event with it
        }
    }

    private async ValueTask<int> RunAsync(MailboxEvent one, EventRun run, MailboxView view, CancellationToken cancel)
    {
        var (count, start) = (0, handoff.Time.GetTimestamp());
        Uid? done = null;
        try
        {
            foreach (var uid in Uids(one))
            {
                if (count == MaxMessages || (count > 0 && handoff.Time.GetElapsedTime(start) > LongestTurn)) break;
                var snapshot = await view.RefreshAsync(cancel);
                var place = snapshot.IndexOf(uid);
                if (place >= 0) count++;
                done = place >= 0 && await RunAsync(one, run, snapshot, place, cancel) ? null : uid;
            }
        }
        finally
        {
            if (done is { } last) await Store.Events.FinishAsync(new MailboxEventStep(one.Id, last), cancel);
        }
        return count;
    }

    /// <summary>True when the step is noted. What fails time after time is passed over: nothing of it is done, and what waits behind it goes on.</summary>
    private async ValueTask<bool> RunAsync(MailboxEvent one, EventRun run, MailboxSnapshot snapshot, int place, CancellationToken cancel)
    {
        var entry = snapshot[place];
        if (Store.Crashes.IsQuarantined(RiskyWork.Script, entry.Email.Value))
        {
            LogQuarantined(CrashStore.Limit, one.Account.Value, entry.Uid.Value);
            return false;
        }
        await using var turn = await Store.Crashes.TurnAsync(new WorkItem(RiskyWork.Script, entry.Email.Value), cancel);
        using var mark = turn.Mark();
        try
        {
            return await run.RunAsync(entry.Uid, Names(entry.Flags, snapshot.Keywords), cancel);
        }
        catch (Exception e) when (e is DamagedMessageException or InvalidDataException)
        {
            LogPassedOver(e, one.Account.Value, entry.Uid.Value);
            return false;
        }
        catch (Exception e) when (e is not (OperationCanceledException or StoreRefusedException))
        {
            failing = (failing.Event, failing.Uid) == (one.Id, entry.Uid) ? failing with { Tries = failing.Tries + 1 } : (one.Id, entry.Uid, 1);
            if (failing.Tries < MaxTries) throw;
            LogPassedOver(e, one.Account.Value, entry.Uid.Value);
            return false;
        }
    }

    private static IEnumerable<Uid> Uids(MailboxEvent one)
    {
        foreach (var range in one.Uids)
            for (var uid = range.First; uid <= range.Last; uid++) yield return new Uid(uid);
    }

    private static List<string> Names(MessageFlags flags, KeywordTable keywords)
    {
        var names = flags.SystemNames();
        for (var i = 0; i < keywords.Names.Count; i++)
            if (flags.Has(MessageFlags.Keyword(i)) && keywords.Names[i] is { } name) names.Add(name);
        return names;
    }

    [LoggerMessage(LogLevel.Error, "Scripts of mailbox events could not be run; it is tried again in a minute", EventName = "sieve.events.failed")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(LogLevel.Warning, "The server ended {Crashes} times while a script of account {Account} ran for message {Uid}; it is passed over", EventName = "quarantine.script")]
    private partial void LogQuarantined(int crashes, long account, uint uid);

    [LoggerMessage(LogLevel.Error, "No script of account {Account} ran for an event of message {Uid}", EventName = "sieve.events.passed")]
    private partial void LogPassedOver(Exception e, long account, uint uid);
}
