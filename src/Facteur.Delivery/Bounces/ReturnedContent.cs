using System.Text;
using Facteur.Mail;
using Facteur.Smtp.Client;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>What of the original message comes back with a report (RFC 3461 §6.2, RFC 6522 §3 and §4, RFC 6533 §4.2 and §4.3): its header, or all of it.</summary>
internal static class ReturnedContent
{
    /// <summary>Octets of a header that come back.</summary>
    private const int MaxHeader = 64 * 1024;

    /// <param name="IsWhole">All of the message; otherwise its header.</param>
    internal readonly record struct Returned(MimeEntity? Part, bool IsWhole);

    /// <param name="original">The stored message, or null when it is gone.</param>
    public static async ValueTask<Returned> ReadAsync(OwedReport owed, ReportSettings settings, IMessageSource? original, CancellationToken cancel)
    {
        if (original is null) return default;
        var message = owed.Message;
        var content = new OutgoingContent(message.Prefix, original, message.SkipOctets);
        // RFC 8689 §5: RET=FULL is disregarded with REQUIRETLS.
        var wantsAll = message is { Return: DsnReturn.Full, RequireTls: false } && content.Length <= settings.MaxReturnedOctets
            && owed.Recipients.Any(recipient => recipient.Owed == QueueReport.Failure);
        var octets = await ReadAsync(content, wantsAll ? (int)content.Length : (int)Math.Min(content.Length, MaxHeader), cancel);
        var header = Header(octets.Span, out var isComplete);
        var isPlain = Ascii.IsValid(octets.Span);
        // No encoding may be put on message/rfc822 (RFC 2046 §5.2.1), so that 8-bit octets need a path that carries them.
        if (wantsAll && (isPlain || settings.ReturnsToUs))
        {
            var isGlobal = message.SmtpUtf8 && !Ascii.IsValid(octets.Span[..header]);
            return new(isGlobal ? MimeEntity.Verbatim("message/global", octets) : MimeEntity.Message(octets, disposition: null), true);
        }
        return new(HeaderPart(octets[..header], isComplete, message.SmtpUtf8, settings.ReturnsToUs), false);
    }

    private static MimeEntity HeaderPart(ReadOnlyMemory<byte> header, bool isComplete, bool smtpUtf8, bool returnsToUs)
    {
        // A header cut by the limit ends at a whole line.
        if (!isComplete) header = header[..(header.Span.LastIndexOf((byte)'\n') + 1)];
        if (!smtpUtf8 || Ascii.IsValid(header.Span))
            return MimeEntity.Text(Charsets.Unlabelled.GetString(header.Span), "rfc822-headers");
        return returnsToUs ? MimeEntity.Verbatim("message/global-headers", header) : MimeEntity.Bytes("message/global-headers", header, disposition: null);
    }

    /// <summary>Octets of the header, without the empty line.</summary>
    private static int Header(ReadOnlySpan<byte> octets, out bool isComplete)
    {
        if (octets.StartsWith("\r\n"u8))
        {
            isComplete = true;
            return 0;
        }
        var end = octets.IndexOf("\r\n\r\n"u8);
        isComplete = end >= 0;
        return isComplete ? end + 2 : octets.Length;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(OutgoingContent content, int length, CancellationToken cancel)
    {
        var octets = new byte[length];
        var read = 0;
        while (read < length)
        {
            var count = await content.ReadAsync(read, octets.AsMemory(read), cancel);
            if (count == 0) break;
            read += count;
        }
        return octets.AsMemory(0, read);
    }
}
