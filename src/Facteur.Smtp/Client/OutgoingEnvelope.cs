using Facteur.Mail;

namespace Facteur.Smtp.Client;

/// <summary>A recipient of a transaction.</summary>
/// <param name="Address">"local@domain" as it goes on the wire; what is no such address is refused before anything is written.</param>
public sealed record OutgoingRecipient(string Address, DsnNotify Notify = DsnNotify.Unstated, OriginalRecipient? Original = null);

/// <summary>The envelope of a message on its way out.</summary>
public sealed record OutgoingEnvelope
{
    /// <summary>Reverse-path; "" is the empty one of reports.</summary>
    public required string Sender { get; init; }

    /// <summary>In the order of RCPT and of the outcomes. At least one.</summary>
    public required IReadOnlyList<OutgoingRecipient> Recipients { get; init; }

    /// <summary>SevenBit saves a look at every octet before it goes to a host without 8BITMIME; otherwise the octets decide.</summary>
    public BodyType Body { get; init; }

    /// <summary>The message came with SMTPUTF8: its header may be in UTF-8 (RFC 6531 §3.4).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>The message came with REQUIRETLS and goes on with it or not at all (RFC 8689 §4.2.1).</summary>
    public bool RequireTls { get; init; }

    public DsnReturn Return { get; init; }

    /// <summary>ENVID, decoded, or null (RFC 3461 §4.4).</summary>
    public string? EnvelopeId { get; init; }
}
