using System.Buffers.Text;
using System.Text.Json;
using Facteur.Jmap.Blob;
using Facteur.Mail;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>An UploadObject: sources whose octets make a blob, one behind the other (RFC 9404 §4.1). What is wrong with one refuses the blob.</summary>
internal static class BlobSources
{
    private static readonly string[] kinds = ["data:asText", "data:asBase64", "blobId"];

    /// <summary>Whether a source is a blob that the same request makes.</summary>
    public static bool HasReference(JsonElement upload) =>
        upload.ValueKind == JsonValueKind.Object && upload.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
        && data.EnumerateArray().Any(source => source.ValueKind == JsonValueKind.Object && source.TryGetProperty("blobId", out var id) && id.ValueKind == JsonValueKind.String && id.GetString()!.StartsWith('#'));

    /// <summary>The octets in an intake that the caller completes and disposes of. <see cref="JmapSetException"/> for what cannot be.</summary>
    public static async ValueTask<(UploadIntake Intake, string Type)> ReadAsync(JmapCall call, JmapAccount account, JsonElement upload, CancellationToken cancel)
    {
        if (upload.ValueKind != JsonValueKind.Object) throw JmapMethodException.InvalidArguments("create has a value that is not an object");
        var reader = new JmapObjectReader(upload);
        reader.Only("data", "type");
        var type = reader.String("type");
        if (type is not null && UploadEndpoint.TypeOf(type) is var known && known == UploadEndpoint.UnknownType && type != known) reader.Invalid("type", "type is not a media type");
        var sources = reader.Array("data");
        if (sources is null) reader.Invalid("data", "data is missing or is not a list");
        else if (sources.Value.GetArrayLength() > call.Services.Limits.MaxDataSources) reader.Invalid("data", $"data has more than {call.Services.Limits.MaxDataSources} sources");
        reader.Check();
        var intake = call.Services.Store.Uploads.Begin(new UploadOwner(account.Id, call.Request.User.Person), null);
        try
        {
            foreach (var source in sources!.Value.EnumerateArray()) await AddAsync(call, account, intake, source, cancel);
            return (intake, type is null ? UploadEndpoint.UnknownType : UploadEndpoint.TypeOf(type));
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask AddAsync(JmapCall call, JmapAccount account, UploadIntake intake, JsonElement source, CancellationToken cancel)
    {
        if (source.ValueKind != JsonValueKind.Object) throw Invalid("a source is not an object");
        var kind = KindOf(source);
        var value = source.GetProperty(kind);
        if (value.ValueKind != JsonValueKind.String) throw Invalid($"{kind} is not a string");
        switch (kind)
        {
            case "data:asText":
                await WriteAsync(call, intake, System.Text.Encoding.UTF8.GetBytes(value.GetString()!), cancel);
                break;
            case "data:asBase64":
                await WriteAsync(call, intake, Decode(value.GetString()!), cancel);
                break;
            default:
                await CopyAsync(call, account, intake, source, value.GetString()!, cancel);
                break;
        }
    }

    // One kind of source, and for octets given here nothing beside them; what is not known is refused (RFC 9404 §4.1).
    private static string KindOf(JsonElement source)
    {
        string? kind = null;
        foreach (var property in source.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null && property.Name is not "blobId") continue;
            if (kinds.Contains(property.Name)) kind = kind is null ? property.Name : throw Invalid("a source has several kinds of data");
            else if (property.Name is not ("offset" or "length")) throw Invalid($"{property.Name} is not a property of a source");
        }
        if (kind is null) throw Invalid("a source has no data");
        if (kind != "blobId" && (Number(source, "offset") ?? Number(source, "length")) is not null) throw Invalid("offset and length are of blobs");
        return kind;
    }

    // Without white space, which decoders pass over.
    private static byte[] Decode(string text)
    {
        if (text.AsSpan().ContainsAny(' ', '\r', '\n') || text.Contains('\t', StringComparison.Ordinal) || !Base64.IsValid(text)) throw Invalid("data:asBase64 is not base64");
        return Convert.FromBase64String(text);
    }

    private static async ValueTask CopyAsync(JmapCall call, JmapAccount account, UploadIntake intake, JsonElement source, string sent, CancellationToken cancel)
    {
        await using var blob = JmapBlobId.TryParse(call.Request.ResolveId(sent), out var id) ? await JmapBlobs.OpenAsync(call, account, id, cancel) : null;
        if (blob is null) throw NotFound(sent);
        var (offset, length) = Range(source, blob.Length);
        await foreach (var piece in blob.Source.PiecesAsync(offset, length, cancel)) await WriteAsync(call, intake, piece, cancel);
    }

    // All of what is asked for has to be there.
    private static (long Offset, long Length) Range(JsonElement source, long blobLength)
    {
        var (offset, length) = (Number(source, "offset") ?? 0, Number(source, "length"));
        if (offset > blobLength || length > blobLength - offset) throw Invalid("the range is not within the blob");
        return (offset, length ?? blobLength - offset);
    }

    private static long? Number(JsonElement source, string name)
    {
        try
        {
            return JmapArguments.UnsignedInt(source, name);
        }
        catch (JmapMethodException e)
        {
            throw Invalid(e.Description);
        }
    }

    private static async ValueTask WriteAsync(JmapCall call, UploadIntake intake, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        if (intake.Length + octets.Length > call.Services.Limits.MaxSizeBlobSet) throw new JmapSetException(new JmapSetError("tooLarge", "the blob is larger than maxSizeBlobSet"));
        if (!call.Request.MayMake(octets.Length)) throw new JmapSetException(new JmapSetError("rateLimit", "the blobs of one request are larger together than this server makes at once: ask in another one"));
        await intake.WriteAsync(octets, cancel);
    }

    /// <summary>A blob that something is to be made of is not there (RFC 8621 §4.6 names the error).</summary>
    public static JmapSetException NotFound(string blobId) => new(new JmapSetError("blobNotFound")
    {
        More = writer =>
        {
            writer.WriteStartArray("notFound"u8);
            writer.WriteStringValue(blobId);
            writer.WriteEndArray();
        },
    });

    private static JmapSetException Invalid(string description) => new(JmapSetError.Invalid("data", description));
}
