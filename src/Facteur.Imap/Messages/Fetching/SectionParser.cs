using System.Buffers;
using System.Globalization;
using System.Text;

namespace Facteur.Imap.Messages;

/// <summary>Reads "section", "section-binary" and "partial" (RFC 9051 §9), and writes the label they have in the answer.</summary>
internal static class SectionParser
{
    /// <summary>Deeper than any message is parsed (<see cref="Mail.MimeLimits.MaxDepth"/>).</summary>
    private const int MaxPathLength = 200;

    /// <summary>Names in one HEADER.FIELDS.</summary>
    private const int MaxFields = 500;

    /// <summary>No line of a header is longer (RFC 5322 §2.1.1).</summary>
    private const int MaxFieldNameOctets = 998;

    private static readonly SearchValues<byte> TextChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz."u8);

    /// <summary>What follows BODY or BODY.PEEK.</summary>
    public static FetchItem Body(ref ImapReader reader, bool peek)
    {
        var label = new ArrayBufferWriter<byte>(64);
        label.Write("BODY["u8);
        var section = Section(ref reader, label);
        var partial = Partial(ref reader, label);
        label.Write(" "u8);
        return new FetchItem(FetchKind.Section, label.WrittenMemory) { Section = section, Partial = partial, Peek = peek };
    }

    /// <summary>What follows BINARY or BINARY.PEEK.</summary>
    public static FetchItem Binary(ref ImapReader reader, bool peek)
    {
        var label = new ArrayBufferWriter<byte>(32);
        label.Write("BINARY["u8);
        var section = BinarySection(ref reader, label);
        var partial = Partial(ref reader, label);
        label.Write(" "u8);
        return new FetchItem(FetchKind.Binary, label.WrittenMemory) { Section = section, Partial = partial, Peek = peek };
    }

    public static FetchItem BinarySize(ref ImapReader reader)
    {
        var label = new ArrayBufferWriter<byte>(32);
        label.Write("BINARY.SIZE["u8);
        var section = BinarySection(ref reader, label);
        label.Write(" "u8);
        return new FetchItem(FetchKind.BinarySize, label.WrittenMemory) { Section = section };
    }

    private static Section BinarySection(ref ImapReader reader, ArrayBufferWriter<byte> label)
    {
        reader.Expect((byte)'[');
        var path = Path(ref reader, label);
        reader.Expect((byte)']');
        label.Write("]"u8);
        return new Section(path, SectionText.Content, null);
    }

    private static Section Section(ref ImapReader reader, ArrayBufferWriter<byte> label)
    {
        reader.Expect((byte)'[');
        var path = Path(ref reader, label);
        var text = SectionText.Content;
        if (path.Count == 0 ? reader.Peek() != ']' : reader.TryByte((byte)'.'))
        {
            if (path.Count > 0) label.Write("."u8);
            text = Text(ref reader, label);
            if (text == SectionText.Mime && path.Count == 0) throw new ImapSyntaxException("MIME needs a part number"); // RFC 9051 §6.4.5.1
        }
        var fields = text is SectionText.HeaderFields or SectionText.HeaderFieldsNot ? Fields(ref reader, label) : null;
        reader.Expect((byte)']');
        label.Write("]"u8);
        return new Section(path, text, fields);
    }

    /// <summary>Part numbers, perhaps none; a point that no number follows is left where it is.</summary>
    private static List<int> Path(ref ImapReader reader, ArrayBufferWriter<byte> label)
    {
        var path = new List<int>();
        while (reader.Peek() is >= (byte)'0' and <= (byte)'9')
        {
            if (path.Count == MaxPathLength) throw new ImapSyntaxException("the part is too deep");
            var number = reader.NonZeroNumber();
            if (path.Count > 0) label.Write("."u8);
            Write(label, number);
            path.Add((int)Math.Min(number, int.MaxValue));
            if (reader.Rest is not [(byte)'.', >= (byte)'0' and <= (byte)'9', ..]) break;
            reader.Expect((byte)'.');
        }
        return path;
    }

    private static SectionText Text(ref ImapReader reader, ArrayBufferWriter<byte> label)
    {
        var name = reader.TakeWhile(TextChars);
        var (text, written) = name.Length switch
        {
            6 when Is(name, "HEADER"u8) => (SectionText.Header, "HEADER"),
            13 when Is(name, "HEADER.FIELDS"u8) => (SectionText.HeaderFields, "HEADER.FIELDS"),
            17 when Is(name, "HEADER.FIELDS.NOT"u8) => (SectionText.HeaderFieldsNot, "HEADER.FIELDS.NOT"),
            4 when Is(name, "TEXT"u8) => (SectionText.Text, "TEXT"),
            4 when Is(name, "MIME"u8) => (SectionText.Mime, "MIME"),
            _ => throw new ImapSyntaxException("unknown section"),
        };
        label.Write(Encoding.ASCII.GetBytes(written));
        return text;
    }

    private static HeaderFieldNames Fields(ref ImapReader reader, ArrayBufferWriter<byte> label)
    {
        var names = new List<byte[]>();
        reader.Space();
        reader.Expect((byte)'(');
        label.Write(" ("u8);
        do
        {
            if (names.Count == MaxFields) throw new ImapRefusedException("LIMIT", "too many header fields in one FETCH");
            if (names.Count > 0) label.Write(" "u8);
            var name = reader.AStringBytes();
            if (name.Length > MaxFieldNameOctets) throw new ImapSyntaxException("header field name is too long");
            names.Add(name.ToArray());
            WriteFieldName(label, name);
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        label.Write(")"u8);
        return new HeaderFieldNames(names);
    }

    // header-fld-name is an astring (RFC 9051 §9): given back as an atom where it is one.
    private static void WriteFieldName(ArrayBufferWriter<byte> label, ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty && name.IndexOfAnyExcept(AtomChars) < 0)
        {
            label.Write(name);
            return;
        }
        if (name.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) >= 0)
        {
            label.Write("{"u8);
            Write(label, (ulong)name.Length);
            label.Write("}\r\n"u8);
            label.Write(name);
            return;
        }
        label.Write("\""u8);
        foreach (var octet in name)
        {
            if (octet is (byte)'"' or (byte)'\\') label.Write("\\"u8);
            label.Write([octet]);
        }
        label.Write("\""u8);
    }

    private static readonly SearchValues<byte> AtomChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    /// <summary>"&lt;first.octets&gt;"; the answer only tells the first (RFC 9051 §7.5.2).</summary>
    private static Partial? Partial(ref ImapReader reader, ArrayBufferWriter<byte> label)
    {
        if (!reader.TryByte((byte)'<')) return null;
        var first = reader.Number64();
        reader.Expect((byte)'.');
        var octets = reader.Number64();
        if (octets == 0) throw new ImapSyntaxException("a part of no octets cannot be fetched"); // nz-number64
        reader.Expect((byte)'>');
        label.Write("<"u8);
        Write(label, first);
        label.Write(">"u8);
        return new Partial((long)first, (long)octets);
    }

    private static void Write(ArrayBufferWriter<byte> label, ulong number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        label.Write(digits[..length]);
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(name, word);
}
