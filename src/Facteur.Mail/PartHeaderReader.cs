using System.Text;

namespace Facteur.Mail;

/// <summary>Reads the MIME fields of one part: its facts, and its share of BODYSTRUCTURE, with the defaults of RFC 2045 §5.2.</summary>
internal sealed class PartHeaderReader(MimeLimits limits, HeaderIndex header, OctetBuffer texts)
{
    private List<MimeParameter> typeParameters = [];
    private List<MimeParameter> dispositionParameters = [];
    private bool hasDefaultType;

    /// <summary>Fills <paramref name="part"/> from the header that was read.</summary>
    public void Read(PartNode part, bool insideDigest)
    {
        ReadType(part, insideDigest);
        ReadDisposition(part);
        part.Encoding = EncodingOf(EncodingToken());
        part.Charset = part.Type == "text" ? MimeParameters.Find(typeParameters, "charset") : null;
        part.FileName = MimeParameters.Text(dispositionParameters, "filename") ?? MimeParameters.Text(typeParameters, "name");
        if (header.Has(KnownField.ContentId))
            part.ContentId = EncodedWords.Decode(HeaderFields.Unfold(header.First(KnownField.ContentId)).Trim("<> "u8));
    }

    /// <summary>Writes the BODYSTRUCTURE texts, once it is settled what the part is.</summary>
    /// <param name="isMessage">The structure of the message inside will follow.</param>
    public void Describe(PartNode part, bool isMessage)
    {
        if (part.IsMultipart) DescribeMultipart(part);
        else DescribeSingle(part, isMessage);
    }

    /// <summary>Texts of a part without a header of its own.</summary>
    public void DescribeBare(PartNode part)
    {
        header.Clear();
        typeParameters = [];
        dispositionParameters = [];
        hasDefaultType = part.Type == "text";
        DescribeSingle(part, isMessage: false);
    }

    private void ReadType(PartNode part, bool insideDigest)
    {
        typeParameters = [];
        var value = header.First(KnownField.ContentType);
        hasDefaultType = true;
        // RFC 2046 §5.1.5
        if (!header.Has(KnownField.ContentType) && insideDigest) (part.Type, part.Subtype) = ("message", "rfc822");
        if (value.IsEmpty) return;
        var at = MimeToken.SkipBlank(value, 0);
        var type = MimeToken.Read(value, ref at);
        at = MimeToken.SkipBlank(value, at);
        if (!type.IsEmpty && at < value.Length && value[at] == (byte)'/')
        {
            at = MimeToken.SkipBlank(value, at + 1);
            var subtype = MimeToken.Read(value, ref at);
            if (!subtype.IsEmpty && Ascii.IsValid(type) && Ascii.IsValid(subtype))
            {
                (part.Type, part.Subtype) = (MimeToken.Lower(type), MimeToken.Lower(subtype));
                hasDefaultType = false;
            }
        }
        typeParameters = MimeParameters.Parse(value[at..], limits.MaxParameters);
        if (!part.IsMultipart) return;
        part.Boundary = MimeParameters.Find(typeParameters, "boundary")?.TrimEnd();
        if (!string.IsNullOrEmpty(part.Boundary)) return;
        // The boundary is required (RFC 2046 §5.1.1); a type without it is not valid, and people can read the body as text.
        (part.Type, part.Subtype, part.Boundary, hasDefaultType, typeParameters) = ("text", "plain", null, true, []);
    }

    private void ReadDisposition(PartNode part)
    {
        dispositionParameters = [];
        var value = header.First(KnownField.ContentDisposition);
        var at = MimeToken.SkipBlank(value, 0);
        if (at >= value.Length) return;
        var start = at;
        var disposition = MimeToken.Read(value, ref at);
        var next = MimeToken.SkipBlank(value, at);
        // "filename=x" without a disposition: an attachment, as unrecognised ones are (RFC 2183 §2.8).
        if (next < value.Length && value[next] == (byte)'=')
        {
            disposition = default;
            at = start;
        }
        part.Disposition = disposition.IsEmpty || !Ascii.IsValid(disposition) ? "attachment" : MimeToken.Lower(disposition);
        dispositionParameters = MimeParameters.Parse(value[at..], limits.MaxParameters);
    }

    private ReadOnlySpan<byte> EncodingToken()
    {
        var value = header.First(KnownField.ContentTransferEncoding);
        var at = MimeToken.SkipBlank(value, 0);
        return MimeToken.Read(value, ref at);
    }

    private static TransferEncoding EncodingOf(ReadOnlySpan<byte> token) => MimeToken.Lower(token) switch
    {
        "" or "7bit" => TransferEncoding.SevenBit,
        "8bit" => TransferEncoding.EightBit,
        "binary" => TransferEncoding.Binary,
        "base64" => TransferEncoding.Base64,
        "quoted-printable" => TransferEncoding.QuotedPrintable,
        "x-uuencode" or "x-uue" or "uuencode" => TransferEncoding.UuEncode,
        _ => TransferEncoding.Unknown,
    };

    private void DescribeMultipart(PartNode part)
    {
        var start = texts.Length;
        ImapText.Upper(texts, part.Subtype);
        part.Fields = start..texts.Length;
        start = texts.Length;
        texts.Append((byte)' ');
        Parameters(typeParameters, false);
        DispositionLanguageLocation(part);
        part.Extension = start..texts.Length;
    }

    private void DescribeSingle(PartNode part, bool isMessage)
    {
        var start = texts.Length;
        // The grammar keeps MESSAGE/RFC822 for messages whose structure follows; one that is encoded or too deep is a file.
        var isFile = part.HoldsMessage && !isMessage;
        ImapText.Upper(texts, isFile ? "application" : part.Type);
        texts.Append((byte)' ');
        ImapText.Upper(texts, isFile ? "octet-stream" : part.Subtype);
        texts.Append((byte)' ');
        Parameters(typeParameters, part.Type == "text" && (hasDefaultType || part.Subtype == "plain"));
        texts.Append((byte)' ');
        FieldOrNil(KnownField.ContentId);
        texts.Append((byte)' ');
        FieldOrNil(KnownField.ContentDescription);
        texts.Append((byte)' ');
        // Never NIL, always quoted: CLIENTS.md 11 (Thunderbird).
        var encoding = EncodingToken();
        if (encoding.IsEmpty) texts.Append("\"7BIT\""u8);
        else ImapText.Upper(texts, MimeToken.Lower(encoding));
        part.Fields = start..texts.Length;
        start = texts.Length;
        texts.Append((byte)' ');
        FieldOrNil(KnownField.ContentMd5);
        DispositionLanguageLocation(part);
        part.Extension = start..texts.Length;
    }

    private void DispositionLanguageLocation(PartNode part)
    {
        texts.Append((byte)' ');
        if (part.Disposition is null) ImapText.Nil(texts);
        else
        {
            texts.Append((byte)'(');
            ImapText.Upper(texts, part.Disposition);
            texts.Append((byte)' ');
            Parameters(dispositionParameters, false);
            texts.Append((byte)')');
        }
        texts.Append((byte)' ');
        Language();
        texts.Append((byte)' ');
        FieldOrNil(KnownField.ContentLocation);
    }

    private void Language()
    {
        var value = HeaderFields.Unfold(header.First(KnownField.ContentLanguage));
        var any = false;
        foreach (var range in value.Split((byte)','))
        {
            var tag = value[range].Trim(" \t"u8);
            if (tag.IsEmpty) continue;
            texts.Append(any ? (byte)' ' : (byte)'(');
            ImapText.Field(texts, tag);
            any = true;
        }
        if (any) texts.Append((byte)')');
        else ImapText.Nil(texts);
    }

    private void FieldOrNil(KnownField field)
    {
        if (header.Has(field)) ImapText.Field(texts, header.First(field));
        else ImapText.Nil(texts);
    }

    /// <param name="withCharset">Name the default charset when there is none (RFC 2045 §5.2).</param>
    private void Parameters(List<MimeParameter> parameters, bool withCharset)
    {
        withCharset = withCharset && MimeParameters.Find(parameters, "charset") is null;
        if (parameters.Count == 0 && !withCharset)
        {
            ImapText.Nil(texts);
            return;
        }
        texts.Append((byte)'(');
        if (withCharset) texts.Append("\"CHARSET\" \"US-ASCII\""u8);
        for (var i = 0; i < parameters.Count; i++)
        {
            if (withCharset || i > 0) texts.Append((byte)' ');
            Parameter(parameters[i]);
        }
        texts.Append((byte)')');
    }

    private void Parameter(MimeParameter parameter)
    {
        // RFC 9051 §7.5.2 would have the value of "name*" decoded to UTF-8; these texts are ASCII for every client, and those
        // that read RFC 2231 read the joined, still encoded form.
        var name = parameter.IsExtended ? parameter.Name + "*" : parameter.Name;
        ImapText.Upper(texts, name);
        texts.Append((byte)' ');
        if (Ascii.IsValid(parameter.Value)) ImapText.String(texts, parameter.Value);
        else ImapText.Text(texts, EncodedWords.Decode(Encoding.Latin1.GetBytes(parameter.Value)));
    }
}
