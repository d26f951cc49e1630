using System.Text;

namespace Facteur.Mail;

/// <summary>
/// The part tree as stored: compact, versioned by its first octet. Parts stand parent before child, each as flags, type, encoding,
/// offsets, lengths, lines, the texts its flags name, and the number of its children. Numbers are base-128, low digits first.
/// </summary>
public static class PartTable
{
    private const byte Version = 1;

    /// <summary>Types by their place in this list, counted from 1; 0 spells the type out. New ones only at the end.</summary>
    private static readonly (string Type, string Subtype)[] CommonTypes =
    [
        ("text", "plain"), ("text", "html"), ("multipart", "alternative"), ("multipart", "mixed"), ("multipart", "related"),
        ("image", "png"), ("image", "jpeg"), ("image", "gif"), ("application", "pdf"), ("application", "octet-stream"),
        ("message", "rfc822"), ("multipart", "report"), ("message", "delivery-status"), ("multipart", "signed"),
        ("application", "pgp-signature"), ("application", "pkcs7-signature"), ("text", "calendar"), ("multipart", "digest"),
        ("application", "zip"), ("message", "global"), ("text", "csv"), ("text", "rfc822-headers"),
    ];

    private static readonly List<MessagePart> NoChildren = [];

    [Flags]
    private enum Has : byte { Charset = 1, FileName = 2, ContentId = 4, Disposition = 8, Children = 16, DecodedLength = 32 }

    /// <summary>The table of a tree as the parser makes it: each header directly before its body, each part within its parent.</summary>
    public static ReadOnlyMemory<byte> Serialize(MessagePart root)
    {
        var output = new OctetBuffer(256);
        output.Append(Version);
        Write(root, 0, output);
        if (root.Children.Count > 0)
        {
            var open = new Stack<(MessagePart Part, int Next)>();
            open.Push((root, 0));
            while (open.TryPop(out var parent))
            {
                var child = parent.Part.Children[parent.Next];
                if (parent.Next + 1 < parent.Part.Children.Count) open.Push(parent with { Next = parent.Next + 1 });
                Write(child, parent.Part.BodyOffset, output);
                if (child.Children.Count > 0) open.Push((child, 0));
            }
        }
        var table = output.Written.ToArray();
        output.Release();
        return table;
    }

    /// <summary>The root part of a stored table.</summary>
    /// <exception cref="InvalidDataException">The table is damaged or of a newer version.</exception>
    public static MessagePart Parse(ReadOnlySpan<byte> table)
    {
        var reader = new Reader(table);
        if (reader.Octet() != Version) throw new InvalidDataException("a stored part table is of another version");
        var open = new Stack<(MessagePart Part, List<MessagePart> Children, long Left)>();
        var root = Read(ref reader, 0, out var children, out var count);
        if (count > 0) open.Push((root, children, count));
        while (open.TryPop(out var parent))
        {
            var part = Read(ref reader, parent.Part.BodyOffset, out children, out count);
            parent.Children.Add(part);
            if (parent.Left > 1) open.Push(parent with { Left = parent.Left - 1 });
            if (count > 0) open.Push((part, children, count));
        }
        return root;
    }

    /// <summary>Octets of the message's header, empty line included, without reading the rest of the table.</summary>
    /// <exception cref="InvalidDataException">The table is damaged or of a newer version.</exception>
    public static long HeaderLength(ReadOnlySpan<byte> table)
    {
        var reader = new Reader(table);
        if (reader.Octet() != Version) throw new InvalidDataException("a stored part table is of another version");
        reader.Octet();
        if (reader.Number() == 0)
        {
            reader.Skip();
            reader.Skip();
        }
        reader.Octet();
        reader.Number();
        return reader.Number();
    }

    /// <summary>The table of the same message with so many more octets at the start of its header. Parts stand relative to their parent: only the root moves.</summary>
    internal static ReadOnlyMemory<byte> Behind(ReadOnlySpan<byte> table, long octets)
    {
        var reader = new Reader(table);
        reader.Octet();
        reader.Octet();
        if (reader.Number() == 0)
        {
            reader.Skip();
            reader.Skip();
        }
        reader.Octet();
        reader.Number();
        var output = new OctetBuffer(table.Length + 8);
        output.Append(table[..^reader.Left]);
        Number(reader.Number() + octets, output);
        output.Append(table[^reader.Left..]);
        var moved = output.Written.ToArray();
        output.Release();
        return moved;
    }

    /// <summary>The part that IMAP section numbers name, counted from 1 (RFC 9051 §6.4.5); null when there is none. No numbers name the root.</summary>
    public static MessagePart? Find(MessagePart root, ReadOnlySpan<int> sectionNumbers)
    {
        var part = root;
        // The message whose parts the next number counts: a single part is number 1 of it. Null below a multipart.
        var message = root;
        foreach (var number in sectionNumbers)
        {
            if (message is { IsMultipart: false })
            {
                if (number != 1) return null;
                part = message;
            }
            else
            {
                var multipart = message ?? part;
                if (!multipart.IsMultipart || number < 1 || number > multipart.Children.Count) return null;
                part = multipart.Children[number - 1];
            }
            message = part.IsMessage ? part.Children[0] : null;
        }
        return part;
    }

    private static void Write(MessagePart part, long from, OctetBuffer output)
    {
        var has = (part.Charset is null ? 0 : Has.Charset) | (part.FileName is null ? 0 : Has.FileName)
            | (part.ContentId is null ? 0 : Has.ContentId) | (part.Disposition is null ? 0 : Has.Disposition)
            | (part.Children.Count == 0 ? 0 : Has.Children) | (part.DecodedLength is null ? 0 : Has.DecodedLength);
        output.Append((byte)has);
        var type = Array.IndexOf(CommonTypes, (part.Type, part.Subtype)) + 1;
        Number(type, output);
        if (type == 0)
        {
            Text(part.Type, output);
            Text(part.Subtype, output);
        }
        output.Append((byte)part.Encoding);
        Number(part.HeaderOffset - from, output);
        Number(part.HeaderLength, output);
        Number(part.BodyLength, output);
        Number(part.Lines, output);
        Text(part.Charset, output);
        Text(part.FileName, output);
        Text(part.ContentId, output);
        Text(part.Disposition, output);
        if (part.DecodedLength is { } decoded) Number(decoded, output);
        if (part.Children.Count > 0) Number(part.Children.Count, output);
    }

    private static MessagePart Read(ref Reader reader, long from, out List<MessagePart> children, out long count)
    {
        var has = (Has)reader.Octet();
        var common = reader.Number();
        if (common > CommonTypes.Length) throw Reader.Damaged();
        var (type, subtype) = common > 0 ? CommonTypes[common - 1] : (reader.Text(), reader.Text());
        var encoding = (TransferEncoding)reader.Octet();
        var headerOffset = from + reader.Number();
        var headerLength = reader.Number();
        children = has.HasFlag(Has.Children) ? [] : NoChildren;
        var part = new MessagePart
        {
            Type = type,
            Subtype = subtype,
            Encoding = encoding,
            HeaderOffset = headerOffset,
            HeaderLength = headerLength,
            BodyOffset = headerOffset + headerLength,
            BodyLength = reader.Number(),
            Lines = reader.Number(),
            Charset = has.HasFlag(Has.Charset) ? reader.Text() : null,
            FileName = has.HasFlag(Has.FileName) ? reader.Text() : null,
            ContentId = has.HasFlag(Has.ContentId) ? reader.Text() : null,
            Disposition = has.HasFlag(Has.Disposition) ? reader.Text() : null,
            DecodedLength = has.HasFlag(Has.DecodedLength) ? reader.Number() : null,
            Children = children,
        };
        count = has.HasFlag(Has.Children) ? reader.Number() : 0;
        return part;
    }

    private static void Number(long number, OctetBuffer output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        for (; number >= 0x80; number >>= 7) output.Append((byte)(number | 0x80));
        output.Append((byte)number);
    }

    private static void Text(string? text, OctetBuffer output)
    {
        if (text is null) return;
        Number(Encoding.UTF8.GetByteCount(text), output);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
    }

    private ref struct Reader(ReadOnlySpan<byte> table)
    {
        private ReadOnlySpan<byte> rest = table;

        public readonly int Left => rest.Length;

        public static InvalidDataException Damaged() => new("a stored part table is damaged");

        public byte Octet()
        {
            if (rest.IsEmpty) throw Damaged();
            var octet = rest[0];
            rest = rest[1..];
            return octet;
        }

        public long Number()
        {
            var number = 0L;
            for (var shift = 0; shift < 63; shift += 7)
            {
                var octet = Octet();
                number |= (long)(octet & 0x7F) << shift;
                if (octet < 0x80) return number;
            }
            throw Damaged();
        }

        public string Text() => Encoding.UTF8.GetString(Skip());

        /// <summary>Passes over a text; answers its octets.</summary>
        public ReadOnlySpan<byte> Skip()
        {
            var length = Number();
            if (length > rest.Length) throw Damaged();
            var text = rest[..(int)length];
            rest = rest[(int)length..];
            return text;
        }
    }
}
