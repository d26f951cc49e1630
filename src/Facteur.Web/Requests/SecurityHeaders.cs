using Facteur.Web.Mail;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>Header fields of every answer, whatever its route: what a browser may do with it, and that it keeps to https.</summary>
internal static class SecurityHeaders
{
    private static readonly object FormTargetKey = new();

    private static readonly object MailKey = new();

    private const string Sources = "default-src 'none'; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; ";

    /// <summary>Everything is from here or not at all; scripts are files of ours, markup by script needs a policy that none of ours has.</summary>
    private const string Policy = Sources + "script-src 'self'; style-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types 'none'; form-action 'self'";

    /// <summary>
    /// Of the webmail: bodies of messages become markup through one policy, that of the sanitiser, in frames of their own; its worker is named through another; pictures
    /// that are being written about are blobs of the page, and so are PDF documents that are looked at. One script and one style sheet stand in the page itself, named by
    /// what they are.
    /// </summary>
    private static readonly string mailPolicy = Sources + $"script-src 'self' {MailAssets.HashSource(MailAssets.FirstScript)}; style-src 'self' {MailAssets.HashSource(MailAssets.Style)}; img-src 'self' data: blob:; frame-src 'self' blob:; worker-src 'self'; require-trusted-types-for 'script'; trusted-types facteur-body facteur-worker; form-action 'self'";

    /// <summary>This answer is the webmail's page.</summary>
    public static void UseMailPolicy(HttpContext context) => context.Items[MailKey] = true;

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
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            var policy = context.Items.ContainsKey(MailKey) ? mailPolicy : Policy;
            headers.ContentSecurityPolicy = context.Items[FormTargetKey] is string target ? $"{policy} {target}" : policy;
        }
        headers.XContentTypeOptions = "nosniff";
        // With "no-referrer" browsers say "Origin: null" of our own forms, too.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)";
        // The frame of message bodies is within a page of ours.
        if (headers.XFrameOptions.Count == 0) headers.XFrameOptions = "DENY";
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        // Pages are about one person; what may be kept says so itself.
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
    }
}
