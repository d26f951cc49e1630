using System.Buffers;

namespace Facteur.Mail;

/// <summary>
/// Counts, as a message streams by, the octets of each encoded part once decoded: lists of attachments and BINARY.SIZE (RFC 3516 §4.3) tell them
/// without reading the part again. The counts are those of <see cref="ContentDecoder"/>.
/// </summary>
internal sealed class DecodedLengthTap : IBufferWriter<byte>
{
    /// <summary>A line break before a boundary belongs to the boundary (RFC 2046 §5.1.1): that long the last octets wait.</summary>
    private const int LongestBreak = 2;

    private readonly byte[] held = new byte[LongestBreak];
    private byte[] scratch = [];
    private PartNode? part;
    private ContentDecoder? decoder; // null for base64, which is counted without being decoded
    private int heldLength;
    private long fed;
    private long decoded;
    private long digits;

    /// <summary>A part's body starts.</summary>
    public void Begin(PartNode body)
    {
        part = null;
        if (body.IsMultipart || body.Encoding is not (TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UuEncode)) return;
        part = body;
        decoder = body.Encoding == TransferEncoding.Base64 ? null : ContentDecoder.Create(body.Encoding);
        (heldLength, fed, decoded, digits) = (0, 0, 0, 0);
    }

    public void Take(ReadOnlySpan<byte> octets)
    {
        if (part is null) return;
        var free = heldLength + octets.Length - LongestBreak;
        if (free > 0)
        {
            var fromHeld = Math.Min(heldLength, free);
            Feed(held.AsSpan(0, fromHeld));
            Feed(octets[..(free - fromHeld)]);
            held.AsSpan(fromHeld, heldLength - fromHeld).CopyTo(held);
            heldLength -= fromHeld;
            octets = octets[(free - fromHeld)..];
        }
        octets.CopyTo(held.AsSpan(heldLength));
        heldLength += octets.Length;
    }

    /// <summary>A part ended; its length is known.</summary>
    public void End(PartNode body)
    {
        if (part != body) return;
        part = null;
        Feed(held.AsSpan(0, (int)Math.Clamp(body.BodyLength - fed, 0, heldLength)));
        if (decoder is null) EndGroup();
        else decoder.Complete(this);
        body.DecodedLength = decoded;
    }

    private void Feed(ReadOnlySpan<byte> octets)
    {
        fed += octets.Length;
        if (decoder is null) Count(octets);
        else decoder.Decode(octets, this);
    }

    private void Count(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var run = octets.IndexOfAnyExcept(Base64Decoder.Alphabet);
            if (run < 0) run = octets.Length;
            digits += run;
            if (run == octets.Length) return;
            if (octets[run] == (byte)'=') EndGroup();
            octets = octets[(run + 1)..];
        }
    }

    private void EndGroup()
    {
        // One digit alone holds no octet.
        decoded += digits / 4 * 3 + Math.Max(digits % 4 - 1, 0);
        digits = 0;
    }

    void IBufferWriter<byte>.Advance(int count) => decoded += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Room(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Room(sizeHint);

    private byte[] Room(int sizeHint)
    {
        if (scratch.Length < Math.Max(sizeHint, 1)) scratch = new byte[Math.Max(sizeHint, 4096)];
        return scratch;
    }
}
