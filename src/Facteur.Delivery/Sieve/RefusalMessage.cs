using System.Globalization;
using System.Text;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Tracing;
using Facteur.Mail;

namespace Facteur.Delivery.Sieve;

/// <summary>A refusal as the message that RFC 5429 §2.2.1 wants: a disposition notification that says "deleted", with the owner's words.</summary>
internal static class RefusalMessage
{
    /// <param name="header">Of the message that is refused; comes back.</param>
    public static WrittenMessage Write(
        string reason, string from, string recipient, ScriptSubject subject, ReadOnlyMemory<byte> header, string locale, string hostName, DateTimeOffset now)
    {
        var isFrench = locale.StartsWith("fr", StringComparison.OrdinalIgnoreCase);
        var original = HumanPart.OneLine(subject.Facts.Subject, 200);
        var title = (isFrench ? "Message refusé" : "Message refused") + (original.Length > 0 ? (isFrench ? " : " : ": ") + original : "");
        var words = isFrench
            ? $"Votre message à {recipient} a été refusé par un filtre de son destinataire, qui en donne cette raison :"
            : $"Your message to {recipient} was refused by a mail filter of its recipient. The reason given was:";
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.refusal.{Guid.NewGuid():N}@{hostName}");
        var human = MimeEntity.Text($"{words}\r\n\r\n{reason.Trim()}\r\n");
        var returned = MimeEntity.Text(Charsets.Unlabelled.GetString(HeaderOf(header.Span, subject.ReturnPathOctets)), "rfc822-headers");
        var report = MimeEntity.Multipart("report", [human, Disposition(recipient, subject, hostName), returned]).With("report-type", "disposition-notification");
        var builder = new MessageBuilder { Date = now, Subject = title, MessageId = id }
            .From(from)
            .To(subject.Sender)
            .Header("Auto-Submitted", "auto-replied") // RFC 3834 §5.2
            .Body(report);
        if (ReportComposer.IsIdentifier(subject.MessageId))
        {
            builder.InReplyTo = [subject.MessageId];
            builder.References = [subject.MessageId];
        }
        return new WrittenMessage(builder.ToArray(), id, title, !Ascii.IsValid(from) || !Ascii.IsValid(subject.Sender));
    }

    // RFC 8098 §3.2; the disposition RFC 5429 §2.2.1.
    private static MimeEntity Disposition(string recipient, ScriptSubject subject, string hostName)
    {
        var lines = new StringBuilder(300);
        lines.Append("Reporting-UA: ").Append(hostName).Append("; Facteur\r\n");
        lines.Append(Ascii.IsValid(recipient) ? "Final-Recipient: rfc822; " : "Final-Recipient: utf-8; ").Append(TraceDetail.Printable(recipient)).Append("\r\n");
        if (ReportComposer.IsIdentifier(subject.MessageId)) lines.Append("Original-Message-ID: <").Append(subject.MessageId).Append(">\r\n");
        lines.Append("Disposition: automatic-action/MDN-sent-automatically; deleted\r\n");
        return MimeEntity.Verbatim("message/disposition-notification", Encoding.UTF8.GetBytes(lines.ToString()));
    }

    /// <summary>Whole lines, without our own Return-Path and the empty line at the end.</summary>
    private static ReadOnlySpan<byte> HeaderOf(ReadOnlySpan<byte> header, int returnPathOctets)
    {
        header = header[Math.Min(returnPathOctets, header.Length)..];
        if (header.EndsWith("\r\n\r\n"u8)) return header[..^2];
        return header[..(header.LastIndexOf((byte)'\n') + 1)];
    }
}
