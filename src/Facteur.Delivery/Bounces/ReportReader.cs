using System.Buffers;
using Facteur.Mail;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Reads reports that come in: delivery status notifications (RFC 3464, RFC 6533) with what Exchange, Postfix, Exim and qmail make of
/// them, complaints (RFC 5965), and receipts (RFC 8098). Only the first <see cref="MaxOctets"/> of a message are looked at, and nothing a sender writes makes it throw.
/// </summary>
public static class ReportReader
{
    /// <summary>Octets of a report that are read; reports put what machines read before what they return.</summary>
    public const int MaxOctets = 1024 * 1024;

    /// <summary>Recipients read of one report.</summary>
    public const int MaxRecipients = 1_000;

    internal const int MaxText = 1_000;

    private const int MaxHeader = 64 * 1024;

    private static readonly MimeLimits limits = new() { MaxParts = 200, MaxDepth = 10, MaxHeaderOctets = MaxHeader };

    /// <summary>The report in a message; null when it holds none.</summary>
    public static async ValueTask<ReceivedReport?> ReadAsync(IMessageSource message, CancellationToken cancel)
    {
        var length = (int)Math.Min(message.Length, MaxOctets);
        var octets = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        try
        {
            // A message that says from its first lines that it is no report costs one read.
            var read = await FillAsync(message, octets, 0, Math.Min(length, MaxHeader), cancel);
            if (!MayHoldReport(octets.AsSpan(0, read))) return null;
            read = await FillAsync(message, octets, read, length, cancel);
            return Read(octets.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
    }

    /// <summary>The report in the octets of a message.</summary>
    public static ReceivedReport? Read(ReadOnlySpan<byte> message)
    {
        var parser = new MimeParser(limits);
        parser.Write(message);
        var root = PartTable.Parse(parser.Complete().Parts.Span);
        var parts = new List<MessagePart>();
        Collect(root, parts);
        var header = message[..(int)root.HeaderLength];
        var returned = parts.Find(IsReturned);
        var (messageId, subject) = returned is null ? (null, "") : ReadReturned(Content(message, returned));
        if (parts.Find(part => part is { Type: "message", Subtype: "feedback-report" }) is { } feedback)
            return ComplaintReader.Read(Content(message, feedback)) is { } read
                ? new ReceivedReport(read.Host, read.EnvelopeId, messageId, subject, Complaints(read.Recipients, read.Complaint), read.Complaint)
                : null;
        if (parts.Find(part => part is { Type: "message", Subtype: "delivery-status" or "global-delivery-status" }) is { } status)
        {
            var reader = new StatusReader();
            reader.Read(Content(message, status));
            if (reader.Recipients.Count > 0) return new ReceivedReport(reader.ReportingHost, reader.EnvelopeId, messageId, subject, reader.Recipients, null);
        }
        if (root is { Type: "multipart", Subtype: "report" } && parts.Find(part => part is { Type: "message", Subtype: "disposition-notification" or "global-disposition-notification" }) is { } receipt)
            return DispositionNotification.Read(Content(message, receipt)) is { } fields ? Receipt(fields, header, messageId, subject) : null;
        return parts.Find(part => part is { Type: "text", Subtype: "plain" }) is { } text && IsFromMailSystem(header)
            ? PlainBounceReader.Read(header, Content(message, text))
            : null;
    }

    /// <summary>Message-ID without brackets, or null, and Subject of returned content, whole or only its header.</summary>
    internal static (string? MessageId, string Subject) ReadReturned(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxHeader) content = content[..MaxHeader];
        var messageId = HeaderFields.TryFind(content, "Message-ID"u8, out var id) && MessageIds.Parse(id) is [var first, ..] ? first.Trim('<', '>') : null;
        var subject = HeaderFields.TryFind(content, "Subject"u8, out var value) ? HumanPart.OneLine(EncodedWords.Decode(value), MaxText) : "";
        return (messageId, subject);
    }

    private static ReceivedReport? Receipt(DispositionNotification fields, ReadOnlySpan<byte> header, string? returnedId, string subject)
    {
        ReportAction? action = fields.Type switch
        {
            "displayed" => ReportAction.Displayed,
            "deleted" => ReportAction.Deleted,
            "dispatched" => ReportAction.Dispatched,
            "processed" => ReportAction.Processed,
            _ => null,
        };
        if (action is null) return null;
        var original = fields.OriginalRecipient is { } written ? ReportAddress.Read(written) : null;
        return new ReceivedReport(
            "", null, fields.OriginalMessageId?.Trim('<', '>') ?? returnedId, subject, [new(ReportAddress.Read(fields.FinalRecipient), original, action.Value, "", "", "")], null)
        {
            ReceiptFrom = HeaderFields.TryFind(header, "From"u8, out var from) && AddressParser.ParseList(from, 2) is [{ Kind: AddressItemKind.Mailbox } one] ? $"{one.LocalPart}@{one.Domain}" : "",
        };
    }

    private static List<ReportedRecipient> Complaints(IReadOnlyList<string> addresses, Complaint complaint)
    {
        var text = $"{complaint.FeedbackType} ({complaint.UserAgent})";
        return addresses.Count == 0
            ? [new("", null, ReportAction.Complaint, "", text, "")]
            : [.. addresses.Select(address => new ReportedRecipient(address, null, ReportAction.Complaint, "", text, ""))];
    }

    /// <summary>Leaves in order, not those of a returned message: what it holds was no report to us.</summary>
    private static void Collect(MessagePart part, List<MessagePart> into)
    {
        if (!part.IsMultipart) into.Add(part);
        else
            foreach (var child in part.Children) Collect(child, into);
    }

    private static bool IsReturned(MessagePart part) =>
        part is { Type: "message", Subtype: "rfc822" or "global" or "global-headers" or "rfc822-headers" } or { Type: "text", Subtype: "rfc822-headers" };

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> message, MessagePart part)
    {
        var body = message.Slice((int)part.BodyOffset, (int)part.BodyLength);
        if (part.Encoding is not (TransferEncoding.Base64 or TransferEncoding.QuotedPrintable)) return body;
        var output = new ArrayBufferWriter<byte>(body.Length + 1);
        var decoder = ContentDecoder.Create(part.Encoding);
        decoder.Decode(body, output);
        decoder.Complete(output);
        return output.WrittenSpan;
    }

    private static bool MayHoldReport(ReadOnlySpan<byte> start)
    {
        var isMultipart = HeaderFields.TryFind(start, "Content-Type"u8, out var type) && type.Trim(" \t\r\n"u8) is { Length: > 10 } trimmed
            && System.Text.Ascii.EqualsIgnoreCase(trimmed[..10], "multipart/"u8);
        return isMultipart || IsFromMailSystem(start);
    }

    /// <summary>From or the empty Return-Path of software that delivers mail.</summary>
    private static bool IsFromMailSystem(ReadOnlySpan<byte> header)
    {
        if (HeaderFields.TryFind(header, "X-Failed-Recipients"u8, out _)) return true;
        if (HeaderFields.TryFind(header, "Return-Path"u8, out var path)) return path.Trim(" \t\r\n"u8).SequenceEqual("<>"u8);
        return HeaderFields.TryFind(header, "From"u8, out var from) && AddressParser.ParseList(from, 1) is [{ LocalPart: var local }, ..]
            && local.Equals("mailer-daemon", StringComparison.OrdinalIgnoreCase);
    }

    private static async ValueTask<int> FillAsync(IMessageSource message, byte[] octets, int from, int to, CancellationToken cancel)
    {
        while (from < to && await message.ReadAsync(from, octets.AsMemory(from, to - from), cancel) is > 0 and var count) from += count;
        return from;
    }
}
