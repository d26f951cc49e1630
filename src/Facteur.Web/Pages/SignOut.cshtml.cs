using Facteur.Web.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Ends the session of this browser. A link alone does not: it asks first.</summary>
public sealed class SignOutModel : WebPage
{
    public override string Title => T["SignOut.Title"];

    public override bool IsNarrow => true;

    public IActionResult OnGet() => Web.Session is null ? GoTo("/signin") : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (Web.Session is { } session) await Services.Sessions.RemoveAsync(session, Cancel);
        WebCookies.Remove(HttpContext, WebCookies.Session);
        // What the browser kept of pages and of mail is nobody's business who uses it next.
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return GoTo("/signin");
    }
}
