using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Blob/copy: blobs of one account as uploads of another (RFC 8620 §6.3). What is stored as it is, is not stored twice.</summary>
internal sealed class BlobCopy() : JmapMethod("Blob/copy", JmapCapabilities.Core)
{
    private const int Together = 32;

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: true, cancel);
        var from = await call.Request.FindAccountAsync(JmapArguments.RequireString(call.Arguments, "fromAccountId"), cancel) ?? throw new JmapMethodException("fromAccountNotFound");
        JmapArguments.Only(call.Arguments, "fromAccountId", "accountId", "blobIds");
        var ids = JmapArguments.Strings(call.Arguments, "blobIds") ?? throw JmapMethodException.InvalidArguments("blobIds is missing");
        if (ids.Count > call.Services.Limits.MaxObjectsInSet) throw new JmapMethodException("requestTooLarge", "more blobs than maxObjectsInSet");
        var copied = new Dictionary<string, string>(StringComparer.Ordinal);
        var notCopied = new Dictionary<string, JmapSetError>(StringComparer.Ordinal);
        foreach (var together in ids.Distinct(StringComparer.Ordinal).Chunk(Together))
        {
            // One commit for those that come at once.
            var copies = together.Select(id => TryCopyAsync(call, from, account, id, cancel)).ToList();
            foreach (var (id, copy) in together.Zip(copies))
                if (await copy is var (upload, error) && upload is not null) copied[id] = JmapBlobId.Of(upload.Id).ToString();
                else notCopied[id] = error ?? JmapSetError.NotFound;
        }
        Write(call, from, account, copied, notCopied);
    }

    private static async Task<(UploadRecord? Upload, JmapSetError? Error)> TryCopyAsync(JmapCall call, JmapAccount from, JmapAccount to, string id, CancellationToken cancel)
    {
        try
        {
            return (await CopyAsync(call, from, to, id, cancel), null);
        }
        catch (StoreFullException)
        {
            return (null, new JmapSetError("overQuota", "the server has no room"));
        }
        catch (Exception e) when (JmapSetError.TryOf(e, out var error))
        {
            return (null, error);
        }
    }

    private static async ValueTask<UploadRecord?> CopyAsync(JmapCall call, JmapAccount from, JmapAccount to, string sent, CancellationToken cancel)
    {
        if (!JmapBlobId.TryParse(call.Request.ResolveId(sent), out var id)) return null;
        await using var blob = await JmapBlobs.OpenAsync(call, from, id, cancel);
        if (blob is null) return null;
        var (uploads, owner, type) = (call.Services.Store.Uploads, new UploadOwner(to.Id, call.Request.User.Person), TypeOf(blob));
        if (blob.Stored is { } body) return await uploads.ReferAsync(owner, body, type, cancel);
        await using var intake = uploads.Begin(owner, blob.Length);
        await foreach (var piece in blob.Source.PiecesAsync(0, cancel)) await intake.WriteAsync(piece, cancel);
        return await intake.CompleteAsync(type, cancel);
    }

    private static string TypeOf(JmapBlobContent blob) => blob.Type.Length <= UploadStore.MaxTypeLength ? blob.Type : Blob.UploadEndpoint.UnknownType;

    private static void Write(JmapCall call, JmapAccount from, JmapAccount account, Dictionary<string, string> copied, Dictionary<string, JmapSetError> notCopied)
    {
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("fromAccountId"u8, JmapIds.Of(from.Id));
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        if (copied.Count == 0)
        {
            writer.WriteNull("copied"u8);
        }
        else
        {
            writer.WriteStartObject("copied"u8);
            foreach (var (id, upload) in copied) writer.WriteString(id, upload);
            writer.WriteEndObject();
        }
        JmapSetErrors.Write(writer, "notCopied", notCopied);
        writer.WriteEndObject();
    }
}
