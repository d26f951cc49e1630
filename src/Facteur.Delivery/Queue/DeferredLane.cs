using Facteur.Storage;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Queue;

/// <summary>Takes messages whose time has come, one after another, and has them delivered; where that fails they stay, and are looked at again after a rest.</summary>
/// <param name="roomGrew">Told when more lanes may work than before.</param>
internal sealed partial class DeferredLane(
    LaneTools tools, IDeferredMail deferred, Destination destination, Action roomGrew, CancellationToken stopping, CancellationToken broken)
{
    private readonly ILogger log = tools.Log;
    private bool hasEnded;

    /// <summary>Work until there is none.</summary>
    /// <param name="mayGoOn">Asked after each message.</param>
    public async Task RunAsync(Func<bool> mayGoOn)
    {
        try
        {
            while (!stopping.IsCancellationRequested && await NextAsync() && mayGoOn())
            {
            }
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested)
        {
        }
        finally
        {
            if (!hasEnded) destination.End();
        }
    }

    /// <summary>Delivers one message; false when none is due, or they rest.</summary>
    private async ValueTask<bool> NextAsync()
    {
        // All recipients together: what is taken back is taken back from all of them.
        if (await tools.Leases.TakeAsync(destination.Name, int.MaxValue, broken) is not { } held) return false;
        try
        {
            if (await tools.Quarantine.HoldAsync(held.Lease, held.Lost)) return true;
            await using (var turn = await tools.Quarantine.TurnAsync(held.Lease.Message, destination.Name, held.Lost))
            using (turn.Mark())
                await deferred.ReleaseAsync(held.Lease, await tools.ScheduleAsync(held.Lost), tools.Clock.Now, held.Lost);
            if (destination.Answered()) roomGrew();
            tools.ReportOwed();
            return true;
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested)
        {
            if (!held.IsLost) await tools.Queue.ReleaseAsync(held.Lease, CancellationToken.None);
            return false;
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.StateMismatch)
        {
            return true; // another process has it
        }
        catch (Exception e)
        {
            LogFailed(e, held.Lease.Message.Id.Value);
            hasEnded = destination.Refused("a message whose time had come could not be delivered", []) is Refusal.Fewer;
            await tools.Queue.ReleaseAsync(held.Lease, CancellationToken.None);
            return false;
        }
        finally
        {
            tools.Leases.Drop(held);
        }
    }

    [LoggerMessage(LogLevel.Error, "Queue message {Message}: its time has come, and it could not be delivered; it is tried again", EventName = "queue.deferred.failed")]
    private partial void LogFailed(Exception e, long message);
}
