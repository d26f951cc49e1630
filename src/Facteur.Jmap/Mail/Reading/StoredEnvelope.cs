using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>
/// A stored ENVELOPE (RFC 9051 §7.5.2), read for lists of emails without opening them. It is what the header says but for a few things that
/// <see cref="IsCertain"/> tells; and of fields that may stand once and stand twice (RFC 5322 §3.6) it has all addresses and the first text, where JMAP
/// wants the last (RFC 8621 §4.1.3): the header, when something else asks for it, is always right.
/// </summary>
internal readonly ref struct StoredEnvelope
{
    /// <summary>Longer ones may have been cut short when they were made: 1,000 addresses in a list.</summary>
    private const int MaxCertainOctets = 16 * 1024;

    /// <summary>Headers up to this size were looked at whole.</summary>
    private const int MaxCertainHeader = 64 * 1024;

    private static readonly SearchValues<byte> PlainOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_+=/'!#$%&*?^`{|}~"u8);

    private readonly ReadOnlySpan<byte> envelope;

    public StoredEnvelope(ReadOnlySpan<byte> envelope)
    {
        this.envelope = envelope;
        var text = new StoredText(envelope);
        text.TryOpen();
        Date = text.Next();
        Subject = text.Next();
        From = text.Next();
        Sender = text.Next();
        ReplyTo = text.Next();
        To = text.Next();
        Cc = text.Next();
        Bcc = text.Next();
        InReplyTo = text.Next();
        MessageId = text.Next();
    }

    public ReadOnlySpan<byte> Date { get; }
    public ReadOnlySpan<byte> Subject { get; }
    public ReadOnlySpan<byte> From { get; }
    public ReadOnlySpan<byte> Sender { get; }
    public ReadOnlySpan<byte> ReplyTo { get; }
    public ReadOnlySpan<byte> To { get; }
    public ReadOnlySpan<byte> Cc { get; }
    public ReadOnlySpan<byte> Bcc { get; }
    public ReadOnlySpan<byte> InReplyTo { get; }
    public ReadOnlySpan<byte> MessageId { get; }

    /// <summary>
    /// False when the header has to be read to be sure: it may be longer than was looked at; domains may have been written in another form; and IMAP has
    /// Sender and Reply-To say From where they are absent (RFC 9051 §7.5.2), JMAP null.
    /// </summary>
    public bool IsCertain(long headerSize, bool withSender, bool withReplyTo) =>
        headerSize <= MaxCertainHeader && envelope.Length is > 0 and <= MaxCertainOctets && envelope.IndexOf("xn--"u8) < 0
        && !(withSender && Sender.SequenceEqual(From)) && !(withReplyTo && ReplyTo.SequenceEqual(From));

    /// <summary>A text, in one of the forms of header fields; null when the field is absent.</summary>
    public static void WriteField(Utf8JsonWriter json, HeaderForm form, ReadOnlySpan<byte> value)
    {
        if (StoredText.IsNil(value))
        {
            json.WriteNullValue();
            return;
        }
        Span<byte> room = value.Length <= 1024 ? stackalloc byte[value.Length] : new byte[value.Length];
        HeaderWriter.Write(json, form, StoredText.Unquote(value, room));
    }

    /// <summary>A list of addresses as EmailAddress[]; null when the field is absent.</summary>
    public static void WriteAddresses(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        if (StoredText.IsNil(value))
        {
            json.WriteNullValue();
            return;
        }
        var list = new StoredText(value);
        list.TryOpen();
        json.WriteStartArray();
        while (list.TryOpen())
        {
            var name = list.Next();
            list.Skip(1); // the route
            var local = list.Next();
            var domain = list.Next();
            // A group opens with its name for a local part, and ends; neither has a domain (RFC 9051 §7.5.2).
            if (!StoredText.IsNil(domain)) WriteAddress(json, name, local, domain);
            list.TryClose();
        }
        json.WriteEndArray();
    }

    private static void WriteAddress(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> local, ReadOnlySpan<byte> domain)
    {
        json.WriteStartObject();
        WriteName(json, name);
        var length = local.Length + domain.Length;
        Span<byte> address = length <= 512 ? stackalloc byte[length] : new byte[length];
        var mailbox = StoredText.Unquote(local, address[..local.Length]);
        Span<byte> room = domain.Length <= 512 ? stackalloc byte[domain.Length] : new byte[domain.Length];
        var host = StoredText.Unquote(domain, room);
        if (IsPlain(mailbox) && !host.IsEmpty)
        {
            // In place: the quotes that were left out make room for the sign.
            mailbox.CopyTo(address);
            address[mailbox.Length] = (byte)'@';
            host.CopyTo(address[(mailbox.Length + 1)..]);
            json.WriteString("email"u8, address[..(mailbox.Length + 1 + host.Length)]);
        }
        else json.WriteString("email"u8, AddressWriter.AddressSpec(EncodedWords.Decode(mailbox), Encoding.ASCII.GetString(host)));
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        Span<byte> room = value.Length <= 512 ? stackalloc byte[value.Length] : new byte[value.Length];
        var name = StoredText.Unquote(value, room).Trim((byte)' ');
        if (name.IsEmpty) json.WriteNull("name"u8);
        else if (name.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && name.IndexOf("=?"u8) < 0) json.WriteString("name"u8, name);
        else json.WriteString("name"u8, HeaderText.Compose(EncodedWords.Decode(name)));
    }

    /// <summary>Stands in an address as it is: letters, digits and the commonest signs between them.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> local)
    {
        if (local.IsEmpty || local[0] == (byte)'.' || local[^1] == (byte)'.' || local.IndexOf(".."u8) >= 0 || local.StartsWith("=?"u8)) return false;
        return local.IndexOfAnyExcept(PlainOctets) < 0;
    }
}
