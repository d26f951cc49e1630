using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Facteur.Jmap.Http;

/// <summary>Refusals over HTTP as problem details (RFC 7807 §3, RFC 8620 §3.6.1).</summary>
public static class JmapProblem
{
    /// <summary>The request as a whole is refused.</summary>
    public static Task WriteAsync(HttpContext context, JmapRequestException error) => WriteAsync(context, error.Status, error.Write);

    /// <summary>Refused by the rules of HTTP or of access: of type "about:blank", which the status says all about (RFC 7807 §4.2).</summary>
    /// <param name="detail">A sentence for a person or a programmer; "" for none.</param>
    /// <param name="code">Code of ours (FCT-3101); null for none.</param>
    public static Task WriteAsync(HttpContext context, int status, string title, string detail = "", string? code = null) => WriteAsync(context, status, writer =>
    {
        writer.WriteString("type"u8, "about:blank");
        writer.WriteString("title"u8, title);
        writer.WriteNumber("status"u8, status);
        if (detail.Length > 0) writer.WriteString("detail"u8, detail);
        if (code is not null) writer.WriteString("code"u8, code);
    });

    private static Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, JmapJson.Writing))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }
}
