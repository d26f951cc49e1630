using System.Globalization;
using System.Text;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Mail;

namespace Facteur.Delivery.Reports;

/// <summary>A report ready to be queued: signed by DKIM for the submitter's domain, with <see cref="From"/> as reverse-path unless policy has it empty.</summary>
/// <param name="Kind">"dmarc" or "tlsrpt".</param>
/// <param name="Domain">Whom it is about.</param>
/// <param name="Message">Octets of the message, CRLF lines.</param>
public sealed record OutgoingReport(string Kind, string Domain, string ReportId, string From, MailAddress Recipient, ReadOnlyMemory<byte> Message);

/// <summary>Puts reports into messages (RFC 7489 §7.2.1.1, RFC 8460 §5.3).</summary>
public static class ReportMessage
{
    /// <summary>receiver "!" policy-domain "!" begin "!" end "." extension: the form of both RFCs (RFC 7489 §7.2.1.1, RFC 8460 §5.1).</summary>
    public static string FileName(string submitter, string domain, DateTimeOffset begin, DateTimeOffset end, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"{submitter}!{domain}!{begin.ToUnixTimeSeconds()}!{end.ToUnixTimeSeconds()}.{extension}");

    /// <summary>dmarc-subject and tlsrpt-subject.</summary>
    public static string Subject(string submitter, string domain, string reportId) => $"Report Domain: {domain} Submitter: {submitter} Report-ID: <{reportId}>";

    /// <summary>msg-id of a report, the same whenever it is made, so that a second copy is known for one.</summary>
    public static string ReportId(string submitter, string domain, DateTimeOffset begin) =>
        string.Create(CultureInfo.InvariantCulture, $"{begin.ToUnixTimeSeconds()}.{domain}@{submitter}");

    /// <summary>The message with an aggregate report for one destination; null when that takes no message of this size (RFC 7489 §7.2.1).</summary>
    /// <param name="compressed">The XML, compressed.</param>
    public static OutgoingReport? Dmarc(ReportOptions options, AggregateReport report, ReadOnlyMemory<byte> compressed, DmarcDestination destination, DateTimeOffset now)
    {
        var domain = report.Policy.Domain;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"This is an aggregate report of DMARC for {domain},\nsent by {options.Submitter} for {report.Begin:yyyy-MM-dd} (UTC).\n\nMessages: {report.Messages}\nReport-ID: {report.ReportId}\n");
        var message = Start(options, domain, report.ReportId, destination.Mailbox, now)
            .Text(text)
            .Attach(FileName(options.Submitter, domain, report.Begin, report.End, "xml.gz"), "application/gzip", compressed)
            .ToArray();
        return message.Length > destination.MaxOctets ? null : new OutgoingReport("dmarc", domain, report.ReportId, options.From, destination.Mailbox, message);
    }

    /// <summary>Tells a destination that there is a report too large for it (RFC 7489 §7.2.2).</summary>
    public static OutgoingReport TooLarge(ReportOptions options, AggregateReport report, long octets, DmarcDestination destination, DateTimeOffset now)
    {
        var fields = new StringBuilder();
        fields.Append(CultureInfo.InvariantCulture, $"Report-Date: {MailDate.Format(now)}\nReport-Domain: {report.Policy.Domain}\nReport-ID: {report.ReportId}\n");
        fields.Append(CultureInfo.InvariantCulture, $"Report-Size: {octets}\nSubmitter: {options.Submitter}\nSubmitting-URI: mailto:{Uri.EscapeDataString(destination.Mailbox.ToString())}\n");
        var message = Start(options, report.Policy.Domain, report.ReportId, destination.Mailbox, now).Text(fields.ToString()).ToArray();
        return new OutgoingReport("dmarc", report.Policy.Domain, report.ReportId, options.From, destination.Mailbox, message);
    }

    /// <summary>The message with a report on TLS (RFC 8460 §5.3).</summary>
    public static OutgoingReport Tls(ReportOptions options, string domain, TlsReport report, ReadOnlyMemory<byte> compressed, MailAddress destination, DateTimeOffset now)
    {
        var range = report.DateRange;
        var human = MimeEntity.Text(string.Create(CultureInfo.InvariantCulture,
            $"This is an aggregate TLS report for {domain},\nsent by {options.Submitter} for {range.Start:yyyy-MM-dd} (UTC).\n\nReport-ID: {report.ReportId}\n"));
        var file = MimeEntity.Bytes("application/tlsrpt+gzip", compressed, FileName(options.Submitter, domain, range.Start, range.End, "json.gz"));
        var message = Start(options, domain, report.ReportId, destination, now)
            .Header("TLS-Report-Domain", domain)
            .Header("TLS-Report-Submitter", options.Submitter)
            .Header("TLS-Required", "No") // RFC 8460 §3 has these delivered whatever became of TLS; RFC 8689 §3 says so to every hop
            .Body(MimeEntity.Multipart("report", [human, file]).With("report-type", "tlsrpt"))
            .ToArray();
        return new OutgoingReport("tlsrpt", domain, report.ReportId, options.From, destination, message);
    }

    private static MessageBuilder Start(ReportOptions options, string domain, string reportId, MailAddress destination, DateTimeOffset now)
    {
        var builder = new MessageBuilder
        {
            Date = now,
            Subject = Subject(options.Submitter, domain, reportId),
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.{Guid.NewGuid():N}@{options.Submitter}"),
        };
        return builder.From(options.From, options.Organization).To(destination.ToString()).Header("Auto-Submitted", "auto-generated"); // RFC 3834 §5
    }
}
