using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>Email/parse: shows blobs that are messages as emails, without taking them into the mail store (RFC 8621 §4.9).</summary>
internal sealed class EmailParse() : JmapMethod("Email/parse", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(
            call.Arguments, "accountId", "blobIds", "properties", "bodyProperties", "fetchTextBodyValues", "fetchHTMLBodyValues", "fetchAllBodyValues", "maxBodyValueBytes");
        var account = await call.AccountAsync(write: false, cancel);
        var plan = EmailPlan.Read(call.Arguments, EmailProperties.OfParse, alwaysId: false);
        var blobIds = JmapArguments.Strings(call.Arguments, "blobIds") ?? throw JmapMethodException.InvalidArguments("blobIds is missing");
        if (blobIds.Count > call.Services.Limits.MaxObjectsInGet) throw JmapGet.TooLarge();
        var (notParsable, notFound) = (new List<string>(), new List<string>());
        var json = call.Answer;
        var writer = new EmailWriter(json, plan);
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapIds.Of(account.Id));
        var parsed = false;
        foreach (var text in blobIds.Distinct(StringComparer.Ordinal))
        {
            await using var blob = JmapBlobId.TryParse(call.Request.ResolveId(text), out var id) ? await JmapBlobs.OpenAsync(call, account, id, cancel) : null;
            if (blob is null) notFound.Add(text);
            else if (await ParseAsync(blob, cancel) is not { } facts) notParsable.Add(text);
            else
            {
                if (!parsed) json.WriteStartObject("parsed"u8);
                parsed = true;
                json.WritePropertyName(text);
                await using var message = new OpenEmail(_ => new(blob.Source), () => ValueTask.CompletedTask);
                await writer.WriteParsedAsync(id, facts, message, cancel);
            }
        }
        if (parsed) json.WriteEndObject();
        else json.WriteNull("parsed"u8);
        WriteIds(call, "notParsable", notParsable);
        WriteIds(call, "notFound", notFound);
        json.WriteEndObject();
    }

    /// <summary>Null for what is no message.</summary>
    private static async ValueTask<MessageFacts?> ParseAsync(JmapBlobContent blob, CancellationToken cancel)
    {
        try
        {
            return await MessageCheck.IsMessageAsync(blob.Source, cancel) ? await PartBlob.ParseAsync(blob.Source, cancel) : null;
        }
        catch (Facteur.Storage.DamagedMessageException)
        {
            return null;
        }
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
