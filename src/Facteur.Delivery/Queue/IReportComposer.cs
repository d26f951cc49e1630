using Facteur.Mail;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>Writes the reports that senders are owed (RFC 3464): one message for all recipients of a message of which one is owed.</summary>
public interface IReportComposer
{
    /// <summary>The whole message, header first, with CRLF. Throws only on cancellation or a failure of the store.</summary>
    /// <param name="original">The message that the report is about, as it was to be sent; null when its body is gone. Read within the call.</param>
    ValueTask<ComposedReport> ComposeAsync(OwedReport owed, IMessageSource? original, CancellationToken cancel);
}

/// <summary>A report, written.</summary>
/// <param name="Octets">The message, at most some hundred KiB: a report returns headers, or a part of what it reports on.</param>
/// <param name="MessageId">Without brackets.</param>
/// <param name="SmtpUtf8">It holds addresses that take SMTPUTF8.</param>
public sealed record ComposedReport(ReadOnlyMemory<byte> Octets, string MessageId, string Subject, bool SmtpUtf8 = false);
