using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap.Push;

/// <summary>A subscription at work: its code is sent once, and once that came back, what changes for its user. One message is on its way at a time.</summary>
internal sealed class PushClient : IDisposable
{
    private const int MaxCodeAttempts = 3;

    // So that a message with every type of so many accounts fits the record of an encrypted one.
    private const int MaxAccounts = 5;

    private static readonly TimeSpan codeTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan changeTime = TimeSpan.FromDays(1);

    private readonly PushPace pace;
    private readonly TimeProvider time;
    private readonly Action<PushClient> ready;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private PushListener? listener;
    private int codeAttempts;
    private bool isQueued;
    private bool isRemoved;

    /// <param name="ready">Called when something is to be sent now; then <see cref="SendAsync"/> is, once.</param>
    public PushClient(PushSubscription subscription, TimeProvider time, Action<PushClient> ready)
    {
        (Subscription, this.time, this.ready, pace) = (subscription, time, ready, new PushPace(time));
        timer = time.CreateTimer(static client => ((PushClient)client!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public PushSubscription Subscription { get; set; }

    public bool IsRemoved => Volatile.Read(ref isRemoved);

    private bool HasWork => Subscription.IsVerified ? listener?.HasChanges == true : codeAttempts is > 0 and <= MaxCodeAttempts;

    /// <summary>Sends the code, now.</summary>
    public void SendCode()
    {
        codeAttempts = 1;
        Wake();
    }

    /// <summary>Listens from now on, instead of as before.</summary>
    public async ValueTask ListenAsync(PushHub hub, AccountRecord account, CancellationToken cancel)
    {
        var user = new JmapUser(
            new Account(account.Id, account.Address, account.DisplayName) { Member = Subscription.Person == account.Id ? null : Subscription.Person }, account.Address) { Login = Subscription.Login };
        var types = Subscription.Types is { } names ? hub.Types.Read(names) : PushTypeSet.All;
        var begun = await hub.ListenAsync(user, types, null, Wake, cancel);
        PushListener? former;
        lock (gate) (former, listener) = (isRemoved ? begun : listener, isRemoved ? null : begun);
        former?.Dispose();
    }

    /// <summary>Sends what there is; false when the subscription is to be removed.</summary>
    public async ValueTask<bool> SendAsync(PushSender sender, CancellationToken cancel)
    {
        try
        {
            if (IsRemoved) return true;
            if (!Subscription.IsVerified) return await SendCodeAsync(sender, cancel);
            if (listener?.Take(MaxAccounts) is not { } change) return true;
            var isUrgent = change.Accounts.Any(one => (one.Types & PushTypeSet.EmailDelivery) != 0);
            var (outcome, retryAfter) = await sender.PostAsync(Subscription, json => change.Write(json), isUrgent, changeTime, cancel);
            if (outcome != PushOutcome.Taken) listener?.Return(change);
            return Note(outcome, retryAfter);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            pace.Failed(isTooMany: false, null);
            throw;
        }
        finally
        {
            lock (gate) isQueued = false;
            if (HasWork) Wake();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isRemoved = true;
            timer.Dispose();
            listener?.Dispose();
            listener = null;
        }
    }

    private async ValueTask<bool> SendCodeAsync(PushSender sender, CancellationToken cancel)
    {
        var (outcome, retryAfter) = await sender.PostAsync(
            Subscription,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("@type"u8, "PushVerification"u8);
                json.WriteString("pushSubscriptionId"u8, Subscription.Id);
                json.WriteString("verificationCode"u8, Subscription.Code);
                json.WriteEndObject();
            },
            isUrgent: true, codeTime, cancel);
        codeAttempts = outcome == PushOutcome.Taken ? MaxCodeAttempts + 1 : codeAttempts + 1;
        return Note(outcome, retryAfter);
    }

    private bool Note(PushOutcome outcome, TimeSpan? retryAfter)
    {
        if (outcome == PushOutcome.Taken) pace.Taken();
        else pace.Failed(outcome == PushOutcome.TooMany, retryAfter);
        return outcome != PushOutcome.Gone && !pace.IsHopeless;
    }

    private void Wake()
    {
        lock (gate)
        {
            if (isQueued || isRemoved) return;
            var wait = pace.NotBefore - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                timer.Change(wait, Timeout.InfiniteTimeSpan);
                return;
            }
            isQueued = true;
        }
        ready(this);
    }
}
