using System.Buffers;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>
/// The body of a part with its transfer encoding undone. Read forwards it is decoded once, in small pieces; a step back starts over.
/// One reader at a time.
/// </summary>
internal sealed class DecodedSource : IMessageSource
{
    private const int ChunkOctets = 16 * 1024;

    private readonly IMessageSource source;
    private readonly MessagePart part;
    private readonly ArrayBufferWriter<byte> decoded = new();
    private readonly byte[] chunk;
    private ContentDecoder? decoder;
    private long encoded; // octets of the body that were decoded
    private long position; // of the next octet of "decoded" that was not read
    private int taken;

    private DecodedSource(IMessageSource source, MessagePart part, long length)
    {
        (this.source, this.part, Length) = (source, part, length);
        chunk = new byte[Math.Min(ChunkOctets, Math.Max(part.BodyLength, 1))];
    }

    public long Length { get; }

    /// <summary>The content of a leaf, or of a message inside, as a file would have it.</summary>
    /// <param name="source">The message that <paramref name="part"/> is in.</param>
    public static async ValueTask<IMessageSource> OpenAsync(IMessageSource source, MessagePart part, CancellationToken cancel)
    {
        if (!IsEncoded(part)) return new SourceSlice(source, part.BodyOffset, part.BodyLength);
        return new DecodedSource(source, part, part.DecodedLength ?? await MeasureAsync(source, part, cancel));
    }

    /// <summary>The same, to be read forwards to its end; its length may not be known.</summary>
    public static IMessageSource OpenForward(IMessageSource source, MessagePart part) =>
        IsEncoded(part) ? new DecodedSource(source, part, part.DecodedLength ?? long.MaxValue) : new SourceSlice(source, part.BodyOffset, part.BodyLength);

    /// <summary>Octets of the content as far as they are stored; null when the part has to be read to know.</summary>
    public static long? KnownLength(MessagePart part) => IsEncoded(part) ? part.DecodedLength : part.BodyLength;

    /// <summary>Reads the part to count the octets of its content.</summary>
    public static async ValueTask<long> MeasureAsync(IMessageSource source, MessagePart part, CancellationToken cancel)
    {
        var counted = new DecodedSource(source, part, long.MaxValue);
        var length = 0L;
        while (await counted.FillAsync(cancel)) length += counted.decoded.WrittenCount;
        return length;
    }

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        if (buffer.IsEmpty) return 0;
        if (offset < position) Restart();
        while (true)
        {
            var left = decoded.WrittenCount - taken;
            var skipped = (int)Math.Min(left, offset - position);
            Take(skipped);
            if (left > skipped)
            {
                var read = Math.Min(left - skipped, buffer.Length);
                decoded.WrittenSpan.Slice(taken, read).CopyTo(buffer.Span);
                Take(read);
                return read;
            }
            if (!await FillAsync(cancel)) return 0;
        }
    }

    // A multipart or message has no encoding of its own that could be undone (RFC 2045 §6.4).
    private static bool IsEncoded(MessagePart part) =>
        part.Encoding is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UuEncode && !part.IsMultipart && !part.IsMessage;

    private void Take(int octets)
    {
        taken += octets;
        position += octets;
    }

    private void Restart()
    {
        decoded.ResetWrittenCount();
        decoder = null;
        (encoded, position, taken) = (0, 0, 0);
    }

    /// <summary>Decodes the next piece, which may be empty; false at the end.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        decoded.ResetWrittenCount();
        taken = 0;
        if (encoded > part.BodyLength) return false;
        decoder ??= ContentDecoder.Create(part.Encoding);
        var room = (int)Math.Min(chunk.Length, part.BodyLength - encoded);
        var read = room == 0 ? 0 : await source.ReadAsync(part.BodyOffset + encoded, chunk.AsMemory(0, room), cancel);
        if (read > 0)
        {
            decoder.Decode(chunk.AsSpan(0, read), decoded);
            encoded += read;
            return true;
        }
        decoder.Complete(decoded);
        encoded = part.BodyLength + 1; // ended
        return true;
    }
}
