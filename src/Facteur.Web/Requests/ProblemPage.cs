using System.Text;
using System.Text.Encodings.Web;
using Facteur.Web.Assets;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>A page that says what is wrong, for when no page of the application can: little that could fail in its turn.</summary>
internal static class ProblemPage
{
    /// <param name="key">Name of the texts: KEY.Title and KEY.Text.</param>
    /// <param name="detail">Put into the text; an https address becomes a link.</param>
    public static Task WriteAsync(HttpContext context, int status, string key, string detail = "")
    {
        var text = context.T();
        var encode = HtmlEncoder.Default;
        var link = detail.StartsWith("https://", StringComparison.Ordinal) ? $"<p><a class=\"button\" href=\"{encode.Encode(detail)}/\">{encode.Encode(detail)}</a></p>" : "";
        var html = $"""
            <!doctype html>
            <html lang="{text.Language}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{encode.Encode(text[key + ".Title"])}</title>
            <link rel="stylesheet" href="{StaticAssets.Path("tokens.css")}"><link rel="stylesheet" href="{StaticAssets.Path("facteur.css")}"></head>
            <body class="narrow"><main><h1>{encode.Encode(text[key + ".Title"])}</h1><p>{encode.Encode(text.Format(key + ".Text", detail))}</p>{link}</main></body>
            </html>

            """;
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(html, Encoding.UTF8, context.RequestAborted);
    }
}
