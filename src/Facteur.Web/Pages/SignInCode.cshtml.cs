using Facteur.Accounts;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>The second step: a code of the authenticator, or a recovery code.</summary>
public sealed class SignInCodeModel : WebPage
{
    public override string Title => T["Code.Title"];

    public override bool IsNarrow => true;

    public string Next { get; private set; } = ReturnPath.Default;

    public async Task<IActionResult> OnGetAsync()
    {
        Next = ReturnPath.Clean(Request.Query["next"]);
        return WebCookies.Read(HttpContext, WebCookies.Pending) is { } secret && await Services.SignIn.IsWaitingAsync(secret, Cancel)
            ? Page() : GoTo("/signin?next=" + Uri.EscapeDataString(Next));
    }

    public async Task<IActionResult> OnPostAsync()
    {
        Next = ReturnPath.Clean(Field("next"));
        var answer = await Services.SignIn.CodeAsync(WebCookies.Read(HttpContext, WebCookies.Pending) ?? "", Field("code"), Web.Client, Cancel);
        if (answer.Session is not null)
        {
            await SignInAsync(HttpContext, answer);
            return GoTo(Next);
        }
        if (answer.BeginsAgain)
        {
            WebCookies.Remove(HttpContext, WebCookies.Pending);
            return GoTo("/signin?why=again&next=" + Uri.EscapeDataString(Next));
        }
        return Refuse(answer.Refusal == LoginRefusal.Busy ? T.Format("Code.TooMany", (int)TotpService.Pause.TotalMinutes) : T["Code.Wrong"]);
    }
}
