using System.Collections.Frozen;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Properties of an Email (RFC 8621 §4.1).</summary>
internal enum EmailProperty : byte
{
    Id, BlobId, ThreadId, MailboxIds, Keywords, Size, ReceivedAt, ReturnedAt, HasAttachment, // metadata: in the account's snapshot
    SnoozedUntil, // beside it
    Preview,
    MessageId, InReplyTo, References, Sender, From, To, Cc, Bcc, ReplyTo, Subject, SentAt, // by convenience: fields of the header in one form
    Headers, Header,
    BodyStructure, TextBody, HtmlBody, Attachments, BodyValues,
}

/// <summary>Properties of an EmailBodyPart (RFC 8621 §4.1.4).</summary>
internal enum BodyProperty : byte { PartId, BlobId, Size, Headers, Name, Type, Charset, Disposition, Cid, Language, Location, SubParts, Header }

/// <summary>A property that was asked for.</summary>
/// <param name="Name">As asked for: the answer has the same capitals (RFC 8621 §4.2).</param>
/// <param name="Header">Of <c>Header</c>, and of those that stand for a field of the header by convenience.</param>
/// <param name="Slot">Where <paramref name="Header"/> is found in <see cref="HeaderValues"/>.</param>
internal sealed record AskedProperty<TProperty>(TProperty Property, JsonEncodedText Name, HeaderProperty? Header, int Slot) where TProperty : struct, Enum;

/// <summary>Names of the properties.</summary>
internal static class EmailProperties
{
    public static readonly FrozenDictionary<string, EmailProperty> ByName = Names<EmailProperty>(EmailProperty.Header);

    public static readonly FrozenDictionary<string, BodyProperty> BodyByName = Names<BodyProperty>(BodyProperty.Header);

    /// <summary>Those of our own (docs/jmap.md): for requests that use <see cref="JmapCapabilities.FacteurSnooze"/>, and told only when asked for.</summary>
    public static readonly IReadOnlyList<string> OfSnooze = ["snoozedUntil", "returnedAt"];

    /// <summary>What Email/get tells unless asked otherwise (RFC 8621 §4.2).</summary>
    public static readonly IReadOnlyList<string> OfGet =
    [
        "id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc",
        "replyTo", "subject", "sentAt", "hasAttachment", "preview", "bodyValues", "textBody", "htmlBody", "attachments",
    ];

    /// <summary>What Email/parse tells unless asked otherwise (RFC 8621 §4.9).</summary>
    public static readonly IReadOnlyList<string> OfParse =
    [
        "messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt", "hasAttachment", "preview", "bodyValues",
        "textBody", "htmlBody", "attachments",
    ];

    /// <summary>What both tell of a part (RFC 8621 §4.2).</summary>
    public static readonly IReadOnlyList<string> OfBody = ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location"];

    /// <summary>The header field and form that a property stands for (RFC 8621 §4.1.3); null for others.</summary>
    public static HeaderProperty? HeaderOf(EmailProperty property) => property switch
    {
        EmailProperty.MessageId => new HeaderProperty("Message-ID", HeaderForm.MessageIds),
        EmailProperty.InReplyTo => new HeaderProperty("In-Reply-To", HeaderForm.MessageIds),
        EmailProperty.References => new HeaderProperty("References", HeaderForm.MessageIds),
        EmailProperty.Sender => new HeaderProperty("Sender", HeaderForm.Addresses),
        EmailProperty.From => new HeaderProperty("From", HeaderForm.Addresses),
        EmailProperty.To => new HeaderProperty("To", HeaderForm.Addresses),
        EmailProperty.Cc => new HeaderProperty("Cc", HeaderForm.Addresses),
        EmailProperty.Bcc => new HeaderProperty("Bcc", HeaderForm.Addresses),
        EmailProperty.ReplyTo => new HeaderProperty("Reply-To", HeaderForm.Addresses),
        EmailProperty.Subject => new HeaderProperty("Subject", HeaderForm.Text),
        EmailProperty.SentAt => new HeaderProperty("Date", HeaderForm.Date),
        _ => null,
    };

    private static FrozenDictionary<string, TProperty> Names<TProperty>(TProperty withoutName) where TProperty : struct, Enum =>
        Enum.GetValues<TProperty>().Where(property => !property.Equals(withoutName))
            .ToFrozenDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.ToString()), StringComparer.Ordinal);
}
