using System.Net;
using Facteur.Accounts;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Delivery.Receiving;

/// <summary>A stored message that an account wants sent.</summary>
/// <param name="Sender">Whose message it is: its addresses may be sent from, its limits count, its trace tells of it.</param>
public sealed record SubmissionRequest(Account Sender, StoredDraft Message)
{
    /// <summary>Reverse-path; null is the empty one.</summary>
    public required EnvelopeAddress? MailFrom { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<EnvelopeRecipient> Recipients { get; init; }

    /// <summary>The identity it is sent under: From has its address; null: any address of the account will do.</summary>
    public Identity? Identity { get; init; }

    public DsnReturn Return { get; init; }

    /// <summary>ENVID, or null.</summary>
    public string? EnvelopeId { get; init; }
    public bool RequireTls { get; init; }

    /// <summary>Not before; null is at once.</summary>
    public HoldRequest? Release { get; init; }

    /// <summary>Who handed it over; null when that is not known.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>What the store notes of it with the same commit; null: nothing.</summary>
    public SubmissionNote? Note { get; init; }
}

/// <summary>Makes what is noted of a submission, when it is known where each recipient leads.</summary>
/// <param name="sendAt">When it leaves.</param>
/// <param name="isDeferred">It waits as a whole until then, and can be taken back as a whole.</param>
public delegate SubmissionDraft SubmissionNote(IReadOnlyList<RoutedRecipient> recipients, DateTimeOffset sendAt, bool isDeferred);

/// <summary>What kept a message from being sent.</summary>
public enum SubmissionFault : byte
{
    /// <summary>The header cannot be sent: no From, or too long.</summary>
    InvalidMessage,
    /// <summary>The reverse-path is not the account's.</summary>
    ForbiddenMailFrom,
    /// <summary>From is not the account's, or not the identity's.</summary>
    ForbiddenFrom,
    /// <summary>Mail for some recipients is not taken: <see cref="NotSubmitted.Addresses"/>.</summary>
    InvalidRecipients,
    /// <summary>The account may not send to other hosts.</summary>
    ForbiddenToSend,
    /// <summary>The account sent its share of today.</summary>
    RateLimit,
    /// <summary>What looks at outgoing mail refuses it (a virus).</summary>
    Unwanted,
    /// <summary>The store takes no mail now, or a mailbox is full: later it may.</summary>
    Unavailable,
}

/// <summary>What became of a request.</summary>
public abstract record SubmissionOutcome
{
    private protected SubmissionOutcome()
    {
    }
}

/// <summary>It is durable: only the store's commit makes the receipt.</summary>
/// <param name="At">When it was taken.</param>
public sealed record Submitted(DeliveryReceipt Receipt, IReadOnlyList<RoutedRecipient> Recipients, DateTimeOffset At) : SubmissionOutcome;

/// <param name="Why">For the person who sends.</param>
public sealed record NotSubmitted(SubmissionFault Fault, string Why) : SubmissionOutcome
{
    /// <summary>Recipients that the fault is about, as they were given.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
