using Facteur.Mail;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp;

/// <summary>ORCPT parameter of RCPT: the recipient as first written, decoded from xtext (RFC 3461 §4.2).</summary>
public sealed record OriginalRecipient(string AddressType, string Address);

/// <summary>One recipient of a message.</summary>
public sealed record EnvelopeRecipient(EnvelopeAddress Address, DsnNotify Notify, OriginalRecipient? Original);

/// <summary>When a message is to be sent on, at the earliest (RFC 4865).</summary>
/// <param name="Text">As a report repeats it: "for;3600" or "until;2026-01-31T08:00:00Z" (RFC 4865 §5.1.2).</param>
public sealed record HoldRequest(DateTimeOffset Until, string Text)
{
    /// <summary>HOLDFOR: so many seconds from now; null for what is no number of them.</summary>
    public static HoldRequest? For(string? seconds, DateTimeOffset now) => FutureRelease.ReadInterval(seconds)?.From(now);

    /// <summary>HOLDUNTIL: a time in UTC; null for anything else.</summary>
    public static HoldRequest? At(string? date, DateTimeOffset now) => FutureRelease.ReadDate(date)?.From(now);
}

/// <summary>What MAIL and RCPT said about a message.</summary>
public sealed class Envelope
{
    private readonly List<EnvelopeRecipient> recipients = [];

    /// <summary>Short id of the transaction: in the Received field, the reply and the log.</summary>
    public required string Id { get; init; }

    /// <summary>Reverse-path; null is the empty one of reports, "&lt;&gt;" (RFC 5321 §4.5.5).</summary>
    public required EnvelopeAddress? Sender { get; init; }

    /// <summary>SIZE parameter in octets, or null (RFC 1870 §4).</summary>
    public long? DeclaredSize { get; init; }
    public BodyType Body { get; init; }

    /// <summary>SMTPUTF8 parameter: addresses and header may be in UTF-8 (RFC 6531 §3.4).</summary>
    public bool SmtpUtf8 { get; init; }
    public DsnReturn Return { get; init; }

    /// <summary>ENVID parameter, decoded from xtext (RFC 3461 §4.4), or null.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>REQUIRETLS parameter: it goes on under verified TLS or not at all (RFC 8689 §4).</summary>
    public bool RequireTls { get; init; }

    /// <summary>HOLDFOR or HOLDUNTIL parameter (RFC 4865), or null.</summary>
    public HoldRequest? Release { get; init; }

    /// <summary>Accepted recipients in the order of RCPT.</summary>
    public IReadOnlyList<EnvelopeRecipient> Recipients => recipients;

    /// <summary>Adds a recipient that was accepted.</summary>
    public void Add(EnvelopeRecipient recipient) => recipients.Add(recipient);
}
