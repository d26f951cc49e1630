using System.Buffers;

namespace Facteur.Mail;

/// <summary>uuencode, as x-uuencode bodies have it: lines between "begin mode name" and "end", each led by its length.</summary>
internal sealed class UuDecoder : ContentDecoder
{
    /// <summary>A length character stands for at most 63 octets, 84 digits.</summary>
    private const int MaxLine = 128;

    private readonly byte[] line = new byte[MaxLine];
    private int lineLength;
    private bool inside;
    private bool done;

    public override void Decode(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        while (!input.IsEmpty && !done)
        {
            var end = input.IndexOf((byte)'\n');
            var piece = end < 0 ? input : input[..end];
            var kept = piece[..Math.Min(piece.Length, MaxLine - lineLength)];
            kept.CopyTo(line.AsSpan(lineLength));
            lineLength += kept.Length;
            if (end < 0) return;
            EndLine(output);
            input = input[(end + 1)..];
        }
    }

    public override void Complete(IBufferWriter<byte> output) => EndLine(output);

    private void EndLine(IBufferWriter<byte> output)
    {
        var text = line.AsSpan(0, lineLength).TrimEnd((byte)'\r');
        lineLength = 0;
        if (done || text.IsEmpty) return;
        if (!inside)
        {
            inside = text.StartsWith("begin "u8);
            return;
        }
        if (text.SequenceEqual("end"u8)) done = true;
        else DecodeLine(text, output);
    }

    private static void DecodeLine(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var octets = Digit(text[0]);
        text = text[1..];
        var target = output.GetSpan(octets + 3);
        var written = 0;
        for (var i = 0; written < octets && i < text.Length; i += 4)
        {
            // Blanks at the end of a line, which are zero digits, are often lost in transport.
            var group = Digit(text[i]) << 18 | DigitAt(text, i + 1) << 12 | DigitAt(text, i + 2) << 6 | DigitAt(text, i + 3);
            target[written++] = (byte)(group >> 16);
            target[written++] = (byte)(group >> 8);
            target[written++] = (byte)group;
        }
        output.Advance(Math.Min(written, octets));
    }

    private static int DigitAt(ReadOnlySpan<byte> text, int index) => index < text.Length ? Digit(text[index]) : 0;

    private static int Digit(byte octet) => octet - 32 & 63;
}
