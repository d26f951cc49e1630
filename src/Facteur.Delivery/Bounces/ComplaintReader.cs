using Facteur.Mail;

namespace Facteur.Delivery.Bounces;

/// <summary>Reads message/feedback-report: the Abuse Reporting Format (RFC 5965), as complaints about our messages come in (RFC 6650 §5.5).</summary>
internal static class ComplaintReader
{
    private const int MaxFields = 500;

    /// <summary>Null when it names no kind of feedback.</summary>
    public static (Complaint Complaint, string? EnvelopeId, string Host, IReadOnlyList<string> Recipients)? Read(ReadOnlySpan<byte> octets)
    {
        string type = "", agent = "", sender = "", source = "", domain = "", host = "";
        string? envelopeId = null;
        var recipients = new List<string>();
        var fields = 0;
        foreach (var field in new HeaderFields(octets))
        {
            if (++fields > MaxFields) break;
            var value = HumanPart.OneLine(Charsets.Unlabelled.GetString(HeaderFields.Unfold(field.Value)), ReportReader.MaxText);
            if (field.Is("Feedback-Type"u8)) type = First(type, value.ToLowerInvariant());
            else if (field.Is("User-Agent"u8)) agent = First(agent, value);
            else if (field.Is("Original-Mail-From"u8)) sender = First(sender, ReportAddress.Read(value));
            else if (field.Is("Source-IP"u8)) source = First(source, value);
            else if (field.Is("Reported-Domain"u8)) domain = First(domain, value.ToLowerInvariant());
            else if (field.Is("Reporting-MTA"u8)) host = First(host, value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim());
            else if (field.Is("Original-Envelope-Id"u8)) envelopeId ??= value;
            else if ((field.Is("Original-Rcpt-To"u8) || field.Is("Removal-Recipient"u8)) && recipients.Count < ReportReader.MaxRecipients)
            {
                var address = ReportAddress.Read(value);
                if (address.Length > 0 && !recipients.Contains(address)) recipients.Add(address);
            }
        }
        return type.Length == 0 ? null : (new Complaint(type, agent, sender, source, domain), envelopeId, host, recipients);
    }

    private static string First(string first, string second) => first.Length > 0 ? first : second;
}
