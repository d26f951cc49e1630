using System.Text.Json;
using Facteur.Jmap;
using Facteur.Jmap.Http;
using Facteur.Net.Dialing;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Reading;

/// <summary>
/// Images of messages that are elsewhere, once their reader asked for them: fetched by us, through the guarded dialer, so that their server learns neither
/// who reads nor where, and nothing of our own network can be reached by a message (S-17, S-21).
/// </summary>
internal sealed class ImageProxy(WebServices web)
{
    public const string Path = "/mail/image";

    private const int MaxOctets = 10 * 1024 * 1024, MaxRedirects = 3, MaxBatch = 500, MaxBatchOctets = 512 * 1024;
    private const int PerPerson = 6, ForAll = 24;
    private static readonly TimeSpan deadline = TimeSpan.FromSeconds(20);
    private static readonly KeyValuePair<string, string>[] accepts = [new("Accept", "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9")];

    private readonly ImageSignatures signatures = new(web.Secrets, web.Time);
    private readonly Turns turns = new(PerPerson, new SemaphoreSlim(ForAll));

    /// <summary>POST: {"urls": [...]} to {"paths": [...]}, in the same order; null for what cannot be fetched.</summary>
    public async Task SignAsync(HttpContext context, JmapUser user, CancellationToken cancel)
    {
        JmapEndpoints.AllowBody(context, MaxBatchOctets);
        if (await ReadAsync(context, cancel) is not { } addresses)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "Bad request", $"urls has to be a list of at most {MaxBatch} strings.");
            return;
        }
        var key = await signatures.KeyAsync(cancel);
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteStartArray("paths"u8);
        foreach (var address in addresses) writer.WriteStringValue(signatures.PathOf(key, user, address));
        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(cancel);
    }

    /// <summary>GET: the image. Whatever went wrong elsewhere looks the same, so that nobody learns of hosts and ports by it.</summary>
    public async Task AnswerAsync(HttpContext context, JmapUser user, CancellationToken cancel)
    {
        var query = context.Request.Query;
        var key = await signatures.KeyAsync(cancel);
        if (signatures.Read(key, user, Single(query["u"]), Single(query["e"]), Single(query["s"])) is not { } address)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status403Forbidden, "Forbidden", "This address was not made for this session, or is over.");
            return;
        }
        using var turn = await turns.TakeAsync(user.Person, cancel);
        var request = new HttpFetchRequest(address) { AllowClearText = true, MaxOctets = MaxOctets, MaxRedirects = MaxRedirects, Deadline = deadline, Headers = accepts };
        var fetch = await web.Fetch(request, cancel);
        if (!fetch.IsSuccess || ImageTypes.Of(fetch.Body) is not { } type)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status404NotFound, "Not found", "There is no image at this address.");
            return;
        }
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.ContentDisposition = "inline";
        headers.CacheControl = "private, max-age=86400";
        context.Response.ContentType = type;
        context.Response.ContentLength = fetch.Body.Length;
        await context.Response.Body.WriteAsync(fetch.Body, cancel);
    }

    private static string? Single(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 1 ? values[0] : null;

    private static async ValueTask<List<string>?> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        if (!context.Request.HasJsonContentType()) return null;
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: cancel);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("urls", out var urls) || urls.ValueKind != JsonValueKind.Array || urls.GetArrayLength() > MaxBatch) return null;
            var addresses = new List<string>(urls.GetArrayLength());
            foreach (var url in urls.EnumerateArray())
                if (url.ValueKind == JsonValueKind.String) addresses.Add(url.GetString()!);
                else return null;
            return addresses;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // a string of half a surrogate pair is no text
        }
    }
}
