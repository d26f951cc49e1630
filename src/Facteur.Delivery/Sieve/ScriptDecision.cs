using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>What becomes of a message for one account that has scripts, as they said.</summary>
internal sealed class ScriptDecision(LocalLeaf leaf, string recipient)
{
    /// <summary>The way that led to the account.</summary>
    public LocalLeaf Leaf => leaf;

    /// <summary>The address of the envelope, or of the script, that led to it.</summary>
    public string Recipient => recipient;

    /// <summary>Where it goes, each mailbox once.</summary>
    public List<ScriptPlace> Places { get; } = [];

    /// <summary>Refused, with these words.</summary>
    public RejectAction? Reject { get; set; }

    /// <summary>A script refused it or threw it away: no other rule of the account is asked.</summary>
    public bool IsGone => Reject is not null || IsDiscarded;

    public bool IsDiscarded { get; set; }

    /// <summary>Mailboxes of <see cref="Places"/> that the message goes to as it came.</summary>
    public List<DeliveryTarget> Targets { get; } = [];

    /// <summary>The sender is to be told by a message that it was refused.</summary>
    public bool OwesRefusal { get; set; }

    /// <summary>Messages that are sent because of it, with copies of them that are filed.</summary>
    public List<ScriptReply> Replies { get; } = [];

    /// <summary>One of them answers the sender.</summary>
    public bool AnswersSender { get; set; }

    public List<TraceEvent> Rows { get; } = [];

    public IReadOnlyList<SieveDuplicate> Duplicates { get; set; } = [];

    public IReadOnlyList<ScriptFault> Faults { get; set; } = [];
}

/// <summary>A mailbox that a message goes to.</summary>
/// <param name="Edited">As a script changed it; null for the message as it came.</param>
/// <param name="Row">Tells of it.</param>
internal sealed record ScriptPlace(MailboxId Mailbox, FlagSet Flags, IMessageSource? Edited, TraceEvent Row);

/// <summary>A message a script sends.</summary>
/// <param name="Copy">Where a copy of it goes (RFC 8580); null for none.</param>
internal sealed record ScriptReply(OwnMessage Message, DeliveryTarget? Copy);
