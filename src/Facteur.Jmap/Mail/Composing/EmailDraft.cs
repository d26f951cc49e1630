using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>An Email to create (RFC 8621 §4.6), checked as far as that is possible without its blobs.</summary>
internal sealed record EmailDraft(IReadOnlyList<MailboxId> Mailboxes, FlagSet Flags, DateTimeOffset? ReceivedAt, DraftHeader Header, DraftPart Body)
{
    private static readonly Dictionary<string, HeaderProperty> Convenience = new(StringComparer.Ordinal)
    {
        ["messageId"] = new("Message-ID", HeaderForm.MessageIds), ["inReplyTo"] = new("In-Reply-To", HeaderForm.MessageIds), ["references"] = new("References", HeaderForm.MessageIds),
        ["sender"] = new("Sender", HeaderForm.Addresses), ["from"] = new("From", HeaderForm.Addresses), ["to"] = new("To", HeaderForm.Addresses),
        ["cc"] = new("Cc", HeaderForm.Addresses), ["bcc"] = new("Bcc", HeaderForm.Addresses), ["replyTo"] = new("Reply-To", HeaderForm.Addresses),
        ["subject"] = new("Subject", HeaderForm.Text), ["sentAt"] = new("Date", HeaderForm.Date),
    };

    /// <summary>Reads the object of a client; <see cref="JmapSetException"/> names all that is wrong.</summary>
    public static EmailDraft Read(JmapObjectReader reader, JmapRequest request, AccountSnapshot snapshot)
    {
        var mailboxes = ReadMailboxes(reader, request, snapshot);
        var keywords = new EmailKeywords();
        foreach (var keyword in reader.Set("keywords") ?? [])
            if (!keywords.TryAdd(keyword)) reader.Invalid("keywords", $"\"{keyword}\" is no keyword");
        DateTimeOffset? receivedAt = null;
        if (reader.Find("receivedAt") is { } at)
            if (DraftDates.TryRead(at, out var date)) receivedAt = date.ToUniversalTime();
            else reader.Invalid("receivedAt", "receivedAt is not a UTCDate");
        var header = ReadHeader(reader);
        var body = DraftBody.Read(reader);
        CheckRoot(reader, header, body);
        reader.Check();
        if (keywords.Count > EmailKeywords.Max) throw new JmapSetException(new JmapSetError("tooManyKeywords"));
        return new EmailDraft(mailboxes, keywords.ToFlags(), receivedAt, header, body);
    }

    private static List<MailboxId> ReadMailboxes(JmapObjectReader reader, JmapRequest request, AccountSnapshot snapshot)
    {
        var mailboxes = new List<MailboxId>();
        foreach (var id in reader.Set("mailboxIds") ?? [])
            if (MailboxPlaces.Find(id, request, snapshot) is { } mailbox)
            {
                if (!mailboxes.Contains(mailbox)) mailboxes.Add(mailbox);
            }
            else reader.Invalid("mailboxIds", $"there is no mailbox {id} for messages");
        if (mailboxes.Count == 0) reader.Invalid("mailboxIds", "an email is in a mailbox at least");
        return mailboxes;
    }

    private static DraftHeader ReadHeader(JmapObjectReader reader)
    {
        var header = new DraftHeader();
        foreach (var property in reader.Value.EnumerateObject())
            switch (property.Name)
            {
                case "mailboxIds" or "keywords" or "receivedAt" or "bodyStructure" or "bodyValues" or "textBody" or "htmlBody" or "attachments":
                    break;
                default:
                    if (Convenience.GetValueOrDefault(property.Name) is { } known) header.Read(known, property.Name, property.Value, reader);
                    else if (!property.Name.StartsWith(HeaderProperty.Prefix, StringComparison.Ordinal) || HeaderProperty.Read(property.Name) is not { } other || IsOfParts(other.Field))
                        reader.Invalid(property.Name, $"{property.Name} cannot be set");
                    else header.Read(other, property.Name, property.Value, reader);
                    break;
            }
        return header;
    }

    // RFC 8621 §4.6: fields of content are given on the parts. MIME-Version is ours: it says how we wrote the message.
    private static bool IsOfParts(string field) =>
        field.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || field.Equals("MIME-Version", StringComparison.OrdinalIgnoreCase);

    // The fields of the root part stand in the header of the message.
    private static void CheckRoot(JmapObjectReader reader, DraftHeader header, DraftPart body)
    {
        foreach (var field in body.Header.Fields)
            if (header.Has(field.Name)) reader.Invalid("bodyStructure/header:" + field.Name, $"{field.Name} is given on the email as well");
    }
}
