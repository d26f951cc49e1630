using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Web.Mail;

/// <summary>The files of the webmail as they were built, out of the assembly. Their names hold a hash of what they are, so that browsers keep them for good.</summary>
internal static class MailAssets
{
    private const string Prefix = "mail/", Folder = "mail/assets/", Compressed = ".br";
    private const string Entry = "src/main.tsx", Worker = "src/offline/worker.ts";

    private sealed record Asset(string Type, byte[] Content, byte[]? Brotli);

    /// <param name="Styles">Names among the files.</param>
    /// <param name="Preloads">By language.</param>
    /// <param name="Worker">Name of the service worker among the files.</param>
    private sealed record Page(string Script, string Worker, IReadOnlyList<string> Styles, IReadOnlyDictionary<string, string[]> Preloads);

    private static readonly Dictionary<string, Asset> byName = Load();
    private static readonly Page page = ReadPage();

    /// <summary>Names what was built: another one for every change of any file.</summary>
    public static string Build { get; } = Convert.ToHexStringLower(SHA256.HashData(Read(Prefix + ".vite/manifest.json")))[..16];

    /// <summary>Addresses of all files, but for the worker.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. byName.Keys.Where(name => name != page.Worker).Order(StringComparer.Ordinal).Select(name => "/mail/assets/" + name)];

    /// <summary>The service worker as it was built: it imports nothing (<see cref="MailWorker"/>).</summary>
    public static byte[] WorkerScript => byName[page.Worker].Content;

    /// <summary>Address of the one script that the page names.</summary>
    public static string Script => page.Script;

    /// <summary>The style sheets of the first list, for the page itself: it is painted as soon as it is there.</summary>
    public static string Style { get; } = string.Concat(page.Styles.Select(static name => Encoding.UTF8.GetString(byName[name].Content)));

    /// <summary>The script that stands in the page (Client/src/first.ts).</summary>
    public static string FirstScript { get; } = Encoding.UTF8.GetString(Read(Prefix + "first.js"));

    /// <summary>A source that allows just this element of the page (CSP Level 3 §2.3.1, hash-source).</summary>
    public static string HashSource(string content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";

    /// <summary>Scripts that are needed for the first list, beside <see cref="Script"/>: with them named in the page none waits for another.</summary>
    public static IReadOnlyList<string> Preloads(string language) => page.Preloads[language];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/mail/assets/{name}", [HttpMethods.Get, HttpMethods.Head], static (string name, HttpContext context) => WriteAsync(context, byName.GetValueOrDefault(name))).WithMetadata(NoCookies.Instance);

    private static async Task WriteAsync(HttpContext context, Asset? asset)
    {
        var response = context.Response;
        if (asset is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var isCompressed = asset.Brotli is not null && TakesBrotli(context.Request.Headers.AcceptEncoding.ToString());
        var content = isCompressed ? asset.Brotli! : asset.Content;
        if (isCompressed) response.Headers.ContentEncoding = "br";
        response.Headers.Vary = "Accept-Encoding";
        response.ContentType = asset.Type;
        response.ContentLength = content.Length;
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(content, context.RequestAborted);
    }

    /// <summary>RFC 9110 §12.5.3: a coding with the weight 0 is not taken.</summary>
    private static bool TakesBrotli(string header)
    {
        foreach (var range in header.Split(',', 20, StringSplitOptions.TrimEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0].Equals("br", StringComparison.OrdinalIgnoreCase)) return parts.Length == 1 || parts[1].Trim('0', '.') is not ("q=" or "Q=");
        }
        return false;
    }

    private static Page ReadPage()
    {
        using var manifest = JsonDocument.Parse(Read(Prefix + ".vite/manifest.json"));
        var files = manifest.RootElement;
        var entry = files.GetProperty(Entry);
        var atOnce = new List<string>();
        Collect(files, Entry, atOnce);
        var preloads = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var language in AccountSettings.Locales)
        {
            var needed = new List<string>();
            Collect(files, Entry, needed);
            Collect(files, $"src/i18n/{language}/index.ts", needed);
            preloads[language] = [.. needed.Where(name => name != Entry).Select(name => PathOf(files.GetProperty(name)))];
        }
        return new Page(PathOf(entry), PathOf(files.GetProperty(Worker))["/mail/assets/".Length..], [.. atOnce.SelectMany(name => Names(files.GetProperty(name), "css")).Distinct().Select(name => name["assets/".Length..])], preloads);
    }

    /// <summary>A file of the manifest, and those that it imports.</summary>
    private static void Collect(JsonElement files, string name, List<string> found)
    {
        if (!files.TryGetProperty(name, out var file) || found.Contains(name)) return;
        found.Add(name);
        foreach (var imported in Names(file, "imports")) Collect(files, imported, found);
    }

    private static string PathOf(JsonElement file) => "/mail/" + file.GetProperty("file").GetString();

    private static IEnumerable<string> Names(JsonElement file, string property) =>
        file.TryGetProperty(property, out var names) ? names.EnumerateArray().Select(name => name.GetString()!) : [];

    private static Dictionary<string, Asset> Load()
    {
        var names = typeof(MailAssets).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return names.Where(name => !name.EndsWith(Compressed, StringComparison.Ordinal)).ToDictionary(
            name => name[Folder.Length..],
            name => new Asset(TypeOf(Path.GetExtension(name)), Read(name), names.Contains(name + Compressed) ? Read(name + Compressed) : null),
            StringComparer.Ordinal);
    }

    private static byte[] Read(string resource)
    {
        using var stream = typeof(MailAssets).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{resource} is not in the assembly: the webmail was not built");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".woff2" => "font/woff2",
        ".json" or ".webmanifest" => "application/json",
        _ => "application/octet-stream",
    };
}
