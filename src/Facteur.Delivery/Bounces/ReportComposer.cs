using System.Globalization;
using System.Text;
using Facteur.Mail;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Writes delivery status notifications (RFC 3461 §6, RFC 3464, RFC 6522, RFC 6533): one message for all recipients of which a report is
/// owed, in the sender's language. It leaves with the empty reverse-path and NOTIFY=NEVER (RFC 3461 §6.1).
/// </summary>
public static class ReportComposer
{
    /// <summary>False for what is never reported: a message that came with the empty reverse-path (RFC 3461 §5.2), and what this server says by itself.</summary>
    public static bool MayReport(QueueMessage message) => message.Sender.Length > 0 && message.Kind is not ("report" or "vacation");

    /// <summary>When attempts end.</summary>
    internal static DateTimeOffset? EndOf(QueueMessage message, ReportSettings settings) =>
        message.Expires ?? (settings.TriedFor is { } span ? (message.NotBefore ?? message.Created) + span : null);

    /// <param name="original">The stored message, for what comes back of it; null when it is gone.</param>
    /// <param name="now">With the offset in which people read times here.</param>
    /// <exception cref="ArgumentException">A report of this message must not be sent (<see cref="MayReport"/>), or none is owed.</exception>
    public static async ValueTask<ComposedReport> WriteAsync(OwedReport owed, ReportSettings settings, IMessageSource? original, DateTimeOffset now, Stream output, CancellationToken cancel)
    {
        var message = owed.Message;
        var kind = KindOf(owed);
        if (!MayReport(message) || kind is null) throw new ArgumentException("no report may be sent of this message", nameof(owed));
        var words = ReportWords.For(message.Locale);
        var status = new StatusPart(owed, settings, words).Build();
        var returned = await ReturnedContent.ReadAsync(owed, settings, original, cancel);
        var text = new HumanPart(owed, settings, words, now).Write(returned.IsWhole, returned.Part is not null);
        var human = MimeEntity.Text(text);
        var subject = words.Subject(kind.Value, HumanPart.Subject(message));
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.{message.Id.Value}.report.{Guid.NewGuid():N}@{settings.HostName}");
        var report = MimeEntity.Multipart("report", returned.Part is null ? [human, status] : [human, status, returned.Part]).With("report-type", "delivery-status");
        var builder = new MessageBuilder { Date = now, Subject = subject, MessageId = id }
            .From(settings.From, words.SenderName)
            .Header("Auto-Submitted", "auto-replied") // RFC 3834 §5.2
            .Body(report);
        var isInternational = AddRecipient(builder, message.Sender) || !Ascii.IsValid(settings.From);
        if (IsIdentifier(message.MessageId))
        {
            builder.InReplyTo = [message.MessageId];
            builder.References = [message.MessageId];
        }
        await builder.WriteAsync(output, cancel);
        var isEightBit = status.MediaType.Contains("global", StringComparison.Ordinal) || returned.Part is { } part && part.MediaType.StartsWith("message/", StringComparison.Ordinal);
        return new ComposedReport(id, subject, isEightBit ? BodyType.EightBitMime : BodyType.SevenBit, isInternational, message.RequireTls);
    }

    /// <summary>The one kind of all that is owed; None for several; null when nothing is.</summary>
    private static QueueReport? KindOf(OwedReport owed)
    {
        QueueReport? kind = null;
        foreach (var recipient in owed.Recipients)
        {
            if (recipient.Owed == QueueReport.None) continue;
            if (kind is not null && kind != recipient.Owed) return QueueReport.None;
            kind = recipient.Owed;
        }
        return kind;
    }

    /// <summary>To; answers whether the address is beyond ASCII.</summary>
    private static bool AddRecipient(MessageBuilder builder, string sender)
    {
        if (MailAddress.TryParse(sender, out _)) builder.To(sender);
        else builder.Header("To", "undisclosed-recipients:;"); // the envelope leads to it all the same
        return !Ascii.IsValid(sender);
    }

    /// <summary>msg-id of RFC 5322 §3.6.4, as far as a field can carry it.</summary>
    internal static bool IsIdentifier(string id) =>
        id.Length is > 0 and <= 900 && !id.AsSpan().ContainsAnyExceptInRange('!', '~') && id.AsSpan().IndexOfAny('<', '>') < 0;
}
