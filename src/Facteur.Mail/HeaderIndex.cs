using System.Text;

namespace Facteur.Mail;

/// <summary>The fields a message's facts are made of.</summary>
internal enum KnownField : byte
{
    From, Sender, ReplyTo, To, Cc, Bcc, Date, Subject, InReplyTo, MessageId, References,
    ContentType, ContentTransferEncoding, ContentDisposition, ContentId, ContentDescription, ContentMd5, ContentLanguage, ContentLocation,
    None,
}

/// <summary>Where the known fields of one header block stand; read in one pass, then asked by name.</summary>
internal sealed class HeaderIndex
{
    private readonly List<(KnownField Field, int Start, int Length)> fields = new(16);
    private readonly int[] firsts = new int[(int)KnownField.None];
    private OctetBuffer? block;

    public HeaderIndex() => Clear();

    /// <summary>As after a header without fields.</summary>
    public void Clear()
    {
        fields.Clear();
        firsts.AsSpan().Fill(-1);
    }

    /// <summary>Reads <paramref name="header"/>, which has to stay as it is while fields are asked for.</summary>
    public void Read(OctetBuffer header)
    {
        block = header;
        Clear();
        var octets = header.Written;
        foreach (var field in new HeaderFields(octets))
        {
            var known = Recognise(field.Name);
            if (known == KnownField.None) continue;
            if (firsts[(int)known] < 0) firsts[(int)known] = fields.Count;
            // An empty value does not overlap: it stands anywhere.
            octets.Overlaps(field.Value, out var start);
            fields.Add((known, start, field.Value.Length));
        }
    }

    /// <summary>A field that facts are made of.</summary>
    public static bool IsKnown(ReadOnlySpan<byte> name) => Recognise(name) != KnownField.None;

    public bool Has(KnownField field) => firsts[(int)field] >= 0;

    /// <summary>The value of the first field of that name, folds included; empty when there is none.</summary>
    public ReadOnlySpan<byte> First(KnownField field) => firsts[(int)field] is >= 0 and var at ? Value(at) : default;

    /// <summary>Moves <paramref name="at"/>, which starts as -1, to the next field of that name; RFC 5322 §3.6 allows one, senders write more.</summary>
    public bool Next(KnownField field, ref int at, out ReadOnlySpan<byte> value)
    {
        at = at < 0 ? firsts[(int)field] : at + 1;
        for (; at >= 0 && at < fields.Count; at++)
        {
            if (fields[at].Field != field) continue;
            value = Value(at);
            return true;
        }
        value = default;
        return false;
    }

    private ReadOnlySpan<byte> Value(int at) => block!.Written.Slice(fields[at].Start, fields[at].Length);

    private static KnownField Recognise(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => Is(name, "to"u8, KnownField.To) ?? Is(name, "cc"u8, KnownField.Cc),
        3 => Is(name, "bcc"u8, KnownField.Bcc),
        4 => Is(name, "from"u8, KnownField.From) ?? Is(name, "date"u8, KnownField.Date),
        6 => Is(name, "sender"u8, KnownField.Sender),
        7 => Is(name, "subject"u8, KnownField.Subject),
        8 => Is(name, "reply-to"u8, KnownField.ReplyTo),
        10 => Is(name, "message-id"u8, KnownField.MessageId) ?? Is(name, "references"u8, KnownField.References)
            ?? Is(name, "content-id"u8, KnownField.ContentId),
        11 => Is(name, "in-reply-to"u8, KnownField.InReplyTo) ?? Is(name, "content-md5"u8, KnownField.ContentMd5),
        12 => Is(name, "content-type"u8, KnownField.ContentType),
        16 => Is(name, "content-language"u8, KnownField.ContentLanguage) ?? Is(name, "content-location"u8, KnownField.ContentLocation),
        19 => Is(name, "content-disposition"u8, KnownField.ContentDisposition)
            ?? Is(name, "content-description"u8, KnownField.ContentDescription),
        25 => Is(name, "content-transfer-encoding"u8, KnownField.ContentTransferEncoding),
        _ => null,
    } ?? KnownField.None;

    private static KnownField? Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known, KnownField field) =>
        Ascii.EqualsIgnoreCase(name, known) ? field : null;
}
