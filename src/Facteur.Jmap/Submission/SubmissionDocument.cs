using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Delivery.Recipients;
using Facteur.Smtp;

namespace Facteur.Jmap;

/// <summary>Where mail for a recipient went when it was sent.</summary>
internal enum SubmissionPlace : byte
{
    /// <summary>To another host: its row in the queue says more.</summary>
    Queue,
    /// <summary>Into a mailbox of this server.</summary>
    Mailbox,
    /// <summary>Wherever an alias or a forward leads.</summary>
    Onward,
}

/// <summary>What is kept of a submission beside its row: the envelope, and where each recipient's mail went.</summary>
/// <param name="IsWhole">The queue entry has all recipients: it may be taken back as long as all of them wait.</param>
internal sealed record SubmissionDocument(JsonElement Envelope, bool IsWhole, IReadOnlyList<(string Address, SubmissionPlace Place)> Recipients)
{
    public static string Write(SubmissionEnvelope envelope, IReadOnlyList<RoutedRecipient> recipients, bool isDeferred)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output, JmapJson.Writing))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("envelope"u8);
            envelope.Write(writer);
            writer.WriteBoolean("isWhole"u8, isDeferred || recipients.All(routed => PlaceOf(routed) == SubmissionPlace.Queue));
            writer.WriteStartArray("recipients"u8);
            foreach (var routed in recipients)
            {
                writer.WriteStringValue(routed.Recipient.Address.ToString());
                writer.WriteNumberValue((int)PlaceOf(routed));
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static SubmissionDocument Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var recipients = new List<(string, SubmissionPlace)>();
        var pairs = root.GetProperty("recipients"u8);
        for (var i = 0; i + 1 < pairs.GetArrayLength(); i += 2) recipients.Add((pairs[i].GetString()!, (SubmissionPlace)pairs[i + 1].GetInt32()));
        return new SubmissionDocument(root.GetProperty("envelope"u8).Clone(), root.GetProperty("isWhole"u8).GetBoolean(), recipients);
    }

    private static SubmissionPlace PlaceOf(RoutedRecipient routed) =>
        routed.IsForeign ? SubmissionPlace.Queue : routed.Remote.Count == 0 ? SubmissionPlace.Mailbox : SubmissionPlace.Onward;
}
