namespace Facteur.Delivery.Bounces;

/// <summary>
/// What a report says became of a message for one recipient (RFC 3464 §2.3.3), that it was complained about, or what the recipient did with it
/// (RFC 8098 §3.2.6.2).
/// </summary>
public enum ReportAction : byte { Failed, Delayed, Delivered, Relayed, Expanded, Complaint, Displayed, Deleted, Dispatched, Processed }

/// <summary>One recipient of a report that came in.</summary>
/// <param name="Address">Final-Recipient, or the best that stands in its place; "" when a complaint does not tell.</param>
/// <param name="OriginalAddress">Original-Recipient: the address as the sender wrote it, or null.</param>
/// <param name="Status">Enhanced status code; never empty for a delivery status: x.0.0 when nothing better can be read.</param>
/// <param name="Answer">Diagnostic-Code without its type, on one line.</param>
/// <param name="RemoteHost">Remote-MTA without its type, or "".</param>
public sealed record ReportedRecipient(string Address, string? OriginalAddress, ReportAction Action, string Status, string Answer, string RemoteHost);

/// <summary>A complaint in the Abuse Reporting Format (RFC 5965).</summary>
/// <param name="FeedbackType">"abuse", "fraud", "virus", "not-spam", "auth-failure" …, lower case.</param>
/// <param name="OriginalSender">Original-Mail-From without brackets, or "".</param>
/// <param name="SourceAddress">Source-IP, or "".</param>
/// <param name="ReportedDomain">The first Reported-Domain, lower case, or "".</param>
public sealed record Complaint(string FeedbackType, string UserAgent, string OriginalSender, string SourceAddress, string ReportedDomain);

/// <summary>A report that came in, as far as machines can read it. All of it was written by others: nothing in it is proven.</summary>
/// <param name="ReportingHost">Reporting-MTA without its type, or "".</param>
/// <param name="EnvelopeId">Original-Envelope-Id, or null.</param>
/// <param name="MessageId">Message-ID of what was returned, without brackets, or null.</param>
/// <param name="Subject">Subject of what was returned, decoded, or "".</param>
/// <param name="Recipients">At least one, at most <see cref="ReportReader.MaxRecipients"/>.</param>
/// <param name="Complaint">Null for a delivery status.</param>
public sealed record ReceivedReport(
    string ReportingHost, string? EnvelopeId, string? MessageId, string Subject, IReadOnlyList<ReportedRecipient> Recipients, Complaint? Complaint)
{
    /// <summary>Of a receipt (RFC 8098): the one address in its From field, or "" when there is not just one. Null for other reports.</summary>
    public string? ReceiptFrom { get; init; }

    /// <summary>It tells what a person, or their program, did with the message.</summary>
    public bool IsReceipt => ReceiptFrom is not null;
}
