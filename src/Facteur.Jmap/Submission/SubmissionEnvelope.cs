using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Smtp.Wire;

namespace Facteur.Jmap;

/// <summary>An Envelope (RFC 8621 §7): who a message is from and for as mail hosts see it, with the parameters of MAIL and RCPT.</summary>
internal sealed class SubmissionEnvelope
{
    /// <summary>Addresses of one field that are read; more are too many recipients in any case.</summary>
    private const int MaxAddresses = 10_000;

    private readonly List<EnvelopeRecipient> recipients = [];
    private readonly HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);

    private SubmissionEnvelope(JsonElement? given) => Given = given;

    /// <summary>As the client sent it; null when it was made of the message.</summary>
    public JsonElement? Given { get; }

    /// <summary>Null is the empty one.</summary>
    public EnvelopeAddress? MailFrom { get; private set; }

    public IReadOnlyList<EnvelopeRecipient> Recipients => recipients;

    /// <summary>Recipients that are no addresses, as written.</summary>
    public List<string> Invalid { get; } = [];

    public DsnReturn Return { get; private set; }
    public string? EnvelopeId { get; private set; }
    public bool RequireTls { get; private set; }
    public HoldRequest? Release { get; private set; }

    /// <summary>Reads one that a client sent; invalidProperties for what is none.</summary>
    public static SubmissionEnvelope Read(JsonElement given, DateTimeOffset now)
    {
        var envelope = new SubmissionEnvelope(given);
        var reader = new JmapObjectReader(given);
        reader.Only("mailFrom", "rcptTo");
        if (!reader.IsValid || reader.Object("mailFrom") is not { } mailFrom || reader.Array("rcptTo") is not { } rcptTo) throw Wrong("an envelope has mailFrom and rcptTo");
        envelope.ReadMailFrom(mailFrom, now);
        foreach (var one in rcptTo.EnumerateArray()) envelope.ReadRecipient(one);
        return envelope;
    }

    /// <summary>Makes the one that the message itself tells: Sender or From, and all of To, Cc and Bcc (RFC 8621 §7).</summary>
    /// <param name="header">Of the message; invalidEmail when it names several senders.</param>
    public static SubmissionEnvelope Of(ReadOnlySpan<byte> header, Identity identity)
    {
        var envelope = new SubmissionEnvelope(null);
        var sender = (ReadOnlySpan<byte>)default;
        var field = "";
        var fields = 0;
        foreach (var one in new HeaderFields(header))
        {
            if (one.Is("Sender"u8) || (one.Is("From"u8) && field != "sender"))
            {
                var name = one.Is("Sender"u8) ? "sender" : "from";
                fields = name == field ? fields + 1 : 1;
                field = name;
                sender = one.Value;
            }
            else if (one.Is("To"u8) || one.Is("Cc"u8) || one.Is("Bcc"u8)) envelope.AddAll(one.Value);
        }
        envelope.MailFrom = SenderOf(sender, field, fields, identity);
        return envelope;
    }

    /// <summary>Writes it as a client would have sent it.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (Given is { } given)
        {
            given.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        writer.WritePropertyName("mailFrom"u8);
        WriteAddress(writer, MailFrom?.ToString() ?? "");
        writer.WriteStartArray("rcptTo"u8);
        foreach (var recipient in recipients) WriteAddress(writer, recipient.Address.ToString());
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter writer, string email)
    {
        writer.WriteStartObject();
        writer.WriteString("email"u8, email);
        writer.WriteNull("parameters"u8);
        writer.WriteEndObject();
    }

    private static EnvelopeAddress SenderOf(ReadOnlySpan<byte> value, string field, int fields, Identity identity)
    {
        var found = AddressParser.ParseList(value, 2).Where(item => item.Kind == AddressItemKind.Mailbox).ToList();
        if (fields > 1 || found.Count > 1) throw new JmapSetException(new JmapSetError("invalidEmail", "the message names several senders; say which one in an envelope", [field]));
        // What the identity does not allow gives way to its own address.
        if (found is [var one] && MailAddress.TryCreate(one.LocalPart, one.Domain, out var address) && identity.Covers(address.ToString())) return EnvelopeAddress.Of(address);
        return MailAddress.TryParse(identity.Address, out var own) ? EnvelopeAddress.Of(own) : throw new JmapSetException(new JmapSetError("forbiddenMailFrom"));
    }

    private void AddAll(ReadOnlySpan<byte> field)
    {
        foreach (var item in AddressParser.ParseList(field, MaxAddresses))
        {
            if (item.Kind != AddressItemKind.Mailbox) continue;
            if (MailAddress.TryCreate(item.LocalPart, item.Domain, out var address)) Add(new EnvelopeRecipient(EnvelopeAddress.Of(address), DsnNotify.Unstated, null));
            else Invalid.Add(item.Domain.Length == 0 ? item.LocalPart : $"{item.LocalPart}@{item.Domain}");
        }
    }

    private void Add(EnvelopeRecipient recipient)
    {
        if (known.Add(recipient.Address.ToString())) recipients.Add(recipient);
    }

    private void ReadMailFrom(JsonElement address, DateTimeOffset now)
    {
        var (email, parameters) = ReadAddress(address);
        if (email.Length > 0) MailFrom = MailAddress.TryParse(email, out var parsed) ? EnvelopeAddress.Of(parsed) : throw Wrong($"{email} is no address");
        foreach (var (name, value) in parameters)
            switch (name)
            {
                case "RET":
                    Return = DsnParameters.ReadReturn(value, out var part) ? part : throw Wrong("RET takes FULL or HDRS");
                    break;
                case "ENVID":
                    EnvelopeId = value is { Length: > 0 and <= DsnParameters.MaxEnvelopeId } && EmailAddress.IsPlainText(value) ? value : throw Wrong("ENVID takes 1 to 100 characters");
                    break;
                case "HOLDFOR" or "HOLDUNTIL" when Release is not null:
                    throw Wrong("one of HOLDFOR and HOLDUNTIL is enough"); // RFC 4865 §4.2
                case "HOLDFOR":
                    // Zero is at once, for clients whose delay is switched off.
                    Release = value == "0" ? null : HoldRequest.For(value, now) ?? throw Wrong("HOLDFOR takes a number of seconds");
                    break;
                case "HOLDUNTIL":
                    Release = HoldRequest.At(value, now) ?? throw Wrong("HOLDUNTIL takes a time such as 2026-01-31T08:00:00Z");
                    break;
                case "REQUIRETLS":
                    RequireTls = value is null ? true : throw Wrong("REQUIRETLS takes no value");
                    break;
                case "SIZE" or "BODY" or "SMTPUTF8":
                    break; // the message tells by itself
                default:
                    throw Wrong($"parameter {name} is not known here");
            }
    }

    private void ReadRecipient(JsonElement address)
    {
        var (email, parameters) = ReadAddress(address);
        var (notify, original) = (DsnNotify.Unstated, (OriginalRecipient?)null);
        foreach (var (name, value) in parameters)
            switch (name)
            {
                case "NOTIFY":
                    if (!DsnParameters.ReadNotify(value, out notify)) throw Wrong("NOTIFY takes NEVER alone, or a list of SUCCESS, FAILURE, DELAY");
                    break;
                case "ORCPT":
                    original = ReadOriginal(value);
                    break;
                default:
                    throw Wrong($"parameter {name} is not known here");
            }
        if (MailAddress.TryParse(email, out var parsed)) Add(new EnvelopeRecipient(EnvelopeAddress.Of(parsed), notify, original));
        else Invalid.Add(email);
    }

    private static OriginalRecipient ReadOriginal(string? value)
    {
        var semicolon = value?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        return semicolon > 0 && value!.Length is > 0 and <= 500 && EmailAddress.IsPlainText(value)
            ? new OriginalRecipient(value[..semicolon], value[(semicolon + 1)..])
            : throw Wrong("ORCPT takes an address type, a semicolon and an address");
    }

    private static (string Email, List<(string Name, string? Value)> Parameters) ReadAddress(JsonElement address)
    {
        if (address.ValueKind != JsonValueKind.Object) throw Wrong("an address is an object");
        var reader = new JmapObjectReader(address);
        reader.Only("email", "parameters");
        var (email, given) = (reader.String("email"), reader.Object("parameters"));
        if (!reader.IsValid || email is null) throw Wrong("an address has an email, and parameters or null");
        var parameters = new List<(string, string?)>();
        foreach (var parameter in given?.EnumerateObject() ?? default)
            parameters.Add((parameter.Name.ToUpperInvariant(), parameter.Value.ValueKind switch
            {
                JsonValueKind.String => parameter.Value.GetString(),
                JsonValueKind.Null => null,
                _ => throw Wrong("the value of a parameter is a string or null"),
            }));
        return (email, parameters);
    }

    private static JmapSetException Wrong(string why) => new(JmapSetError.Invalid("envelope", why));
}
