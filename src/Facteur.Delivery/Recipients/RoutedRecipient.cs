using Facteur.Accounts;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>An account that a recipient leads to.</summary>
/// <param name="Via">The address of ours that led to the account, normalized, without detail.</param>
/// <param name="Notify">Which reports the sender wants of this delivery: "delivered" when it holds Success (RFC 3461 §5.2.3).</param>
/// <param name="OriginalRecipient">ORCPT as "type;address", or null.</param>
public sealed record LocalLeaf(AccountRecord Account, string Via, DsnNotify Notify, string? OriginalRecipient)
{
    /// <summary>Sub-address (RFC 5233), for filters.</summary>
    public string? Detail { get; init; }

    /// <summary>The address of the account, when it is one of the directory: what disposable addresses are counted by.</summary>
    public AddressRecord? Address { get; init; }

    /// <summary>What stays of the message. Other than Keep only when it goes on by <see cref="RemoteLeaf"/>s or leaves with this account in ForwardedBy.</summary>
    public ForwardKeep Keep { get; init; }

    /// <summary>The account whose forward led here, or null.</summary>
    public AccountId? ForwardedBy { get; init; }
}

/// <summary>An address elsewhere that a recipient leads to.</summary>
/// <param name="Address">Where RCPT goes.</param>
/// <param name="Destination">Its domain in A-labels, lower case, or an address literal.</param>
/// <param name="Sender">Envelope sender to send with: the message's own, or rewritten; "" is the empty one.</param>
/// <param name="OriginalRecipient">ORCPT as "type;address", or null.</param>
public sealed record RemoteLeaf(string Address, string Destination, string Sender, DsnNotify Notify, string? OriginalRecipient)
{
    /// <summary>The address of ours that sends the message on, for Delivered-To; null when the sender wrote this address himself.</summary>
    public string? Via { get; init; }

    /// <summary>The account whose forward this is, or null for addresses of the sender, of aliases, and of reports that find their way back.</summary>
    public AccountId? ForwardedBy { get; init; }

    /// <summary>ENVID and RET of the message go with it (RFC 3461 §5.2.7): not for the forward of an account, which nobody need know of.</summary>
    public bool KeepsEnvelope { get; init; } = true;
}

/// <summary>Where a recipient of an envelope leads.</summary>
public sealed record RoutedRecipient(EnvelopeRecipient Recipient)
{
    /// <summary>Why mail for it is not taken; then there are no leaves.</summary>
    public SmtpRefusal? Refusal { get; init; }

    private readonly IReadOnlyList<RemoteLeaf>? remote;

    /// <summary>Not a domain of ours: one remote leaf, for who may relay, sent from this envelope sender. Null: it is one of ours.</summary>
    public string? ForeignFrom { get; init; }
    public bool IsForeign => ForeignFrom is not null;
    public IReadOnlyList<LocalLeaf> Local { get; init; } = [];

    // That of a foreign recipient is made anew each time: of a hundred mailings of a thousand recipients it would be 18 MB that wait for the last RCPT.
    public IReadOnlyList<RemoteLeaf> Remote
    {
        get => remote ?? (ForeignFrom is { } sender ? [Foreign(sender)] : []);
        init => remote = value;
    }

    /// <summary>A report "expanded" is owed: an alias of several, for which Success was asked (RFC 3461 §5.2.7.3 (c)).</summary>
    public bool OwesExpanded { get; init; }

    private RemoteLeaf Foreign(string sender) => new(
        Recipient.Address.ToString(), RouteExpansion.DestinationOf(Recipient.Address.Domain), sender, Recipient.Notify,
        Recipient.Original is { } given ? $"{given.AddressType};{given.Address}" : null);
}
