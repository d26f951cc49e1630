using System.Globalization;
using Facteur.Jmap.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Jmap.Blob;

/// <summary>
/// The download resource (RFC 8620 §6.2). What it answers was written by strangers: it is always a file to save, in a sandbox, of the type that was
/// asked for and no other, and never runs as a page of ours.
/// </summary>
internal static class DownloadEndpoint
{
    private const int Step = 64 * 1024;

    // A year (RFC 8246 §2): the octets of an id never change.
    private const string Forever = "private, immutable, max-age=31536000";

    private const string Sandbox = "default-src 'none'; sandbox";

    public static void Map(IEndpointRouteBuilder routes, JmapEndpoints endpoints) => routes.MapMethods(
        JmapUrls.Prefix + "download/{accountId}/{blobId}/{name?}", [HttpMethods.Get, HttpMethods.Head],
        endpoints.Guard((context, user, cancel) => AnswerAsync(endpoints, context, user, cancel)));

    private static async Task AnswerAsync(JmapEndpoints endpoints, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        await using var content = await OpenAsync(endpoints.Services, context, user, cancel);
        if (content is null)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status404NotFound, "Not found", "There is no such blob.");
            return;
        }
        WriteHeader(context);
        if (IsKnown(context.Request, TagOf(context)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var range = RangeOf(context, content.Length);
        if (range is null)
        {
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{content.Length}");
            await JmapProblem.WriteAsync(context, StatusCodes.Status416RangeNotSatisfiable, "Range not satisfiable");
            return;
        }
        context.Response.ContentLength = range.Value.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await CopyAsync(context, content, range.Value, cancel);
    }

    private static async ValueTask<JmapBlobContent?> OpenAsync(JmapServices services, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        var route = context.Request.RouteValues;
        if (await new JmapRequest(services, user).FindAccountAsync((string)route["accountId"]!, cancel) is not { } account) return null;
        return JmapBlobId.TryParse((string)route["blobId"]!, out var id) ? await JmapBlobs.OpenAsync(services, account, id, cancel) : null;
    }

    private static void WriteHeader(HttpContext context)
    {
        var headers = context.Response.Headers;
        context.Response.ContentType = DownloadNames.TypeOf(context.Request.Query["type"]);
        headers.ContentDisposition = DownloadNames.DispositionOf((string?)context.Request.RouteValues["name"]);
        headers.ContentSecurityPolicy = Sandbox;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = Forever;
        headers.ETag = TagOf(context);
        headers.AcceptRanges = "bytes";
    }

    /// <summary>An id names the same octets always: it is its own tag.</summary>
    private static string TagOf(HttpContext context) => $"\"{context.Request.RouteValues["accountId"]}-{context.Request.RouteValues["blobId"]}\"";

    // RFC 9110 §13.1.2.
    private static bool IsKnown(HttpRequest request, string tag)
    {
        foreach (var field in request.Headers.IfNoneMatch)
            foreach (var one in (field ?? "").Split(','))
                if (one.Trim() is var known && (known == "*" || known == tag || known == "W/" + tag)) return true;
        return false;
    }

    /// <summary>What to send: all of it unless one part is asked for, with its status and header field set. Null: the part is not there.</summary>
    private static ByteRange? RangeOf(HttpContext context, long length)
    {
        var headers = context.Request.Headers;
        var all = new ByteRange(0, length);
        if (headers.Range.Count != 1) return all;
        // RFC 9110 §13.1.5: a part of what the client has not is none it can use.
        if (headers.IfRange.Count > 0 && headers.IfRange.ToString() != TagOf(context)) return all;
        if (!ByteRange.TryRead(headers.Range[0]!, length, out var range)) return all;
        if (range.Length == 0) return null;
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {range.Start}-{range.Start + range.Length - 1}/{length}");
        return range;
    }

    private static async Task CopyAsync(HttpContext context, JmapBlobContent content, ByteRange range, CancellationToken cancel)
    {
        var writer = context.Response.BodyWriter;
        for (var sent = 0L; sent < range.Length;)
        {
            var wanted = (int)Math.Min(Step, range.Length - sent);
            var read = await content.Source.ReadAsync(range.Start + sent, writer.GetMemory(wanted)[..wanted], cancel);
            if (read == 0) throw new EndOfStreamException("the blob is shorter than its length");
            writer.Advance(read);
            sent += read;
            await writer.FlushAsync(cancel);
        }
    }
}
