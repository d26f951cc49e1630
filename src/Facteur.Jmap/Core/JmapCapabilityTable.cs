using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>All capabilities, an entry each, in the order in which the session lists them.</summary>
public static class JmapCapabilityTable
{
    public static IEnumerable<JmapCapability> All() =>
    [
        new(JmapCapabilities.Core, WriteCore) { IsOfAccounts = false, IsOffered = static _ => true },
        new(JmapCapabilities.Mail, Account: WriteMail),
        new(JmapCapabilities.Submission, Account: WriteSubmission) { IsFor = static account => account.Rights.HasFlag(ShareRights.SendAs) },
        new(JmapCapabilities.VacationResponse),
        new(JmapCapabilities.WebSocket, WriteWebSocket) { IsOfAccounts = false, IsOffered = static services => services.Urls.WebSocket is not null },
        new(JmapCapabilities.Blob),
        new(JmapCapabilities.Quota),
        new(JmapCapabilities.Mdn),
        new(JmapCapabilities.Sieve),
        new(JmapCapabilities.Principals),
        // Properties of mailboxes and emails; it need not have a method.
        new(JmapCapabilities.FacteurMail) { IsOffered = static _ => true },
        new(JmapCapabilities.FacteurAddresses),
        new(JmapCapabilities.FacteurRules),
    ];

    // RFC 8620 §2.
    private static void WriteCore(Utf8JsonWriter writer, JmapServices services)
    {
        var limits = services.Limits;
        writer.WriteNumber("maxSizeUpload"u8, limits.MaxSizeUpload);
        writer.WriteNumber("maxConcurrentUpload"u8, limits.MaxConcurrentUpload);
        writer.WriteNumber("maxSizeRequest"u8, limits.MaxSizeRequest);
        writer.WriteNumber("maxConcurrentRequests"u8, limits.MaxConcurrentRequests);
        writer.WriteNumber("maxCallsInRequest"u8, limits.MaxCallsInRequest);
        writer.WriteNumber("maxObjectsInGet"u8, limits.MaxObjectsInGet);
        writer.WriteNumber("maxObjectsInSet"u8, limits.MaxObjectsInSet);
        WriteStrings(writer, "collationAlgorithms"u8, "i;ascii-casemap", "i;unicode-casemap");
    }

    // RFC 8621 §1.3.1.
    private static void WriteMail(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNull("maxMailboxesPerEmail"u8);
        writer.WriteNull("maxMailboxDepth"u8);
        writer.WriteNumber("maxSizeMailboxName"u8, 255);
        writer.WriteNumber("maxSizeAttachmentsPerEmail"u8, 50_000_000);
        WriteStrings(
            writer, "emailQuerySortOptions"u8,
            "receivedAt", "sentAt", "size", "from", "to", "subject", "hasKeyword", "allInThreadHaveKeyword", "someInThreadHaveKeyword");
        writer.WriteBoolean("mayCreateTopLevelMailbox"u8, !account.IsReadOnly);
    }

    // RFC 8621 §1.3.2.
    private static void WriteSubmission(Utf8JsonWriter writer, JmapServices services, JmapUser user, JmapAccount account)
    {
        writer.WriteNumber("maxDelayedSend"u8, 0);
        writer.WriteStartObject("submissionExtensions"u8);
        writer.WriteEndObject();
    }

    // RFC 8887 §3.
    private static void WriteWebSocket(Utf8JsonWriter writer, JmapServices services)
    {
        var origin = services.Urls.Origin();
        writer.WriteString("url"u8, $"wss{origin[origin.IndexOf(':', StringComparison.Ordinal)..]}{services.Urls.WebSocket}");
        writer.WriteBoolean("supportsPush"u8, true);
    }

    private static void WriteStrings(Utf8JsonWriter writer, ReadOnlySpan<byte> name, params ReadOnlySpan<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
