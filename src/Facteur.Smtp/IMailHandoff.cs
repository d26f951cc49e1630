using Facteur.Storage;

namespace Facteur.Smtp;

/// <summary>Where messages go: what a session asks and hands over. It knows nothing else of what becomes of a message.</summary>
public interface IMailHandoff
{
    /// <summary>Begins a transaction, when MAIL was understood.</summary>
    IMailTransaction Open(SmtpPeer peer, Envelope envelope);
}

/// <summary>
/// One mail transaction (RFC 5321 §3.3), used by one session in the order of the members. Disposed without
/// <see cref="CompleteAsync"/> nothing of it remains (RSET, refused content, lost connection).
/// </summary>
public interface IMailTransaction : IAsyncDisposable
{
    /// <summary>May this sender send? Null is yes.</summary>
    ValueTask<SmtpRefusal?> CheckSenderAsync(CancellationToken cancel);

    /// <summary>Will mail for this recipient be taken? Null is yes, and the session adds it to the envelope.</summary>
    ValueTask<SmtpRefusal?> CheckRecipientAsync(EnvelopeRecipient recipient, CancellationToken cancel);

    /// <summary>The content follows. Null is yes; a refusal answers DATA or BDAT.</summary>
    ValueTask<SmtpRefusal?> BeginMessageAsync(CancellationToken cancel);

    /// <summary>Takes the next octets of the content. False: no more of it is wanted, the verdict is known.</summary>
    ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel);

    /// <summary>All of the content was written: one verdict for all recipients.</summary>
    ValueTask<MessageVerdict> CompleteAsync(CancellationToken cancel);

    /// <summary>All of the content was written: a verdict for each recipient, in the order of the envelope (RFC 2033 §4.2).</summary>
    ValueTask<IReadOnlyList<MessageVerdict>> CompleteEachAsync(CancellationToken cancel);
}

/// <summary>What became of a message: taken, proven by the store's receipt, or refused.</summary>
public sealed class MessageVerdict
{
    private MessageVerdict(DeliveryReceipt? receipt, SmtpRefusal? refusal)
    {
        Receipt = receipt;
        Refusal = refusal;
    }

    /// <summary>The message is durable; nothing but a receipt makes a 250.</summary>
    public static MessageVerdict Accepted(DeliveryReceipt receipt) => new(receipt ?? throw new ArgumentNullException(nameof(receipt)), null);

    public static MessageVerdict Refused(SmtpRefusal refusal) => new(null, refusal);

    public DeliveryReceipt? Receipt { get; }
    public SmtpRefusal? Refusal { get; }
}
