using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>What a message being composed takes from blobs of its account. They are looked at before anything is written, and opened one by one as it is.</summary>
internal sealed class DraftBlobs
{
    private const int MaxLineOctets = 998; // RFC 5322 §2.1.1

    private readonly Dictionary<string, DraftBlob> blobs = new(StringComparer.Ordinal);
    private readonly JmapServices services;
    private readonly JmapAccount account;

    private DraftBlobs(JmapServices services, JmapAccount account) => (this.services, this.account) = (services, account);

    public DraftBlob this[string blobId] => blobs[blobId];

    /// <summary>Finds the blobs of all parts; blobNotFound names those that are not there (RFC 8621 §4.6), tooLarge when they are too much for a message.</summary>
    public static async ValueTask<DraftBlobs> FindAsync(JmapCall call, JmapAccount account, DraftPart body, CancellationToken cancel)
    {
        var found = new DraftBlobs(call.Services, account);
        var missing = new List<string>();
        var octets = 0L;
        foreach (var part in body.All())
        {
            if (part.BlobId is not { } blobId || missing.Contains(blobId)) continue;
            if (!found.blobs.TryGetValue(blobId, out var blob))
            {
                if (await found.LookAsync(call.Request.ResolveId(blobId), part, cancel) is { } seen) found.blobs.Add(blobId, blob = seen);
                else missing.Add(blobId);
            }
            octets += blob?.Length ?? 0;
        }
        if (missing.Count > 0) throw NotFound(missing);
        if (octets > call.Services.Limits.MaxSizeAttachments) throw new JmapSetException(new JmapSetError("tooLarge", "the attachments are larger than maxSizeAttachmentsPerEmail"));
        return found;
    }

    /// <summary>The octets of a blob; closing the stream lets go of it.</summary>
    public async ValueTask<Stream> OpenAsync(DraftBlob blob, CancellationToken cancel) =>
        new BlobStream(await JmapBlobs.OpenAsync(services, account, blob.Id, cancel) ?? throw NotFound([blob.Id.ToString()]));

    private async ValueTask<DraftBlob?> LookAsync(string? blobId, DraftPart part, CancellationToken cancel)
    {
        if (!JmapBlobId.TryParse(blobId, out var id)) return null;
        if (await JmapBlobs.OpenAsync(services, account, id, cancel) is not { } content) return null;
        await using (content)
        {
            var isMessage = IsMessage(part.Type.Length > 0 ? part.Type : content.Type);
            return new DraftBlob(id, content.Length, content.Type, isMessage ? await ScanAsync(content, cancel) : TransferEncoding.Base64);
        }
    }

    // RFC 2046 §5.2.1: a message inside is never encoded; RFC 6532 §3.7 lets message/global be.
    public static bool IsMessage(string type) => type is "message/rfc822" or "message/global";

    /// <summary>How a message can be inside another one; base64 when not as it is.</summary>
    private static async ValueTask<TransferEncoding> ScanAsync(JmapBlobContent content, CancellationToken cancel)
    {
        var encoding = TransferEncoding.SevenBit;
        var (line, last) = (0, (byte)0);
        await foreach (var piece in content.Source.PiecesAsync(0, cancel))
            foreach (var octet in piece.Span)
            {
                line = octet is (byte)'\r' or (byte)'\n' ? 0 : line + 1;
                if (octet == 0 || line > MaxLineOctets || octet == '\n' != (last == '\r')) return TransferEncoding.Base64;
                if (octet >= 0x80) encoding = TransferEncoding.EightBit;
                last = octet;
            }
        return last == '\r' ? TransferEncoding.Base64 : encoding;
    }

    private static JmapSetException NotFound(IReadOnlyList<string> blobIds) => new(new JmapSetError("blobNotFound") { More = writer => Write(writer, blobIds) });

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<string> blobIds)
    {
        writer.WriteStartArray("notFound"u8);
        foreach (var blobId in blobIds) writer.WriteStringValue(blobId);
        writer.WriteEndArray();
    }
}

/// <param name="Type">Media type as the blob has it.</param>
/// <param name="MessageEncoding">Of a message: as it stands, or base64 when that cannot be.</param>
internal sealed record DraftBlob(JmapBlobId Id, long Length, string Type, TransferEncoding MessageEncoding);
