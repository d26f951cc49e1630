using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Blobs by id (RFC 8620 §6): messages and their parts.</summary>
internal static class JmapBlobs
{
    /// <summary>Opens a blob of an account that the caller may read; null when the account has none of that id (any more).</summary>
    public static async ValueTask<JmapBlobContent?> OpenAsync(JmapServices services, AccountId account, JmapBlobId id, CancellationToken cancel)
    {
        if (id.Email is not { } email) return null;
        var snapshot = await services.Store.Emails.LookAsync(account, cancel);
        if (!snapshot.TryFind(email, out var row)) return null;
        if (await services.Store.OpenBodyAsync(row.Body, cancel) is not { } body) return null;
        if (id.Part is null) return new JmapBlobContent(body, "message/rfc822", null, body);
        JmapBlobContent? content = null;
        try
        {
            content = await ReadPartsAsync(services, account, email, cancel) is { } root ? await PartBlob.OpenAsync(body, root, id.Part, body, cancel) : null;
            return content;
        }
        finally
        {
            if (content is null) await body.DisposeAsync();
        }
    }

    private static async ValueTask<MessagePart?> ReadPartsAsync(JmapServices services, AccountId account, EmailId email, CancellationToken cancel)
    {
        await using var details = services.Store.Emails.ReadDetails(account, [email], EmailFields.Parts);
        return await details.ReadAsync(cancel) ? PartTable.Parse(details.Parts) : null;
    }
}
