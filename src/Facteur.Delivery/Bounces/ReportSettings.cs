using Facteur.Mail;

namespace Facteur.Delivery.Bounces;

/// <summary>Who sends a report, and what may travel on the way back.</summary>
public sealed record ReportSettings
{
    /// <summary>Our name: Reporting-MTA.</summary>
    public required string HostName { get; init; }

    /// <summary>Address in From: the postmaster of the sender's domain when it is ours, of this host otherwise.</summary>
    public required string From { get; init; }

    /// <summary>The report goes into a mailbox of this server, so that octets beyond ASCII may stand in it as they are (RFC 6522 §3, RFC 6533 §4.5).</summary>
    public bool ReturnsToUs { get; init; }

    /// <summary>How long messages without an end of their own are tried: what a report of delay names.</summary>
    public TimeSpan? TriedFor { get; init; }

    /// <summary>Largest message that comes back whole when RET=FULL asks for it (RFC 3461 §6.2); the header alone comes back of larger ones. 256 KiB: what explains itself, and no mailbox fills with returned attachments.</summary>
    public int MaxReturnedOctets { get; init; } = 256 * 1024;
}

/// <summary>A report as it was written.</summary>
/// <param name="MessageId">Without brackets.</param>
/// <param name="NeedsSmtpUtf8">An address in its header is beyond ASCII (RFC 6531 §3.4).</param>
/// <param name="RequireTls">The report goes with REQUIRETLS, as its message did (RFC 8689 §5).</param>
public sealed record ComposedReport(string MessageId, string Subject, BodyType Body, bool NeedsSmtpUtf8, bool RequireTls);
