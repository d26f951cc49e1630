using System.Text.Json;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Properties that are about the email, not in the message (RFC 8621 §4.1.1), and hasAttachment: all out of the account's snapshot.</summary>
internal static class EmailMetadata
{
    public static void Write(Utf8JsonWriter json, EmailProperty property, AccountSnapshot snapshot, in EmailRow row)
    {
        switch (property)
        {
            case EmailProperty.Id:
                json.WriteStringValue(JmapIds.Of(row.Id));
                break;
            case EmailProperty.BlobId:
                json.WriteStringValue(JmapBlobId.Of(row.Id).ToString());
                break;
            case EmailProperty.ThreadId:
                json.WriteStringValue(JmapIds.Of(row.Thread));
                break;
            case EmailProperty.MailboxIds:
                json.WriteStartObject();
                for (var i = 0; i < row.PlaceCount; i++) WriteMailbox(json, row, i);
                json.WriteEndObject();
                break;
            case EmailProperty.Keywords:
                json.WriteStartObject();
                foreach (var keyword in snapshot.KeywordsOf(row)) json.WriteBoolean(keyword, true);
                json.WriteEndObject();
                break;
            case EmailProperty.Size:
                json.WriteNumberValue(row.Size);
                break;
            case EmailProperty.ReceivedAt:
                JmapDates.WriteUtc(json, row.ReceivedAt);
                break;
            case EmailProperty.ReturnedAt:
                if (row.ReturnedAt == 0) json.WriteNullValue();
                else JmapDates.WriteUtc(json, row.ListedAt);
                break;
            default:
                json.WriteBooleanValue(row.HasAttachment);
                break;
        }
    }

    /// <summary>A mailbox may hold an email twice (COPY into where it is); it is named once.</summary>
    private static void WriteMailbox(Utf8JsonWriter json, in EmailRow row, int index)
    {
        var mailbox = row.Place(index).Mailbox;
        for (var i = 0; i < index; i++)
            if (row.Place(i).Mailbox == mailbox) return;
        json.WriteBoolean(JmapIds.Of(mailbox), true);
    }
}
