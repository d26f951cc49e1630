using System.Buffers;

namespace Facteur.Mail;

/// <summary>Folds text that comes in pieces, cut anywhere.</summary>
internal struct TextFolder()
{
    private bool started; // something was written
    private bool blank; // white space is owed before the next character
    private char high; // first half of a surrogate pair

    /// <summary>Writes the folded form of the next characters.</summary>
    public void Fold(ReadOnlySpan<char> text, IBufferWriter<char> output)
    {
        // Each ASCII character folds to at most itself and an owed blank: no check inside the loop.
        while (!text.IsEmpty)
        {
            var piece = text[..Math.Min(text.Length, 1024)];
            text = text[piece.Length..];
            var span = output.GetSpan(piece.Length * 2 + 2);
            var used = 0;
            var i = 0;
            for (; i < piece.Length; i++)
            {
                var c = piece[i];
                if (c >= 0x80)
                {
                    output.Advance(used);
                    used = 0;
                    Other(c, output);
                    span = output.GetSpan((piece.Length - i) * 2 + 2);
                }
                else if (c is <= ' ' or '\x7F')
                    blank = started;
                else
                {
                    if (blank)
                        span[used++] = ' ';
                    blank = false;
                    started = true;
                    span[used++] = c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
                }
            }
            output.Advance(used);
        }
    }

    /// <summary>The same for octets known to be ASCII, straight to UTF-8.</summary>
    public void FoldAscii(ReadOnlySpan<byte> text, BodyFolder output)
    {
        Span<byte> folded = stackalloc byte[2048];
        while (!text.IsEmpty)
        {
            var piece = text[..Math.Min(text.Length, folded.Length / 2)];
            text = text[piece.Length..];
            var used = 0;
            foreach (var c in piece)
            {
                if (c is <= (byte)' ' or 0x7F)
                {
                    blank = started;
                    continue;
                }
                if (blank)
                    folded[used++] = (byte)' ';
                blank = false;
                started = true;
                folded[used++] = c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
            }
            output.Write(folded[..used]);
        }
    }

    private void Other(char c, IBufferWriter<char> output)
    {
        if (char.IsWhiteSpace(c) || char.IsControl(c))
        {
            blank = started;
            return;
        }
        if (char.IsHighSurrogate(c))
        {
            high = c;
            return;
        }
        var low = char.IsLowSurrogate(c);
        var folded = !low ? FoldedText.FoldedForm(c) : high != 0 ? FoldedText.FoldedForm(high, c) : "\uFFFD";
        high = '\0';
        if (folded.Length == 0)
            return;
        // A compatibility form may itself begin with a blank (U+00A8, a diaeresis standing alone).
        var form = folded.AsSpan();
        if (blank || form[0] == ' ' && started)
            output.Write(" ");
        form = form.TrimStart(' ');
        output.Write(form);
        blank = false;
        started |= form.Length > 0;
    }
}
