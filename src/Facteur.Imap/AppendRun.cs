using Facteur.Imap.Commands;
using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>The messages of one APPEND on their way into the store. Disposed without <see cref="DeliverAsync"/> it leaves nothing there.</summary>
internal sealed class AppendRun(ImapSession session, AppendStart start) : IAsyncDisposable
{
    private readonly List<Delivery> deliveries = [];
    private readonly List<MessageIntake> intakes = [];
    private Mailbox? target;
    private long octets;

    /// <summary>Why the command will be refused; octets that still come are passed over.</summary>
    public Exception? Refusal { get; private set; } = start.Error;

    /// <summary>Looks at what can be known before the octets of a message come: the mailbox, the limits, the quota.</summary>
    public async ValueTask CheckAsync(AppendItem item, CancellationToken cancel)
    {
        if (Refusal is not null) return;
        try
        {
            target ??= await session.FindTargetAsync(start.Mailbox, cancel);
            // A message of no octets gives up all of them (RFC 3502 §3).
            if (item.Literal.Length == 0) throw new ImapRefusedException("CANNOT", "a message has at least one octet");
            if (item.Literal.Length > (ulong)session.Options.AppendLimitOctets) throw new ImapRefusedException("TOOBIG", "the message is too large"); // RFC 7889 §4
            if (intakes.Count == session.Options.MaxAppendMessages) throw new ImapRefusedException("LIMIT", "too many messages in one command");
            octets += (long)item.Literal.Length;
            var quota = await session.Store.GetQuotaAsync(session.Account.Id, cancel);
            if (quota.LimitOctets is { } limit && quota.UsedOctets + octets > limit) throw new StoreRefusedException(StoreRefusal.OverQuota, "over quota");
        }
        catch (Exception e) when (e is not (ImapEndedException or OperationCanceledException))
        {
            Refusal = e;
        }
    }

    /// <summary>A message begins; its octets follow.</summary>
    public void Begin(AppendItem item)
    {
        if (Refusal is null) intakes.Add(session.Store.BeginMessage((long)item.Literal.Length));
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (Refusal is not null) return;
        try
        {
            await intakes[^1].WriteAsync(bytes, cancel);
        }
        catch (Exception e) when (e is not (ImapEndedException or OperationCanceledException))
        {
            Refusal = e;
        }
    }

    public async ValueTask EndAsync(AppendItem item, CancellationToken cancel)
    {
        if (Refusal is not null) return;
        try
        {
            await intakes[^1].CompleteAsync(cancel);
            var date = item.InternalDate ?? session.Time.GetLocalNow();
            deliveries.Add(new Delivery(intakes[^1], [new DeliveryTarget(target!.Id, item.Flags, date)]) { Person = session.Person });
        }
        catch (Exception e) when (e is not (ImapEndedException or OperationCanceledException))
        {
            Refusal = e;
        }
    }

    public void Refuse(Exception why) => Refusal ??= why;

    /// <summary>Makes all messages durable; throws the refusal when there is one.</summary>
    public async ValueTask<DeliveryReceipt> DeliverAsync(CancellationToken cancel)
    {
        if (Refusal is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(Refusal);
        try
        {
            return await session.Store.DeliverAsync(deliveries, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.NoSuchMailbox)
        {
            throw new ImapRefusedException("TRYCREATE", "there is no such mailbox");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var intake in intakes) await intake.DisposeAsync();
    }
}
