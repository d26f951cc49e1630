using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// Blob/lookup: what refers to a blob (RFC 9404 §4.3). A blob that is not there, and one of others, is told as one that nothing refers to.
/// </summary>
internal sealed class BlobLookup() : JmapMethod("Blob/lookup", JmapCapabilities.Blob)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: false, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "typeNames", "ids");
        var types = JmapArguments.Strings(call.Arguments, "typeNames") ?? throw JmapMethodException.InvalidArguments("typeNames is missing");
        var ids = JmapGet.Ids(call) ?? throw JmapMethodException.InvalidArguments("ids is missing");
        foreach (var type in types)
            if (!BlobLimits.TypeNames.Contains(type) || !call.Uses(JmapCapabilities.Mail)) throw new JmapMethodException("unknownDataType", $"{type} is not looked up here");
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        var notFound = new List<string>();
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteStartArray("list"u8);
        foreach (var sent in ids)
        {
            var text = call.Request.ResolveId(sent);
            if (JmapBlobId.TryParse(text, out var id)) Write(call, snapshot, types, text!, id);
            else notFound.Add(sent);
        }
        JmapGet.End(call, notFound);
    }

    private static void Write(JmapCall call, AccountSnapshot snapshot, List<string> types, string text, JmapBlobId id)
    {
        var writer = call.Answer;
        var row = default(EmailRow);
        var isThere = id.Email is { } email && snapshot.TryFind(email, out row);
        writer.WriteStartObject();
        writer.WriteString("id"u8, text);
        writer.WriteStartObject("matchedIds"u8);
        foreach (var type in types.Distinct(StringComparer.Ordinal))
        {
            writer.WriteStartArray(type);
            if (isThere)
                foreach (var matched in Of(type, row)) writer.WriteStringValue(matched);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static IEnumerable<string> Of(string type, EmailRow row) => type switch
    {
        "Email" => [JmapIds.Of(row.Id)],
        "Thread" => [JmapIds.Of(row.Thread)],
        _ => Enumerable.Range(0, row.PlaceCount).Select(place => JmapIds.Of(row.Place(place).Mailbox)).Distinct(StringComparer.Ordinal),
    };
}
