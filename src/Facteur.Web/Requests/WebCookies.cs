using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>Our cookies. The prefix __Host- keeps them to this host, https and all paths; scripts never see them.</summary>
internal static class WebCookies
{
    public const string Session = "__Host-facteur";
    public const string Pending = "__Host-facteur-code";
    public const string Visitor = "__Host-facteur-visitor";
    public const string Language = "__Host-facteur-language";
    public const string Passkey = "__Host-facteur-passkey";
    public const string External = "__Host-facteur-external";

    public static string? Read(HttpContext context, string name) =>
        context.Request.Cookies.TryGetValue(name, out var value) && value is { Length: > 0 and <= 4_000 } ? value : null;

    /// <param name="keep">How long the browser keeps it; null: until it is closed.</param>
    public static void Write(HttpContext context, string name, string value, TimeSpan? keep = null) =>
        context.Response.Cookies.Append(name, value, Options(keep));

    public static void Remove(HttpContext context, string name) => context.Response.Cookies.Delete(name, Options(null));

    // Lax, not Strict: who comes from a link in a mail is still signed in.
    private static CookieOptions Options(TimeSpan? keep) =>
        new() { Path = "/", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = keep, IsEssential = true };
}
