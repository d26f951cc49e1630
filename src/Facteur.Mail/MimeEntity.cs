using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Facteur.Mail;

/// <summary>A part of a message that is being built (RFC 2045 §2.4), with what it contains. Contents that are streams are read when the message is written.</summary>
public abstract class MimeEntity
{
    private protected MimeEntity(string mediaType) => MediaType = mediaType;

    /// <summary>Type and subtype, "text/plain".</summary>
    public string MediaType { get; }

    /// <summary>Parameters of Content-Type in the order written.</summary>
    public IList<KeyValuePair<string, string>> Parameters { get; } = new List<KeyValuePair<string, string>>();

    /// <summary>"inline" or "attachment" (RFC 2183 §2.1, §2.2); null for none.</summary>
    public string? Disposition { get; set; }

    /// <summary>Name of the file; written after RFC 2231 when it needs it.</summary>
    public string? FileName { get; set; }

    /// <summary>Content-ID without angle brackets, for "cid:" references (RFC 2392 §2).</summary>
    public string? ContentId { get; set; }

    /// <summary>Fields of this part beside those of its content; their values are unstructured text.</summary>
    public IList<KeyValuePair<string, string>> Fields { get; } = new List<KeyValuePair<string, string>>();

    /// <summary>More of them, whose values are legal as they are.</summary>
    public IList<KeyValuePair<string, string>> LegalFields { get; } = new List<KeyValuePair<string, string>>();

    internal abstract TransferEncoding Encoding { get; }

    /// <summary>Text in UTF-8 or <paramref name="charset"/>; line breaks of any kind become CRLF.</summary>
    /// <param name="encoding">How it travels; by default 7bit when it can, else what is shorter of quoted-printable and base64.</param>
    public static MimeEntity Text(string text, string subtype = "plain", string charset = "utf-8", TransferEncoding? encoding = null) =>
        new TextEntity("text/" + subtype, text, charset, encoding);

    /// <summary>Octets as they are, in base64.</summary>
    public static MimeEntity Bytes(string mediaType, ReadOnlyMemory<byte> content, string? fileName = null, string? disposition = "attachment", string? contentId = null) =>
        Stream(mediaType, _ => new(new MemoryStream(content.ToArray(), writable: false)), fileName, disposition, contentId);

    /// <summary>The octets of a stream in base64; opened when the message is written, and closed then.</summary>
    public static MimeEntity Stream(string mediaType, Func<CancellationToken, ValueTask<Stream>> open, string? fileName = null, string? disposition = "attachment", string? contentId = null) =>
        new Base64Entity(mediaType, open) { FileName = fileName, Disposition = disposition, ContentId = contentId };

    /// <summary>A whole message inside this one (RFC 2046 §5.2.1): written as it is, since no encoding is allowed on it.</summary>
    public static MimeEntity Message(ReadOnlyMemory<byte> message, string? fileName = null, string? disposition = "attachment") =>
        new VerbatimEntity("message/rfc822", message) { FileName = fileName, Disposition = disposition };

    /// <summary>Octets of a type that is lines of ASCII already, such as message/delivery-status (RFC 3464 §2.1) or text/rfc822-headers; written as they are.</summary>
    public static MimeEntity Verbatim(string mediaType, ReadOnlyMemory<byte> lines) => new VerbatimEntity(mediaType, lines);

    /// <summary>The octets of a stream as they are: of a message inside this one, which no encoding is allowed on. Opened when the message is written, and closed then.</summary>
    /// <param name="encoding">What they are: 7bit, 8bit or binary.</param>
    public static MimeEntity VerbatimStream(string mediaType, TransferEncoding encoding, Func<CancellationToken, ValueTask<Stream>> open) =>
        new VerbatimStreamEntity(mediaType, encoding, open);

    /// <summary>Parts one after another: "alternative", "related", "mixed", "report" with its report-type parameter.</summary>
    /// <param name="boundary">Part of the delimiter, for output that must be the same each time; by default beyond guessing.</param>
    public static MimeEntity Multipart(string subtype, IReadOnlyList<MimeEntity> parts, string? boundary = null) => new MultipartEntity(subtype, parts, boundary);

    /// <summary>Adds a parameter of Content-Type: "format" of a text, "method" of an invitation.</summary>
    public MimeEntity With(string parameter, string value)
    {
        Parameters.Add(new(parameter, value));
        return this;
    }

    /// <summary>Writes a whole message of which this is the body.</summary>
    /// <param name="header">Writes the fields before MIME-Version and those of the content.</param>
    public async ValueTask WriteMessageAsync(Action<HeaderWriter> header, Stream output, CancellationToken cancel)
    {
        var buffered = new ArrayBufferWriter<byte>(1024);
        var writer = new HeaderWriter(buffered);
        header(writer);
        writer.Write("MIME-Version", "1.0");
        WriteFields(writer);
        buffered.Write("\r\n"u8);
        await WriteAsync(buffered, output, cancel);
        await WriteBodyAsync(output, cancel);
        if (!EndsWithLineBreak)
            await output.WriteAsync("\r\n"u8.ToArray(), cancel);
    }

    internal void WriteFields(HeaderWriter header)
    {
        header.Parameters("Content-Type", MediaType, ContentParameters());
        var encoding = Encoding switch
        {
            TransferEncoding.QuotedPrintable => "quoted-printable",
            TransferEncoding.Base64 => "base64",
            TransferEncoding.EightBit => "8bit",
            TransferEncoding.Binary => "binary",
            _ => null, // 7bit is the default, RFC 2045 §6.1
        };
        if (encoding is not null)
            header.Write("Content-Transfer-Encoding", encoding);
        if (Disposition is not null || FileName is not null)
            header.Parameters("Content-Disposition", Disposition ?? "attachment", FileName is null ? [] : [new("filename", FileName)]);
        if (ContentId is not null)
            header.Write("Content-ID", MessageBuilder.Identifier(ContentId));
        foreach (var (name, value) in Fields)
            header.Text(name, value);
        foreach (var (name, value) in LegalFields)
            header.Write(name, value);
    }

    private protected virtual IEnumerable<KeyValuePair<string, string>> ContentParameters() => Parameters;

    /// <summary>False when the last line of the body is not ended; a multipart does not mind (RFC 2046 §5.1.1), a message does.</summary>
    internal virtual bool EndsWithLineBreak => true;

    /// <summary>Writes the body exactly: the line break before a delimiter is the multipart's.</summary>
    internal abstract ValueTask WriteBodyAsync(Stream output, CancellationToken cancel);

    internal static async ValueTask WriteAsync(ArrayBufferWriter<byte> buffered, Stream output, CancellationToken cancel)
    {
        await output.WriteAsync(buffered.WrittenMemory, cancel);
        buffered.ResetWrittenCount();
    }

    private sealed class TextEntity : MimeEntity
    {
        private const int MaxLineOctets = 998; // RFC 5322 §2.1.1

        private readonly byte[] octets;
        private readonly string charset;

        public TextEntity(string mediaType, string text, string charset, TransferEncoding? encoding) : base(mediaType)
        {
            octets = Charsets.Get(charset).GetBytes(WithCrLf(text));
            this.charset = Ascii.IsValid(octets) && charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? "us-ascii" : charset;
            Encoding = encoding ?? Choose();
        }

        internal override TransferEncoding Encoding { get; }

        private static string WithCrLf(string text) =>
            text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace("\n", "\r\n", StringComparison.Ordinal);

        private TransferEncoding Choose()
        {
            int longest = 0, escapes = 0, line = 0;
            foreach (var octet in octets)
            {
                line = octet == '\n' ? 0 : line + 1;
                longest = Math.Max(longest, line);
                escapes += octet is >= 0x80 or 0 or (byte)'=' ? 1 : 0;
            }
            if (Ascii.IsValid(octets) && longest <= MaxLineOctets && !octets.AsSpan().Contains((byte)0))
                return TransferEncoding.SevenBit;
            return octets.Length + escapes * 2 <= octets.Length / 3 * 4 ? TransferEncoding.QuotedPrintable : TransferEncoding.Base64;
        }

        private protected override IEnumerable<KeyValuePair<string, string>> ContentParameters() => [new("charset", charset), .. Parameters];

        internal override bool EndsWithLineBreak => Encoding == TransferEncoding.Base64 || octets.AsSpan().EndsWith("\r\n"u8);

        internal override async ValueTask WriteBodyAsync(Stream output, CancellationToken cancel)
        {
            if (Encoding == TransferEncoding.Base64)
            {
                await Base64Entity.CopyAsync(new MemoryStream(octets, writable: false), output, cancel);
                return;
            }
            var buffered = new ArrayBufferWriter<byte>(octets.Length + 64);
            if (Encoding == TransferEncoding.QuotedPrintable)
                QuotedPrintableEncoder.Encode(octets, buffered);
            else
                buffered.Write(octets);
            await WriteAsync(buffered, output, cancel);
        }
    }

    private sealed class Base64Entity(string mediaType, Func<CancellationToken, ValueTask<Stream>> open) : MimeEntity(mediaType)
    {
        private const int LineOctets = 57; // 76 characters, RFC 2045 §6.8
        private const int ChunkLines = 256;

        internal override TransferEncoding Encoding => TransferEncoding.Base64;

        internal override async ValueTask WriteBodyAsync(Stream output, CancellationToken cancel)
        {
            await using var content = await open(cancel);
            await CopyAsync(content, output, cancel);
        }

        public static async ValueTask CopyAsync(Stream content, Stream output, CancellationToken cancel)
        {
            var chunk = ArrayPool<byte>.Shared.Rent(LineOctets * ChunkLines);
            var lines = new ArrayBufferWriter<byte>(78 * ChunkLines);
            try
            {
                int count;
                do
                {
                    count = await content.ReadAtLeastAsync(chunk.AsMemory(0, LineOctets * ChunkLines), LineOctets * ChunkLines, throwOnEndOfStream: false, cancel);
                    for (var at = 0; at < count; at += LineOctets)
                        Line(chunk.AsSpan(at, Math.Min(LineOctets, count - at)), lines);
                    await WriteAsync(lines, output, cancel);
                }
                while (count == LineOctets * ChunkLines);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }
        }

        private static void Line(ReadOnlySpan<byte> octets, ArrayBufferWriter<byte> lines)
        {
            var span = lines.GetSpan(78);
            Base64.EncodeToUtf8(octets, span, out _, out var written);
            "\r\n"u8.CopyTo(span[written..]);
            lines.Advance(written + 2);
        }
    }

    private sealed class VerbatimEntity(string mediaType, ReadOnlyMemory<byte> content) : MimeEntity(mediaType)
    {
        internal override TransferEncoding Encoding { get; } = Ascii.IsValid(content.Span) ? TransferEncoding.SevenBit : TransferEncoding.EightBit;

        internal override bool EndsWithLineBreak => content.Span.EndsWith("\r\n"u8);

        internal override async ValueTask WriteBodyAsync(Stream output, CancellationToken cancel)
        {
            await output.WriteAsync(content, cancel);
        }
    }

    private sealed class VerbatimStreamEntity(string mediaType, TransferEncoding encoding, Func<CancellationToken, ValueTask<Stream>> open) : MimeEntity(mediaType)
    {
        internal override TransferEncoding Encoding => encoding;

        // Not known before it is read; a line too many at the end of a message is none of its content.
        internal override bool EndsWithLineBreak => false;

        internal override async ValueTask WriteBodyAsync(Stream output, CancellationToken cancel)
        {
            await using var content = await open(cancel);
            await content.CopyToAsync(output, cancel);
        }
    }

    private sealed class MultipartEntity(string subtype, IReadOnlyList<MimeEntity> parts, string? boundary) : MimeEntity("multipart/" + subtype)
    {
        // "=_" stands in no base64 and no quoted-printable text (RFC 2045 §6.7); the rest is beyond guessing.
        private readonly string boundary = "=_" + (boundary ?? Guid.NewGuid().ToString("N"));

        // 8bit when a part is (RFC 2045 §6.4).
        internal override TransferEncoding Encoding { get; } =
            parts.Any(part => part.Encoding == TransferEncoding.EightBit) ? TransferEncoding.EightBit : TransferEncoding.SevenBit;

        private protected override IEnumerable<KeyValuePair<string, string>> ContentParameters() => [.. Parameters, new("boundary", boundary)];

        internal override async ValueTask WriteBodyAsync(Stream output, CancellationToken cancel)
        {
            var buffered = new ArrayBufferWriter<byte>(512);
            var delimiter = $"--{boundary}";
            foreach (var part in parts)
            {
                System.Text.Encoding.ASCII.GetBytes(delimiter + "\r\n", buffered);
                delimiter = $"\r\n--{boundary}";
                part.WriteFields(new HeaderWriter(buffered));
                buffered.Write("\r\n"u8);
                await WriteAsync(buffered, output, cancel);
                await part.WriteBodyAsync(output, cancel);
            }
            System.Text.Encoding.ASCII.GetBytes(delimiter + "--\r\n", buffered);
            await WriteAsync(buffered, output, cancel);
        }
    }
}
