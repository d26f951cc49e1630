using System.Buffers;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Mailboxes as Mailbox/get shows them, to compare with what a client sends.</summary>
internal static class MailboxJson
{
    // With "color", which is only told to those who name it.
    private static readonly HashSet<string> All =
        [.. WantedMailbox.ServerSet, "name", "parentId", "role", "sortOrder", "isSubscribed", "color"];

    /// <summary>Null when there is no such mailbox.</summary>
    public static JsonElement? Read(JmapAccount account, AccountSnapshot snapshot, Subscriptions subscriptions, string id)
    {
        if (!JmapIds.TryRead(id, out MailboxId number) || snapshot.FindMailbox(number) is not { } mailbox) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) new MailboxView(account, snapshot, subscriptions).Write(writer, mailbox, All);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>What a mailbox is beside what its creator sent (RFC 8620 §5.3), within an object that has its id.</summary>
    public static void WriteUnsent(Utf8JsonWriter writer, JsonElement? mailbox, JsonElement sent)
    {
        foreach (var property in mailbox?.EnumerateObject() ?? default)
        {
            var asSent = sent.TryGetProperty(property.Name, out var value);
            if (property.Name is "id" || asSent && JsonElement.DeepEquals(value, property.Value) || property.Name == "color" && !asSent) continue;
            property.WriteTo(writer);
        }
    }

    /// <summary>Writes what was taken otherwise than it was sent: a name not in NFC, a color in capitals. Null for nothing.</summary>
    public static Action<Utf8JsonWriter>? Changed(WantedMailbox wanted, JsonElement patch)
    {
        var name = IsOther(patch, "name", wanted.Name);
        var color = IsOther(patch, "color", wanted.Color);
        if (!name && !color) return null;
        return writer =>
        {
            if (name) writer.WriteString("name"u8, wanted.Name);
            if (color) writer.WriteString("color"u8, wanted.Color);
        };
    }

    private static bool IsOther(JsonElement patch, string property, string value) =>
        patch.TryGetProperty(property, out var sent) && sent.ValueKind == JsonValueKind.String && !sent.ValueEquals(value);
}
