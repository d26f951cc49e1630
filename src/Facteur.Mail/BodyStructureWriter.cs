using System.Buffers;

namespace Facteur.Mail;

/// <summary>BODYSTRUCTURE, and BODY which is the same without extension data (RFC 9051 §7.5.2). Neither calls itself, however deep the parts nest.</summary>
public static class BodyStructureWriter
{
    /// <summary>Writes the structure of <paramref name="parts"/>, which stand parent before child.</summary>
    internal static void Write(List<PartNode> parts, OctetBuffer texts, OctetBuffer output)
    {
        Stack<(PartNode Part, int Left)>? open = null;
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            output.Append((byte)'(');
            if (!part.IsMultipart) Head(part, part.IsMessage ? parts[i + 1] : null, texts, output);
            if (part.Children > 0)
            {
                (open ??= new()).Push((part, part.Children));
                continue;
            }
            Tail(part, texts, output);
            while (open is not null && open.TryPop(out var parent))
            {
                if (parent.Left > 1)
                {
                    open.Push(parent with { Left = parent.Left - 1 });
                    break;
                }
                Tail(parent.Part, texts, output);
            }
        }
    }

    /// <summary>BODY from a BODYSTRUCTURE that this class wrote.</summary>
    public static void WithoutExtensions(ReadOnlySpan<byte> bodyStructure, IBufferWriter<byte> output)
    {
        var at = 0;
        // What is to come after the body being copied: more bodies of a multipart, or the line count of a message.
        var open = new Stack<bool>();
        while (true)
        {
            At(bodyStructure, at);
            output.Write(bodyStructure.Slice(at++, 1));
            if (At(bodyStructure, at) == '(')
            {
                open.Push(true);
                continue;
            }
            if (CopySingle(bodyStructure, ref at, output))
            {
                open.Push(false);
                continue;
            }
            CloseList(bodyStructure, ref at, output);
            while (open.TryPop(out var isMultipart))
            {
                if (isMultipart && At(bodyStructure, at) == '(')
                {
                    open.Push(true);
                    break;
                }
                // The subtype of the multipart, the lines of the message, each after its blank.
                Copy(bodyStructure, ref at, 1, output);
                CloseList(bodyStructure, ref at, output);
            }
            if (open.Count == 0) return;
        }
    }

    private static void Head(PartNode part, PartNode? message, OctetBuffer texts, OctetBuffer output)
    {
        output.Append(texts.Slice(part.Fields));
        output.Append((byte)' ');
        output.Append(part.BodyLength);
        if (message is not null)
        {
            output.Append((byte)' ');
            output.Append(texts.Slice(message.Envelope));
            output.Append((byte)' ');
        }
        else if (part.Type == "text")
        {
            output.Append((byte)' ');
            output.Append(part.Lines);
        }
    }

    private static void Tail(PartNode part, OctetBuffer texts, OctetBuffer output)
    {
        if (part.IsMultipart)
        {
            output.Append((byte)' ');
            output.Append(texts.Slice(part.Fields));
        }
        else if (part.IsMessage)
        {
            output.Append((byte)' ');
            output.Append(part.Lines);
        }
        output.Append(texts.Slice(part.Extension));
        output.Append((byte)')');
    }

    /// <summary>Copies a single part up to its extension data; true when a message follows inside, at its opening bracket.</summary>
    private static bool CopySingle(ReadOnlySpan<byte> text, ref int at, IBufferWriter<byte> output)
    {
        var start = at;
        var type = text[at..SkipElement(text, at)];
        at += type.Length;
        var subtype = text[(at + 1)..SkipElement(text, at)];
        var isMessage = type.SequenceEqual("\"MESSAGE\""u8) && (subtype.SequenceEqual("\"RFC822\""u8) || subtype.SequenceEqual("\"GLOBAL\""u8));
        at = start;
        // type, subtype, parameters, id, description, encoding, octets; then the envelope of a message, the lines of a text
        Copy(text, ref at, isMessage ? 8 : type.SequenceEqual("\"TEXT\""u8) ? 8 : 7, output);
        if (!isMessage) return false;
        output.Write(" "u8);
        at++;
        return true;
    }

    private static void Copy(ReadOnlySpan<byte> text, ref int at, int elements, IBufferWriter<byte> output)
    {
        var start = at;
        for (var i = 0; i < elements; i++) at = SkipElement(text, at);
        output.Write(text[start..at]);
    }

    /// <summary>Passes over the rest of a list and copies the bracket that ends it.</summary>
    private static void CloseList(ReadOnlySpan<byte> text, ref int at, IBufferWriter<byte> output)
    {
        while (At(text, at) != ')') at = SkipElement(text, at);
        at++;
        output.Write(")"u8);
    }

    /// <summary>Where the element at <paramref name="at"/> ends, with the blank before it: a list, a string or an atom.</summary>
    private static int SkipElement(ReadOnlySpan<byte> text, int at)
    {
        var depth = 0;
        if (At(text, at) == ' ') at++;
        do
        {
            switch (At(text, at))
            {
                case '(':
                    depth++;
                    at++;
                    break;
                case ')':
                    depth--;
                    at++;
                    break;
                case '"':
                    at = SkipQuoted(text, at + 1);
                    break;
                case ' ':
                    at++;
                    break;
                default:
                    var end = text[at..].IndexOfAny(" ()"u8);
                    at = end < 0 ? text.Length : at + end;
                    break;
            }
        }
        while (depth > 0);
        return at;
    }

    private static int SkipQuoted(ReadOnlySpan<byte> text, int at)
    {
        for (; At(text, at) != '"'; at++)
            if (text[at] == (byte)'\\') at++;
        return at + 1;
    }

    private static char At(ReadOnlySpan<byte> text, int at) =>
        at < text.Length ? (char)text[at] : throw new InvalidDataException("a stored BODYSTRUCTURE ends early");
}
