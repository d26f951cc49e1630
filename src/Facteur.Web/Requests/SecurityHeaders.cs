using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>Header fields of every answer, whatever its route: what a browser may do with it, and that it keeps to https.</summary>
internal static class SecurityHeaders
{
    private static readonly object FormTargetKey = new();

    /// <summary>Everything is from here or not at all; scripts are files of ours, markup by script needs a policy that none of ours has.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; form-action 'self'";

    /// <summary>Lets the forms of this page end at another place as well: browsers hold the redirect after a form against form-action.</summary>
    public static void AllowFormTarget(HttpContext context, string source) => context.Items[FormTargetKey] = source;

    public static void Apply(HttpContext context)
    {
        context.Response.OnStarting(
            static state =>
            {
                Write((HttpContext)state);
                return Task.CompletedTask;
            },
            context);
    }

    private static void Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        // A download has a stricter one of its own.
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = context.Items[FormTargetKey] is string target ? $"{Policy} {target}" : Policy;
        headers.XContentTypeOptions = "nosniff";
        // With "no-referrer" browsers say "Origin: null" of our own forms, too.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)";
        headers.XFrameOptions = "DENY";
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        // Pages are about one person; what may be kept says so itself.
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
    }
}
