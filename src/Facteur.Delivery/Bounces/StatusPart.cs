using System.Text;
using Facteur.Mail;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>The part for machines: message/delivery-status (RFC 3464 §2) or, for a message that came with SMTPUTF8 and where ASCII would lose something, message/global-delivery-status (RFC 6533 §4.1).</summary>
internal sealed class StatusPart(OwedReport owed, ReportSettings settings, ReportWords words)
{
    // Past the first limit only what RFC 3464 §2.3 requires is written; 100,000 recipients then stay under the second.
    private const int MaxDetailedOctets = 2 * 1024 * 1024;
    private const int MaxOctets = 16 * 1024 * 1024;
    private const int MaxAnswer = 2_000;

    public MimeEntity Build()
    {
        var fields = new StatusFields(owed.Message.SmtpUtf8);
        WriteMessage(fields);
        foreach (var recipient in owed.Recipients)
        {
            if (recipient.Owed == QueueReport.None) continue;
            if (fields.Length > MaxOctets) break;
            WriteRecipient(fields, recipient, isDetailed: fields.Length < MaxDetailedOctets);
        }
        if (Ascii.IsValid(fields.Written.Span)) return MimeEntity.Verbatim("message/delivery-status", fields.Written);
        return settings.ReturnsToUs
            ? MimeEntity.Verbatim("message/global-delivery-status", fields.Written)
            : MimeEntity.Bytes("message/global-delivery-status", fields.Written, disposition: null);
    }

    private void WriteMessage(StatusFields fields)
    {
        var message = owed.Message;
        if (message.EnvelopeId is { Length: > 0 } envelopeId) fields.Write("Original-Envelope-Id", envelopeId);
        fields.Write("Reporting-MTA", $"dns; {settings.HostName}");
        fields.Write("Arrival-Date", MailDate.Format(message.Created));
        if (message.Transaction.Length > 0) fields.Write("X-Facteur-Transaction", message.Transaction);
    }

    private void WriteRecipient(StatusFields fields, QueueRecipient recipient, bool isDetailed)
    {
        fields.EndGroup();
        if (recipient.OriginalRecipient is { Length: > 0 } original) fields.Write("Original-Recipient", ReportAddress.Original(original, fields.IsUtf8));
        fields.Write("Final-Recipient", ReportAddress.Final(recipient.Address, fields.IsUtf8));
        fields.Write("Action", Action(recipient.Owed));
        fields.Write("Status", Status(recipient));
        if (!isDetailed) return;
        if (recipient.LastHost.Length > 0 && recipient.LastCode != 0) fields.Write("Remote-MTA", $"dns; {recipient.LastHost}");
        if (recipient.Owed is QueueReport.Failure or QueueReport.Delay) WriteDiagnostic(fields, recipient);
        if (recipient.LastAttempt is { } last) fields.Write("Last-Attempt-Date", MailDate.Format(last));
        if (recipient.Owed == QueueReport.Delay && ReportComposer.EndOf(owed.Message, settings) is { } end) fields.Write("Will-Retry-Until", MailDate.Format(end));
    }

    private void WriteDiagnostic(StatusFields fields, QueueRecipient recipient)
    {
        if (recipient.LastAnswer.Length > 0)
        {
            var answer = recipient.LastAnswer.Length > MaxAnswer ? recipient.LastAnswer[..MaxAnswer] : recipient.LastAnswer;
            // RFC 3461 §9.2: "smtp" is for replies; what we found ourselves has a type of our own.
            fields.Write("Diagnostic-Code", recipient.LastCode != 0 ? $"smtp; {answer}" : $"x-facteur; {answer}");
            // The person's language has a place of its own only in the global form.
            if (fields.IsUtf8) fields.Write("Localized-Diagnostic", $"{words.Tag}; {words.Cause(FailureCauses.Of(recipient)).Why}");
        }
    }

    private static string Action(QueueReport owed) => owed switch
    {
        QueueReport.Failure => "failed",
        QueueReport.Delay => "delayed",
        QueueReport.Success => "delivered",
        QueueReport.Expanded => "expanded",
        _ => "relayed",
    };

    // RFC 3461 §6.3 (g)
    private static string Status(QueueRecipient recipient)
    {
        var isBad = recipient.Owed is QueueReport.Failure or QueueReport.Delay;
        var code = IsStatus(recipient.LastEnhancedCode) ? recipient.LastEnhancedCode : isBad && recipient.LastCode == 0 ? StatusText.Find(recipient.LastAnswer) : null;
        if (code is not null && isBad == (code[0] is '4' or '5')) return recipient.Owed == QueueReport.Delay ? "4" + code[1..] : code;
        return recipient.Owed switch
        {
            QueueReport.Failure => recipient.LastCode is >= 400 and < 500 ? "4.0.0" : "5.0.0",
            QueueReport.Delay => "4.0.0",
            _ => "2.0.0",
        };
    }

    /// <summary>status-code of RFC 3464 §2.3.4.</summary>
    internal static bool IsStatus(ReadOnlySpan<char> code)
    {
        if (code.Length is < 5 or > 9 || code[0] is not ('2' or '4' or '5') || code.Count('.') != 2) return false;
        foreach (var range in code.Split('.'))
        {
            var number = code[range];
            if (number.Length is 0 or > 3 || number.ContainsAnyExceptInRange('0', '9') || (number.Length > 1 && number[0] == '0')) return false;
        }
        return true;
    }
}
