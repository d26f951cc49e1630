using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Writes the message of a draft as a stream into the store (RFC 5322, RFC 2045). Nothing of it is placed in a mailbox yet.</summary>
internal sealed class EmailComposer(JmapCall call, JmapAccount account)
{
    private const string DefaultType = "application/octet-stream";

    /// <summary>A completed intake; the caller disposes it.</summary>
    public async ValueTask<MessageIntake> ComposeAsync(EmailDraft draft, CancellationToken cancel)
    {
        var blobs = await DraftBlobs.FindAsync(call, account, draft.Body, cancel);
        var body = ToEntity(draft.Body, blobs);
        AddMissing(draft);
        var intake = call.Services.Store.BeginMessage(null);
        try
        {
            await using (var output = new IntakeStream(intake))
                await body.WriteMessageAsync(
                    writer =>
                    {
                        foreach (var field in draft.Header.InOrder()) field.Write(writer);
                    },
                    output, cancel);
            await intake.CompleteAsync(cancel);
            return intake;
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
    }

    // RFC 8621 §4.6: Message-ID and Date are there in any case.
    private void AddMissing(EmailDraft draft)
    {
        var (header, root) = (draft.Header, draft.Body.Header);
        if (!header.Has("Date") && !root.Has("Date")) header.Add(new DraftField("Date", MailDate.Format(call.Services.Time.GetUtcNow()), false));
        if (header.Has("Message-ID") || root.Has("Message-ID")) return;
        var domain = account.Address[(account.Address.LastIndexOf('@') + 1)..];
        header.Add(new DraftField("Message-ID", $"<{Guid.NewGuid():N}@{domain}>", false));
    }

    private static MimeEntity ToEntity(DraftPart part, DraftBlobs blobs)
    {
        var entity = ToContent(part, blobs);
        foreach (var (name, value) in part.Parameters) entity.With(name, value);
        entity.Disposition = part.Disposition ?? (part.FileName is null ? null : part.Cid is null ? "attachment" : "inline");
        entity.FileName = part.FileName;
        entity.ContentId = part.Cid;
        foreach (var field in part.Header.Fields) (field.IsText ? entity.Fields : entity.LegalFields).Add(new(field.Name, field.Value));
        return entity;
    }

    private static MimeEntity ToContent(DraftPart part, DraftBlobs blobs)
    {
        if (part.IsMultipart) return MimeEntity.Multipart(part.Type["multipart/".Length..], [.. part.SubParts.Select(sub => ToEntity(sub, blobs))]);
        if (part.Text is not null) return MimeEntity.Text(part.Text, part.Type["text/".Length..]);
        var blob = blobs[part.BlobId!];
        var type = part.Type.Length > 0 ? part.Type : TypeOf(blob);
        if (DraftBlobs.IsMessage(type) && blob.MessageEncoding != TransferEncoding.Base64)
            return MimeEntity.VerbatimStream(type, blob.MessageEncoding, cancel => blobs.OpenAsync(blob, cancel));
        var entity = MimeEntity.Stream(type == "message/rfc822" ? DefaultType : type, cancel => blobs.OpenAsync(blob, cancel), disposition: null);
        return part.Charset is { } charset ? entity.With("charset", charset) : entity;
    }

    // As the uploader says, when it is a type at all and none that is made of parts.
    private static string TypeOf(DraftBlob blob) =>
        DraftPartReader.IsMediaType(blob.Type) && !blob.Type.StartsWith("multipart/", StringComparison.Ordinal) ? blob.Type : DefaultType;
}
