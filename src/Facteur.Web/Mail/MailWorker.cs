using System.Text.Json;
using Facteur.Web.Assets;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Web.Mail;

/// <summary>
/// What makes the webmail work without a connection and be installed: its service worker, and the manifest of the application. The worker is another script for
/// each build, with the names of that build's files in it: browsers notice a new one by comparing octets.
/// </summary>
internal static class MailWorker
{
    /// <summary>The page alone is the worker's, not what stands beside it.</summary>
    private const string Scope = "/mail";

    private static readonly byte[] script = WriteScript();
    private static readonly byte[] manifest = WriteManifest();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mail/sw.js", static context =>
        {
            // The script lies below the page that it is for.
            context.Response.Headers["Service-Worker-Allowed"] = Scope;
            return WriteAsync(context, "text/javascript; charset=utf-8", script);
        }).WithMetadata(NoCookies.Instance);
        routes.MapGet("/mail/manifest.webmanifest", static context => WriteAsync(context, "application/manifest+json", manifest)).WithMetadata(NoCookies.Instance);
    }

    private static async Task WriteAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static byte[] WriteScript()
    {
        using var content = new MemoryStream();
        content.Write("self.facteur="u8);
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteString("build"u8, MailAssets.Build);
            json.WriteStartArray("files"u8);
            foreach (var file in MailAssets.Files) json.WriteStringValue(file);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        content.Write(";\n"u8);
        content.Write(MailAssets.WorkerScript);
        return content.ToArray();
    }

    private static byte[] WriteManifest()
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, Scope);
            json.WriteString("name"u8, "Facteur");
            json.WriteString("short_name"u8, "Facteur");
            json.WriteString("start_url"u8, Scope);
            json.WriteString("scope"u8, Scope);
            json.WriteString("display"u8, "standalone");
            json.WriteString("background_color"u8, "#eef2f6");
            json.WriteString("theme_color"u8, "#1f5f8b");
            json.WriteStartArray("icons"u8);
            WriteIcon(json, "facteur.svg", "image/svg+xml", "any", "any");
            WriteIcon(json, "facteur-192.png", "image/png", "192x192", "any");
            WriteIcon(json, "facteur-512.png", "image/png", "512x512", "any");
            WriteIcon(json, "facteur-maskable.png", "image/png", "512x512", "maskable");
            json.WriteEndArray();
            // Installed, the page may be what opens addresses of people (Client/src/compose/open.ts reads them).
            json.WriteStartArray("protocol_handlers"u8);
            json.WriteStartObject();
            json.WriteString("protocol"u8, "mailto");
            json.WriteString("url"u8, Scope + "#/compose/%s");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return content.ToArray();
    }

    private static void WriteIcon(Utf8JsonWriter json, string name, string type, string sizes, string purpose)
    {
        json.WriteStartObject();
        json.WriteString("src"u8, StaticAssets.Path(name));
        json.WriteString("type"u8, type);
        json.WriteString("sizes"u8, sizes);
        json.WriteString("purpose"u8, purpose);
        json.WriteEndObject();
    }
}
