using System.Buffers;
using Facteur.Delivery.Recipients;
using Facteur.Smtp;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// One message from its envelope into mailboxes and the queue: one intake, one commit for all of it. What kinds of transaction share.
/// </summary>
/// <remarks>
/// The message is kept as it came. What is known at its end only (results of checks) and what this hop adds (Return-Path,
/// Received) stands before it.
/// </remarks>
internal abstract partial class MessageTransaction(MailHandoff handoff, SmtpPeer peer, Envelope envelope, ILogger log) : IMailTransaction
{
    private readonly ILogger log = log;

    protected MailHandoff Handoff { get; } = handoff;
    protected SmtpPeer Peer { get; } = peer;
    protected Envelope Envelope { get; } = envelope;
    protected HeaderScanner Header { get; } = new();
    protected GuardedIntake Intake { get; } = new(handoff.Store, envelope.Id, log);
    public DateTimeOffset Arrived { get; private set; }

    /// <summary>Where each recipient of the envelope leads, in its order.</summary>
    public List<RoutedRecipient> Recipients { get; } = new(1);

    public abstract ValueTask<SmtpRefusal?> CheckSenderAsync(CancellationToken cancel);

    public async ValueTask<SmtpRefusal?> CheckRecipientAsync(EnvelopeRecipient recipient, CancellationToken cancel)
    {
        var routed = await Handoff.RouteAsync(Peer, Envelope, recipient, cancel);
        var refusal = await CheckRecipientAsync(routed, cancel) ?? routed.Refusal;
        if (refusal is null) Recipients.Add(routed);
        else
        {
            if (log.IsEnabled(LogLevel.Information)) LogRecipientRefused(Envelope.Id, recipient.Address.ToString(), refusal.ToString(), Peer.Remote);
            Handoff.Trace.Refused(Peer, Envelope, routed, refusal, Handoff.Time.GetUtcNow());
        }
        return refusal;
    }

    /// <summary>What this kind of transaction asks of a recipient, also of one that is refused already. Null is yes.</summary>
    protected abstract ValueTask<SmtpRefusal?> CheckRecipientAsync(RoutedRecipient routed, CancellationToken cancel);

    public async ValueTask<SmtpRefusal?> BeginMessageAsync(CancellationToken cancel)
    {
        Arrived = Handoff.Time.GetLocalNow();
        Intake.Begin(Envelope.DeclaredSize);
        if (Intake.Refusal is null) await PrepareAsync(cancel);
        return Intake.Refusal;
    }

    /// <summary>The content follows.</summary>
    protected virtual ValueTask PrepareAsync(CancellationToken cancel) => default;

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        if (Intake.Refusal is not null) return new(false);
        Look(octets.Span);
        if (Header.HasEnded) return StoreAsync(octets, cancel);
        var end = Header.Scan(octets.Span);
        if (Header.ReceivedFields > Handoff.Options.MaxReceivedFields)
        {
            Intake.Refusal = Refusals.Loop;
            return new(false);
        }
        return StoreHeaderAsync(octets, end, cancel);
    }

    /// <summary>Sees the octets as they came.</summary>
    protected virtual void Look(ReadOnlySpan<byte> octets)
    {
    }

    /// <summary>Keeps octets that lie in the header or hold its end.</summary>
    /// <param name="end">Where in them the header ends; -1 when it goes on.</param>
    protected abstract ValueTask<bool> StoreHeaderAsync(ReadOnlyMemory<byte> octets, int end, CancellationToken cancel);

    /// <summary>Keeps octets of the body.</summary>
    protected virtual ValueTask<bool> StoreAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel) => Intake.WriteAsync(octets, cancel);

    public async ValueTask<MessageVerdict> CompleteAsync(CancellationToken cancel)
    {
        var (receipt, refusal) = await ConcludeAsync(Recipients, cancel);
        return receipt is not null ? MessageVerdict.Accepted(receipt) : MessageVerdict.Refused(refusal ?? Intake.Refusal!);
    }

    public virtual async ValueTask<IReadOnlyList<MessageVerdict>> CompleteEachAsync(CancellationToken cancel)
    {
        var verdict = await CompleteAsync(cancel);
        return [.. Recipients.Select(_ => verdict)];
    }

    /// <summary>The content is complete: checks it, and commits it for these recipients. One of the two is null, or the intake has the refusal.</summary>
    protected abstract ValueTask<(Storage.DeliveryReceipt? Receipt, SmtpRefusal? Refusal)> ConcludeAsync(List<RoutedRecipient> recipients, CancellationToken cancel);

    /// <summary>Commits the message with what stands before it; null when it is refused, by the store or by <see cref="DeliveryPlan.Refusal"/>.</summary>
    /// <param name="results">Fields of results of checks.</param>
    private protected async ValueTask<Storage.DeliveryReceipt?> DeliverAsync(DeliveryPlan plan, List<RoutedRecipient> recipients, ReadOnlyMemory<byte> results, CancellationToken cancel)
    {
        var prefix = Prefix(results.Span, out var returnPath);
        var receipt = await Intake.DeliverAsync(prefix.WrittenMemory, (message, facts, stop) => plan.MakeAsync(message, facts, recipients, returnPath, stop), cancel);
        if (receipt is not null)
        {
            LogAccepted(receipt.Entries.Count, receipt.Queued.Count);
            await plan.CompleteAsync();
        }
        else if (plan.Refusal is null) Forget(recipients);
        return receipt;
    }

    /// <summary>Return-Path, then <paramref name="results"/>, then Received (RFC 5321 §4.4, RFC 8601 §4.1): what stands before the content.</summary>
    protected ArrayBufferWriter<byte> Prefix(ReadOnlySpan<byte> results, out int returnPathOctets)
    {
        var prefix = new ArrayBufferWriter<byte>(512 + results.Length);
        TraceFields.WriteReturnPath(prefix, Envelope);
        returnPathOctets = prefix.WrittenCount;
        prefix.Write(results);
        TraceFields.WriteReceived(prefix, Peer, Envelope, Handoff.Options.HostName, Arrived);
        return prefix;
    }

    /// <summary>Something that concerns all of these recipients failed: what is remembered of their mailboxes may be why.</summary>
    protected void Forget(IEnumerable<RoutedRecipient> recipients)
    {
        foreach (var local in recipients.SelectMany(routed => routed.Local)) Handoff.Inboxes.Forget(local.Account.Id);
    }

    protected void LogAccepted(int mailboxes, int queued)
    {
        DeliveryMetrics.Delivered(mailboxes);
        if (log.IsEnabled(LogLevel.Information)) LogDelivered(Envelope.Id, Envelope.Sender?.ToString() ?? "", Peer.Remote, mailboxes, queued, Intake.Message.Length);
    }

    public virtual ValueTask DisposeAsync() => Intake.DisposeAsync();

    [LoggerMessage(LogLevel.Information, "Message {Transaction} taken: sender <{Sender}>, from {Remote}, {Mailboxes} mailboxes, {Queued} to the queue, {Octets} octets", EventName = "delivery.delivered")]
    private partial void LogDelivered(string transaction, string sender, System.Net.IPEndPoint remote, int mailboxes, int queued, long octets);

    [LoggerMessage(LogLevel.Information, "Message {Transaction}: recipient <{Recipient}> refused: {Refusal}; from {Remote}", EventName = "delivery.recipient.refused")]
    private partial void LogRecipientRefused(string transaction, string recipient, string refusal, System.Net.IPEndPoint remote);
}
