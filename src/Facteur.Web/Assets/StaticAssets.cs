using System.Security.Cryptography;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Web.Assets;

/// <summary>Style sheets, scripts and images, out of the assembly. Their address holds a hash of what they are, so that browsers keep them for good.</summary>
internal static class StaticAssets
{
    private sealed record Asset(string Path, string Type, byte[] Content);

    private static readonly Dictionary<string, Asset> byName = Load();
    private static readonly Dictionary<string, Asset> byPath = byName.Values.ToDictionary(one => one.Path, StringComparer.Ordinal);

    /// <summary>Address of a file by its name.</summary>
    public static string Path(string name) => byName[name].Path;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{name}", (string name, HttpContext context) => WriteAsync(context, byPath.GetValueOrDefault("/assets/" + name), "public, max-age=31536000, immutable"))
            .WithMetadata(NoCookies.Instance);
        routes.MapGet("/favicon.ico", (HttpContext context) => WriteAsync(context, byName["facteur.svg"], "public, max-age=86400")).WithMetadata(NoCookies.Instance);
        routes.MapGet("/robots.txt", (HttpContext context) => context.Response.WriteAsync("User-agent: *\nDisallow: /\n", context.RequestAborted)).WithMetadata(NoCookies.Instance);
    }

    private static async Task WriteAsync(HttpContext context, Asset? asset, string keep)
    {
        if (asset is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = asset.Content.Length;
        context.Response.Headers.CacheControl = keep;
        await context.Response.Body.WriteAsync(asset.Content, context.RequestAborted);
    }

    private static Dictionary<string, Asset> Load()
    {
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        var assembly = typeof(StaticAssets).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith("assets/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var (name, dot) = (resource["assets/".Length..], resource.LastIndexOf('.'));
            var extension = resource[dot..];
            var path = $"/assets/{System.IO.Path.GetFileNameWithoutExtension(name)}-{Convert.ToHexStringLower(SHA256.HashData(content))[..12]}{extension}";
            assets.Add(name, new Asset(path, TypeOf(extension), content));
        }
        return assets;
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
}
