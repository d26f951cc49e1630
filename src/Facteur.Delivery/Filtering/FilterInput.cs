using Facteur.Delivery.Authentication;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>A recipient of the envelope and the account it leads to.</summary>
/// <param name="Address">As in the envelope.</param>
public sealed record FilterRecipient(string Address, AccountId Account, DomainId Domain)
{
    public static FilterRecipient Of(EnvelopeAddress address, AccountRecord account) => new(address.ToString(), account.Id, account.Domain);
}

/// <summary>A message that was read to its end and is not committed yet, with all that is known of it.</summary>
public sealed record FilterInput
{
    public required SmtpPeer Peer { get; init; }

    /// <summary>Id of the transaction, for checkers that log it.</summary>
    public required string Transaction { get; init; }

    /// <summary>Reverse-path; null is the empty one.</summary>
    public required EnvelopeAddress? Sender { get; init; }
    public required IReadOnlyList<FilterRecipient> Recipients { get; init; }

    public SpfResult? Spf { get; init; }
    public IReadOnlyList<DkimResult> Dkim { get; init; } = [];
    public DmarcResult? Dmarc { get; init; }
    public ArcResult? Arc { get; init; }

    /// <summary>Facts of <see cref="Source"/>: offsets of its part table count from the start of the source.</summary>
    public required MessageFacts Facts { get; init; }

    /// <summary>The octets; read by range, never whole.</summary>
    public required IMessageSource Source { get; init; }

    /// <summary>Octets at the start of <see cref="Source"/> that we wrote before the message (Return-Path, Received): no other checker is shown them.</summary>
    public long Start { get; init; }
}
