using System.Globalization;

namespace Facteur.Mail;

/// <summary>A mailbox to be written: an address that may be used, and the name people read.</summary>
public sealed record Mailbox(MailAddress Address, string? Name = null);

/// <summary>Builds a message of RFC 5322 and RFC 2045 and writes it as a stream.</summary>
/// <remarks>
/// ASCII lines of at most 78 characters wherever the content allows, names and texts in encoded words, CRLF everywhere. Nothing given
/// as text can add a field or end the header (S-03); an address that must not be carried is refused when it is given (S-02).
/// </remarks>
public sealed class MessageBuilder
{
    private readonly List<Mailbox> from = [], sender = [], replyTo = [], to = [], cc = [], bcc = [];
    private readonly List<KeyValuePair<string, string>> fields = [];
    private readonly List<MimeEntity> inline = [], attachments = [];
    private MimeEntity? text, html, body;
    private int boundaries;

    public string? Subject { get; set; }

    public DateTimeOffset? Date { get; set; }

    /// <summary>Message-ID, with or without its angle brackets.</summary>
    public string? MessageId { get; set; }

    public IReadOnlyList<string> InReplyTo { get; set; } = [];

    public IReadOnlyList<string> References { get; set; } = [];

    /// <summary>Makes the delimiters of multiparts the same each time, for samples; leave it null where content comes from others.</summary>
    public string? BoundarySeed { get; init; }

    /// <exception cref="ArgumentException">The address must not be carried (see <see cref="MailAddress"/>).</exception>
    public MessageBuilder From(string address, string? name = null) => Add(from, address, name);

    public MessageBuilder Sender(string address, string? name = null) => Add(sender, address, name);

    public MessageBuilder ReplyTo(string address, string? name = null) => Add(replyTo, address, name);

    public MessageBuilder To(string address, string? name = null) => Add(to, address, name);

    public MessageBuilder Cc(string address, string? name = null) => Add(cc, address, name);

    /// <summary>Written like Cc: for copies that are kept, and for tests. Who sends leaves it out.</summary>
    public MessageBuilder Bcc(string address, string? name = null) => Add(bcc, address, name);

    /// <summary>Another field; its value is unstructured text.</summary>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no field name.</exception>
    public MessageBuilder Header(string name, string value)
    {
        HeaderWriter.CheckName(name);
        fields.Add(new(name, value));
        return this;
    }

    public MessageBuilder Text(string content, string charset = "utf-8", TransferEncoding? encoding = null)
    {
        text = MimeEntity.Text(content, "plain", charset, encoding);
        return this;
    }

    /// <summary>HTML; with <see cref="Text"/>, the better of the two alternatives (RFC 2046 §5.1.4).</summary>
    public MessageBuilder Html(string content, string charset = "utf-8", TransferEncoding? encoding = null)
    {
        html = MimeEntity.Text(content, "html", charset, encoding);
        return this;
    }

    /// <summary>What the HTML shows as "cid:<paramref name="contentId"/>" (RFC 2387, RFC 2392).</summary>
    public MessageBuilder Inline(string contentId, string mediaType, ReadOnlyMemory<byte> content, string? fileName = null)
    {
        inline.Add(MimeEntity.Bytes(mediaType, content, fileName, "inline", contentId));
        return this;
    }

    public MessageBuilder Attach(string fileName, string mediaType, ReadOnlyMemory<byte> content) =>
        Attach(MimeEntity.Bytes(mediaType, content, fileName));

    /// <summary>An attachment read from a stream when the message is written.</summary>
    public MessageBuilder Attach(string fileName, string mediaType, Func<CancellationToken, ValueTask<Stream>> open) =>
        Attach(MimeEntity.Stream(mediaType, open, fileName));

    public MessageBuilder Attach(MimeEntity attachment)
    {
        attachments.Add(attachment);
        return this;
    }

    /// <summary>The whole body, in place of text, HTML and attachments: a report, an invitation.</summary>
    public MessageBuilder Body(MimeEntity entity)
    {
        body = entity;
        return this;
    }

    /// <summary>Writes the message.</summary>
    public async ValueTask WriteAsync(Stream output, CancellationToken cancel)
    {
        await Compose().WriteMessageAsync(WriteHeader, output, cancel);
    }

    /// <summary>The message in memory; for small ones without streams.</summary>
    /// <exception cref="InvalidOperationException">An attachment is a stream that has to be waited for.</exception>
    public byte[] ToArray()
    {
        using var output = new MemoryStream();
        var written = WriteAsync(output, CancellationToken.None);
        if (!written.IsCompleted)
            throw new InvalidOperationException("a message with streams is written by WriteAsync");
        written.GetAwaiter().GetResult();
        return output.ToArray();
    }

    private void WriteHeader(HeaderWriter header)
    {
        if (Date is { } date)
            header.Write("Date", MailDate.Format(date));
        Mailboxes(header, "From", from);
        Mailboxes(header, "Sender", sender);
        Mailboxes(header, "Reply-To", replyTo);
        Mailboxes(header, "To", to);
        Mailboxes(header, "Cc", cc);
        Mailboxes(header, "Bcc", bcc);
        if (Subject is not null)
            header.Text("Subject", Subject);
        if (MessageId is not null)
            header.Write("Message-ID", Identifier(MessageId));
        if (InReplyTo.Count > 0)
            header.Write("In-Reply-To", string.Join(' ', InReplyTo.Select(Identifier)));
        if (References.Count > 0)
            header.Write("References", string.Join(' ', References.Select(Identifier)));
        foreach (var (name, value) in fields)
            header.Text(name, value);
    }

    private static void Mailboxes(HeaderWriter header, string name, List<Mailbox> mailboxes)
    {
        if (mailboxes.Count > 0)
            header.Mailboxes(name, mailboxes);
    }

    private string? NextBoundary() => BoundarySeed is null ? null : BoundarySeed + '.' + boundaries++.ToString(CultureInfo.InvariantCulture);

    private MimeEntity Compose()
    {
        boundaries = 0;
        var content = body ?? ComposeText();
        return attachments.Count == 0 ? content : MimeEntity.Multipart("mixed", [content, .. attachments], NextBoundary());
    }

    // alternative(text, related(html, inline...)): the order clients expect (RFC 2046 §5.1.4, RFC 2387).
    private MimeEntity ComposeText()
    {
        if (html is null)
            return inline.Count == 0 ? text ?? MimeEntity.Text("") : MimeEntity.Multipart("mixed", [text ?? MimeEntity.Text(""), .. inline], NextBoundary());
        var rich = inline.Count == 0 ? html : MimeEntity.Multipart("related", [html, .. inline], NextBoundary()).With("type", "text/html");
        return text is null ? rich : MimeEntity.Multipart("alternative", [text, rich], NextBoundary());
    }

    /// <summary>An identifier in its angle brackets, or <see cref="ArgumentException"/>.</summary>
    internal static string Identifier(string id)
    {
        var bare = id.Trim();
        if (bare.StartsWith('<') && bare.EndsWith('>'))
            bare = bare[1..^1];
        if (bare.Length is 0 or > 900 || bare.AsSpan().ContainsAnyExceptInRange('!', '~') || bare.AsSpan().IndexOfAny('<', '>') >= 0)
            throw new ArgumentException($"\"{EncodedWords.OneLine(id)}\" is no message identifier", nameof(id));
        return '<' + bare + '>';
    }

    private MessageBuilder Add(List<Mailbox> list, string address, string? name)
    {
        if (!MailAddress.TryParse(address, out var parsed))
            throw new ArgumentException($"\"{EncodedWords.OneLine(address)}\" is no address", nameof(address));
        list.Add(new Mailbox(parsed, name));
        return this;
    }
}
