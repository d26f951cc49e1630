using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>
/// EmailBodyValue: the text of a part, its encodings undone (RFC 8621 §4.1.4). Read and written piece by piece, and no further than it is told.
/// </summary>
/// <remarks>
/// The charset is that of Content-Type. Without one, with US-ASCII or with one that nobody knows, octets are UTF-8 where they are valid UTF-8 and
/// windows-1252 where they are not; UTF-7 is never decoded. The server's filters read texts by the same rule (<see cref="Charsets"/>), as RFC 8621 §9.1 wants.
/// </remarks>
internal static class BodyValue
{
    private const int ChunkOctets = 16 * 1024;
    private const int FirstChunkOctets = 1024;

    /// <summary>Writes the value object of a text part.</summary>
    /// <param name="message">The message that the part is in.</param>
    public static async ValueTask WriteAsync(Utf8JsonWriter json, OpenEmail message, MessagePart part, long maxOctets, CancellationToken cancel)
    {
        json.WriteStartObject();
        json.WritePropertyName("value"u8);
        var text = new BodyText(json, part.Subtype == "html", maxOctets);
        var isBroken = await DecodeAsync(DecodedSource.OpenForward(message, part), part, text, maxOctets, cancel);
        text.Complete();
        json.WriteBoolean("isEncodingProblem"u8, isBroken || message.IsDamaged || part.Encoding == TransferEncoding.Unknown || !Charsets.IsKnown(part.Charset));
        json.WriteBoolean("isTruncated"u8, text.IsTruncated);
        json.WriteEndObject();
    }

    /// <returns>True when octets were met that do not fit the charset.</returns>
    private static async ValueTask<bool> DecodeAsync(IMessageSource content, MessagePart part, BodyText text, long maxOctets, CancellationToken cancel)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkOctets);
        var characters = ArrayPool<char>.Shared.Rent(BodyText.PieceCharacters);
        try
        {
            NotingDecoder? decoder = null;
            // A short answer needs little of a long part.
            var size = maxOctets == 0 ? ChunkOctets : (int)Math.Clamp(maxOctets * 2, FirstChunkOctets, ChunkOctets);
            for (var offset = 0L; !text.IsTruncated;)
            {
                var read = await FillAsync(content, offset, chunk.AsMemory(0, size), cancel);
                var mark = 0;
                if (decoder is null) (decoder, mark) = NotingDecoder.Begin(part.Charset, chunk.AsSpan(0, read));
                Convert(decoder.Decoder, chunk.AsSpan(mark, read - mark), characters, flush: read == 0, text);
                if (read == 0) break;
                offset += read;
            }
            return decoder?.HasNoted ?? false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private static void Convert(Decoder decoder, ReadOnlySpan<byte> octets, char[] characters, bool flush, BodyText text)
    {
        bool completed;
        do
        {
            decoder.Convert(octets, characters, flush, out var used, out var written, out completed);
            text.Write(characters.AsSpan(0, written));
            octets = octets[used..];
        }
        while (!completed && !text.IsTruncated);
    }

    private static async ValueTask<int> FillAsync(IMessageSource content, long offset, Memory<byte> chunk, CancellationToken cancel)
    {
        var filled = 0;
        for (int read; filled < chunk.Length && (read = await content.ReadAsync(offset + filled, chunk[filled..], cancel)) > 0; filled += read)
        {
        }
        return filled;
    }
}

/// <summary>A decoder that remembers whether octets did not fit its charset; what stands for them is what the charset's decoder says.</summary>
internal sealed class NotingDecoder : DecoderFallback
{
    // Code pages of Encoding.CodePage.
    private const int Utf8 = 65001;
    private const int Utf16LittleEndian = 1200;
    private const int Utf16BigEndian = 1201;

    private readonly DecoderFallback inner;

    private NotingDecoder(Encoding encoding)
    {
        inner = encoding.DecoderFallback;
        Decoder = encoding.GetDecoder();
        Decoder.Fallback = this;
    }

    public Decoder Decoder { get; }

    public bool HasNoted { get; private set; }

    public override int MaxCharCount => inner.MaxCharCount;

    /// <summary>A decoder for a charset. A byte order mark is passed over, and tells which UTF-16 it is.</summary>
    public static (NotingDecoder Decoder, int MarkOctets) Begin(string? charset, ReadOnlySpan<byte> start)
    {
        var encoding = Charsets.Get(charset);
        if (encoding.CodePage == Utf8 && start.StartsWith("\uFEFF"u8)) return (new NotingDecoder(encoding), 3);
        if (encoding.CodePage is Utf16LittleEndian or Utf16BigEndian && start.Length >= 2)
        {
            if (start[0] == 0xFF && start[1] == 0xFE) return (new NotingDecoder(Encoding.Unicode), 2);
            if (start[0] == 0xFE && start[1] == 0xFF) return (new NotingDecoder(Encoding.BigEndianUnicode), 2);
        }
        return (new NotingDecoder(encoding), 0);
    }

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(this, inner.CreateFallbackBuffer());

    private sealed class Buffer(NotingDecoder owner, DecoderFallbackBuffer inner) : DecoderFallbackBuffer
    {
        public override int Remaining => inner.Remaining;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            owner.HasNoted = true;
            return inner.Fallback(bytesUnknown, index);
        }

        public override char GetNextChar() => inner.GetNextChar();

        public override bool MovePrevious() => inner.MovePrevious();

        public override void Reset() => inner.Reset();
    }
}
