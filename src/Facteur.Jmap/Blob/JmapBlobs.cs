using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Blobs by id (RFC 8620 §6): messages, uploads, the parts of both, and scripts.</summary>
internal static class JmapBlobs
{
    /// <inheritdoc cref="OpenAsync(JmapServices, JmapAccount, JmapBlobId, CancellationToken)"/>
    public static ValueTask<JmapBlobContent?> OpenAsync(JmapCall call, JmapAccount account, JmapBlobId id, CancellationToken cancel) =>
        OpenAsync(call.Services, account, id, cancel);

    /// <summary>Opens a blob of an account that the caller may read; null when the account has none of that id (any more), or it is an upload of somebody else.</summary>
    public static async ValueTask<JmapBlobContent?> OpenAsync(JmapServices services, JmapAccount account, JmapBlobId id, CancellationToken cancel)
    {
        if (id.Script is { } script) return await ScriptBlobs.OpenAsync(services, account.Id, script, cancel);
        if (await FindAsync(services, account, id, cancel) is not { } found || await services.Store.OpenBodyAsync(found.Body, cancel) is not { } body) return null;
        if (id.Part is null) return new JmapBlobContent(body, found.Type, null, body) { Stored = found.Body };
        JmapBlobContent? content = null;
        try
        {
            var root = id.Email is { } email ? await ReadPartsAsync(services, account.Id, email, cancel) : PartTable.Parse((await PartBlob.ParseAsync(body, cancel)).Parts.Span);
            content = root is null ? null : await PartBlob.OpenAsync(body, root, id.Part, body, cancel);
            return content;
        }
        finally
        {
            if (content is null) await body.DisposeAsync();
        }
    }

    /// <summary>The message or upload as a whole.</summary>
    private static async ValueTask<(BodyReference Body, string Type)?> FindAsync(JmapServices services, JmapAccount account, JmapBlobId id, CancellationToken cancel)
    {
        if (id.Email is { } email)
            return (await services.Store.Emails.LookAsync(account.Id, cancel)).TryFind(email, out var row) ? (row.Body, "message/rfc822") : null;
        if (id.Upload is not { } number) return null;
        return await services.Store.Uploads.FindAsync(new UploadOwner(account.Id, account.User), number, cancel) is { } upload ? (upload.Body, upload.Type) : null;
    }

    private static async ValueTask<MessagePart?> ReadPartsAsync(JmapServices services, AccountId account, EmailId email, CancellationToken cancel)
    {
        await using var details = services.Store.Emails.ReadDetails(account, [email], EmailFields.Parts);
        return await details.ReadAsync(cancel) ? PartTable.Parse(details.Parts) : null;
    }
}
