using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>A message on its way into the store; what the store says no to becomes an answer for the sender.</summary>
internal sealed partial class GuardedIntake(MailStore store, string transaction, ILogger log) : IAsyncDisposable
{
    private readonly ILogger log = log;
    private MessageIntake? intake;

    /// <summary>Why the message is refused, once it is.</summary>
    public SmtpRefusal? Refusal { get; set; }

    /// <summary>The store's intake; after <see cref="Begin"/>.</summary>
    public MessageIntake Message => intake!;

    /// <param name="sizeHint">Octets expected, or null.</param>
    public void Begin(long? sizeHint)
    {
        try
        {
            intake = store.BeginMessage(sizeHint);
        }
        catch (Exception e) when (Refuse(e))
        {
            // The answer is in Refusal.
        }
    }

    /// <summary>False: refused.</summary>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        if (Refusal is not null) return new(false);
        ValueTask pending;
        try
        {
            pending = intake!.WriteAsync(octets, cancel);
            if (!pending.IsCompletedSuccessfully) return FinishAsync(pending);
            pending.GetAwaiter().GetResult();
            return new(true);
        }
        catch (Exception e) when (Refuse(e))
        {
            return new(false);
        }
    }

    /// <summary>The content is complete: its facts, or null when it is refused.</summary>
    public async ValueTask<MessageFacts?> EndAsync(CancellationToken cancel)
    {
        if (Refusal is not null) return null;
        try
        {
            return await intake!.EndAsync(cancel);
        }
        catch (Exception e) when (Refuse(e))
        {
            return null;
        }
    }

    /// <summary>Puts the fields before the content and commits; null when it is refused.</summary>
    /// <param name="deliveries">Made once the message is complete, since they refer to it; null when the scripts of its recipients refuse it.</param>
    public async ValueTask<DeliveryReceipt?> DeliverAsync(
        ReadOnlyMemory<byte> prefix, Func<MessageIntake, MessageFacts, CancellationToken, ValueTask<IReadOnlyList<Storage.Delivery>?>> deliveries, CancellationToken cancel)
    {
        if (Refusal is not null) return null;
        try
        {
            var facts = await intake!.CompleteAsync(prefix, cancel);
            return await deliveries(intake, facts, cancel) is { } all ? await store.DeliverAsync(all, cancel) : null;
        }
        catch (Exception e) when (Refuse(e))
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        var open = intake;
        intake = null;
        return open?.DisposeAsync() ?? default;
    }

    private async ValueTask<bool> FinishAsync(ValueTask pending)
    {
        try
        {
            await pending;
            return true;
        }
        catch (Exception e) when (Refuse(e))
        {
            return false;
        }
    }

    /// <summary>What a failure of the store means for the sender. False: it is none of the store's.</summary>
    private bool Refuse(Exception e)
    {
        var refusal = e switch
        {
            StoreFullException => Refusals.StoreFull,
            StoreFailedException => Refusals.StoreFailed,
            // All or nothing: with one mailbox full nobody gets it now. Where SIZE was declared, RCPT has told the sender already.
            StoreRefusedException { Reason: StoreRefusal.OverQuota } => Refusals.OverQuota,
            StoreRefusedException { Reason: StoreRefusal.NoSuchMailbox or StoreRefusal.NoSuchAccount } => Refusals.RecipientsChanged,
            _ => null,
        };
        if (refusal is null) return false;
        Refusal = refusal;
        if (e is StoreFailedException or StoreFullException) LogStore(e, transaction);
        return true;
    }

    [LoggerMessage(LogLevel.Error, "Message {Transaction}: the store takes no mail", EventName = "delivery.store.failed")]
    private partial void LogStore(Exception e, string transaction);
}
