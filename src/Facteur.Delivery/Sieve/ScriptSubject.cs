using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>A message on its way in, as scripts and what they ask for see it.</summary>
internal sealed class ScriptSubject(SmtpPeer peer, Envelope envelope, MessageIntake message, MessageFacts facts, FilterVerdict? verdict, DateTimeOffset arrived)
{
    private MessagePart? root;
    private ReadOnlyMemory<byte>? header;

    public SmtpPeer Peer => peer;
    public Envelope Envelope => envelope;

    /// <summary>Complete, with the fields of this hop at its top.</summary>
    public MessageIntake Message => message;
    public MessageFacts Facts => facts;
    public FilterVerdict? Verdict => verdict;
    public DateTimeOffset Arrived => arrived;

    /// <summary>What was found of its sender; null for what accounts send and LMTP.</summary>
    public AuthenticationSummary? Summary { get; init; }

    /// <summary>Octets at its start that are not sent on.</summary>
    public required int ReturnPathOctets { get; init; }

    public MessagePart Root => root ??= PartTable.Parse(facts.Parts.Span);
    public string Sender => envelope.Sender?.ToString() ?? "";
    public string MessageId => facts.MessageId?.Trim('<', '>') ?? "";

    /// <summary>The filter puts it into Junk of this account.</summary>
    public bool IsJunk(AccountId account) => verdict?.For(account).Action == FilterAction.Junk;

    /// <summary>The header, or its first 64 KiB.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> HeaderAsync(CancellationToken cancel) => header ??= await SideEffects.ReadHeaderAsync(message, facts, cancel);
}
