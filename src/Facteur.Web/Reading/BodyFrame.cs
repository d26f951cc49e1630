using System.Text;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Reading;

/// <summary>
/// The document in which the page shows the HTML of a message: empty, with a policy of its own (docs/decisions/0021). No script runs in it, whoever
/// wrote it, and it asks for no image but those that the page put there or had signed.
/// </summary>
internal static class BodyFrame
{
    public const string Path = "/mail/body";

    /// <summary>What the frame may do: be read by our page, open links elsewhere, be printed. The element says less of it.</summary>
    private const string Sandbox = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-modals";

    private static readonly byte[] document = Encoding.UTF8.GetBytes("""
        <!doctype html>
        <html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title></title><style>
        html { margin: 0; overflow-x: auto; overflow-y: hidden; color-scheme: light; }
        html[data-dark="own"] { color-scheme: dark; }
        html[data-dark="turned"] #facteur-body { filter: invert(.9) hue-rotate(180deg); }
        html[data-dark="turned"] #facteur-body img:not([data-held]), html[data-dark="turned"] #facteur-body [data-painted] { filter: invert(1) hue-rotate(180deg); }
        body { margin: 0; font: 0.9375rem/1.5 system-ui, sans-serif; color: #1c1b19; background: transparent; overflow-wrap: anywhere; }
        html[data-dark="own"] body { color: #ece9e4; }
        html[data-dark="own"] a { color: #9cc3f5; }
        #facteur-body { display: flow-root; position: relative; }
        img { max-width: 100%; }
        img[data-held] { outline: 1px dashed #a8a29a; min-width: 1rem; min-height: 1rem; }
        pre { white-space: pre-wrap; }
        table { overflow-wrap: normal; word-break: normal; }
        blockquote { margin: 0.5em 0; padding-inline-start: 0.8em; border-inline-start: 2px solid #b9b2a7; }
        details.facteur-quote > summary { list-style: none; display: inline-block; cursor: pointer; padding: 0 0.6em; margin: 0.4em 0; border-radius: 0.6em; background: #8883; font-weight: 700; line-height: 1.2; }
        details.facteur-quote > summary::-webkit-details-marker { display: none; }
        details.facteur-quote > summary:focus-visible, a:focus-visible { outline: 2px solid #2f6fd0; outline-offset: 2px; }
        .facteur-target { display: inline-block; margin-inline-start: 0.35em; padding: 0 0.4em; border-radius: 0.3em; background: #fbe3b5; color: #4d3200; font: 0.75rem/1.5 system-ui, sans-serif; }
        @media print { html[data-dark] #facteur-body, html[data-dark] #facteur-body img { filter: none; } html[data-dark="own"] body { color: #000; } details.facteur-quote > summary { display: none; } }
        </style></head><body><div id="facteur-body"></div></body></html>
        """);

    /// <summary>The same for everybody: it needs no session.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PolicyOf($"{context.Request.Scheme}://{context.Request.Host}");
        headers.XFrameOptions = "SAMEORIGIN";
        // Names in links are looked up when they are followed and not before (S-17).
        headers["X-DNS-Prefetch-Control"] = "off";
        headers.CacheControl = "private, max-age=3600";
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = document.Length;
        await context.Response.Body.WriteAsync(document, context.RequestAborted);
    }

    /// <summary>
    /// Images: what the page holds itself (parts of the message), and the proxy, whose addresses nobody but us can write. Without base-uri: a message that is only being
    /// parsed would be reported for its base element, which is not let through.
    /// </summary>
    internal static string PolicyOf(string origin) =>
        $"default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src blob: data: {origin}{ImageProxy.Path}; form-action 'none'; frame-ancestors 'self'; {Sandbox}";
}
