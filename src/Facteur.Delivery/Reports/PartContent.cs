using System.Buffers;
using Facteur.Mail;

namespace Facteur.Delivery.Reports;

/// <summary>Reads one part of a message, decoded.</summary>
internal static class PartContent
{
    private const int Piece = 32 * 1024;

    /// <summary>The octets of the part's body; null when there are more than <paramref name="max"/>.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(IMessageSource message, MessagePart part, int max, CancellationToken cancel)
    {
        // Base64 in lines is 1.37 times its content; quoted-printable three times at worst.
        if (part.BodyLength > max * 3L) return null;
        var decoder = ContentDecoder.Create(part.Encoding);
        var output = new ArrayBufferWriter<byte>();
        var buffer = new byte[Piece];
        for (long at = 0; at < part.BodyLength;)
        {
            var count = await message.ReadAsync(part.BodyOffset + at, buffer.AsMemory(0, (int)Math.Min(Piece, part.BodyLength - at)), cancel);
            if (count == 0) break;
            decoder.Decode(buffer.AsSpan(0, count), output);
            if (output.WrittenCount > max) return null;
            at += count;
        }
        decoder.Complete(output);
        return output.WrittenCount > max ? null : output.WrittenMemory;
    }
}
