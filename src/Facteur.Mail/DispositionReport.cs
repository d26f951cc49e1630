using System.Buffers;

namespace Facteur.Mail;

/// <summary>A message that is a receipt: multipart/report of the type "disposition-notification" (RFC 8098 §3, RFC 6522 §3).</summary>
/// <param name="Text">The part for people, or null.</param>
/// <param name="HasOriginal">The message it is about, or its header, came back with it.</param>
public sealed record DispositionReport(DispositionNotification Fields, string? Text, bool HasOriginal)
{
    /// <summary>Octets of one part that are read.</summary>
    private const int MaxPart = 64 * 1024;

    /// <summary>Reads a message; null when it is no receipt.</summary>
    /// <param name="root">Its part tree.</param>
    public static async ValueTask<DispositionReport?> ReadAsync(IMessageSource message, MessagePart root, CancellationToken cancel)
    {
        if (root is not { Type: "multipart", Subtype: "report" }) return null;
        if (root.Children.FirstOrDefault(part => part is { Type: "message", Subtype: "disposition-notification" or "global-disposition-notification" }) is not { } status) return null;
        if (DispositionNotification.Read((await ContentAsync(message, status, cancel)).Span) is not { } fields) return null;
        var human = root.Children.Select(FirstText).FirstOrDefault(part => part is not null);
        var text = human is null ? null : Charsets.Get(human.Charset).GetString((await ContentAsync(message, human, cancel)).Span);
        var hasOriginal = root.Children.Any(part => part is { Type: "message", Subtype: "rfc822" or "global" or "rfc822-headers" } or { Type: "text", Subtype: "rfc822-headers" });
        return new DispositionReport(fields, text, hasOriginal);
    }

    private static MessagePart? FirstText(MessagePart part) =>
        part is { Type: "text", Subtype: "plain" } ? part : part.IsMultipart ? part.Children.Select(FirstText).FirstOrDefault(one => one is not null) : null;

    private static async ValueTask<ReadOnlyMemory<byte>> ContentAsync(IMessageSource message, MessagePart part, CancellationToken cancel)
    {
        var raw = new byte[(int)Math.Min(part.BodyLength, MaxPart)];
        var filled = 0;
        for (int read; filled < raw.Length && (read = await message.ReadAsync(part.BodyOffset + filled, raw.AsMemory(filled), cancel)) > 0; filled += read)
        {
        }
        var output = new ArrayBufferWriter<byte>(filled + 1);
        var decoder = ContentDecoder.Create(part.Encoding);
        decoder.Decode(raw.AsSpan(0, filled), output);
        decoder.Complete(output);
        return output.WrittenMemory;
    }
}
