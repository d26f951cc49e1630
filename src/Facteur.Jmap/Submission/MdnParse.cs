using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>MDN/parse (RFC 9007 §2.2): what blobs that are receipts say.</summary>
internal sealed class MdnParse() : JmapMethod("MDN/parse", JmapCapabilities.Mdn)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "blobIds");
        var account = await call.AccountAsync(write: false, cancel);
        var blobIds = JmapArguments.Strings(call.Arguments, "blobIds") ?? throw JmapMethodException.InvalidArguments("blobIds is missing");
        if (blobIds.Count > call.Services.Limits.MaxObjectsInGet) throw JmapGet.TooLarge();
        var (parsed, notParsable, notFound) = (false, new List<string>(), new List<string>());
        call.Answer.WriteStartObject();
        call.Answer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        foreach (var text in blobIds.Distinct(StringComparer.Ordinal))
        {
            await using var blob = JmapBlobId.TryParse(call.Request.ResolveId(text), out var id) ? await JmapBlobs.OpenAsync(call, account, id, cancel) : null;
            if (blob is null) notFound.Add(text);
            else if (await ReadAsync(blob, cancel) is not var (report, facts)) notParsable.Add(text);
            else
            {
                if (!parsed) call.Answer.WriteStartObject("parsed"u8);
                parsed = true;
                call.Answer.WritePropertyName(text);
                var about = await AboutAsync(call, account, id, report.Fields.OriginalMessageId, cancel);
                MdnJson.Write(call.Answer, report.Fields, about, facts.Subject.Length > 0 ? facts.Subject : null, report.Text, report.HasOriginal);
            }
        }
        if (parsed) call.Answer.WriteEndObject();
        else call.Answer.WriteNull("parsed"u8);
        WriteIds(call, "notParsable", notParsable);
        WriteIds(call, "notFound", notFound);
        call.Answer.WriteEndObject();
    }

    private static async ValueTask<(DispositionReport Report, MessageFacts Facts)?> ReadAsync(JmapBlobContent blob, CancellationToken cancel)
    {
        try
        {
            if (!await MessageCheck.IsMessageAsync(blob.Source, cancel)) return null;
            var facts = await PartBlob.ParseAsync(blob.Source, cancel);
            return await DispositionReport.ReadAsync(blob.Source, PartTable.Parse(facts.Parts.Span), cancel) is { } report ? (report, facts) : null;
        }
        catch (DamagedMessageException)
        {
            return null;
        }
    }

    /// <summary>The message it is about, where it is of the same conversation; null is allowed for what is not found at little cost.</summary>
    private static async ValueTask<string?> AboutAsync(JmapCall call, JmapAccount account, JmapBlobId blob, string? messageId, CancellationToken cancel)
    {
        if (messageId is null || blob is not { Email: { } email, Part: null }) return null;
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        if (!snapshot.TryFind(email, out var row)) return null;
        EmailId[] others = [.. snapshot.Thread(row.Thread).Where(one => one.Id != email).Select(one => one.Id)];
        await using var details = call.Services.Store.Emails.ReadDetails(account.Id, others, EmailFields.SortKeys);
        while (await details.ReadAsync(cancel))
            if (details.MessageId == messageId) return JmapIds.Of(details.Email);
        return null;
    }

    private static void WriteIds(JmapCall call, string name, List<string> ids)
    {
        if (ids.Count == 0)
        {
            call.Answer.WriteNull(name);
            return;
        }
        call.Answer.WriteStartArray(name);
        foreach (var id in ids) call.Answer.WriteStringValue(id);
        call.Answer.WriteEndArray();
    }
}
