using System.Buffers;
using System.Text;
using Facteur.Mail;

namespace Facteur.Imap.Messages;

/// <summary>
/// Writes a stored BODYSTRUCTURE in the form a client asked for: BODY is the same without extension data
/// (RFC 9051 §7.5.2); message/global is a message with its parts only to clients of IMAP4rev2, the grammar of
/// RFC 3501 §9 (media-message) knows message/rfc822 alone.
/// </summary>
internal ref struct BodyStructureForm
{
    private readonly ReadOnlySpan<byte> input;
    private readonly IBufferWriter<byte> output;
    private readonly bool extensions;
    private readonly bool globalIsMessage;
    private int at;

    private BodyStructureForm(ReadOnlySpan<byte> input, IBufferWriter<byte> output, bool extensions, bool globalIsMessage)
    {
        this.input = input;
        this.output = output;
        this.extensions = extensions;
        this.globalIsMessage = globalIsMessage;
    }

    /// <param name="stored">BODYSTRUCTURE as the parser of messages wrote it.</param>
    /// <param name="extensions">True for BODYSTRUCTURE, false for BODY.</param>
    /// <param name="globalIsMessage">The client enabled IMAP4rev2.</param>
    public static void Write(ReadOnlySpan<byte> stored, IBufferWriter<byte> output, bool extensions, bool globalIsMessage)
    {
        if (extensions && (globalIsMessage || stored.IndexOf("GLOBAL\""u8) < 0 && stored.IndexOf("global\""u8) < 0))
        {
            output.Write(stored);
            return;
        }
        new BodyStructureForm(stored, output, extensions, globalIsMessage).Body();
    }

    private void Body()
    {
        Copy(1); // "("
        if (Next == '(') Multipart();
        else SinglePart();
        var rest = at;
        while (at < input.Length && Next != ')') SkipBlankAndValue();
        if (extensions) output.Write(input[rest..at]);
        Copy(1); // ")"
    }

    private void Multipart()
    {
        while (Next == '(') Body();
        CopyValue(); // subtype
    }

    private void SinglePart()
    {
        var start = at;
        SkipValue();
        var type = input[start..at];
        start = at + 1;
        SkipBlankAndValue();
        var subtype = input[Math.Min(start, input.Length)..at];
        output.Write(type);
        output.Write(" "u8);
        output.Write(subtype);
        for (var field = 0; field < 5; field++) CopyValue(); // parameters, id, description, encoding, octets
        if (Ascii.EqualsIgnoreCase(type, "\"text\""u8)) CopyValue(); // lines
        else if (Ascii.EqualsIgnoreCase(type, "\"message\""u8) && at + 1 < input.Length && input[at + 1] == '(') Message(subtype);
    }

    private void Message(ReadOnlySpan<byte> subtype)
    {
        if (!globalIsMessage && !Ascii.EqualsIgnoreCase(subtype, "\"rfc822\""u8))
        {
            for (var field = 0; field < 3; field++) SkipBlankAndValue();
            return;
        }
        CopyValue(); // envelope
        Copy(1);     // blank
        Body();
        CopyValue(); // lines
    }

    private readonly byte Next => at < input.Length ? input[at] : (byte)')';

    private void Copy(int octets)
    {
        var end = Math.Min(input.Length, at + octets);
        output.Write(input[at..end]);
        at = end;
    }

    /// <summary>Copies a blank, when there is one, and the value behind it.</summary>
    private void CopyValue()
    {
        var start = at;
        SkipBlankAndValue();
        output.Write(input[start..at]);
    }

    private void SkipBlankAndValue()
    {
        if (Next == ' ') at++;
        SkipValue();
    }

    private void SkipValue() => at += ListText.ValueLength(input[at..]);
}
