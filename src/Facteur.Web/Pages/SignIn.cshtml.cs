using Facteur.Accounts;
using Facteur.Web.External;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Address and password.</summary>
public sealed class SignInModel : WebPage
{
    private const int MaxUser = 320;

    public override string Title => T["SignIn.Title"];

    public override bool IsNarrow => true;

    public string Next { get; private set; } = ReturnPath.Default;
    public string Who { get; private set; } = "";
    public bool Remember { get; private set; }
    public IReadOnlyList<OidcProvider> Providers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        await ReadAsync(Request.Query["next"], Request.Query["user"].ToString());
        if (Web.Session is not null) return GoTo(Next);
        if (Request.Query["why"] == "external") Complaint = T["SignIn.ExternalFailed"];
        if (Request.Query["why"] == "again") Complaint = T["Code.Again"];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await ReadAsync(Field("next"), Field("user"));
        Remember = Field("remember") == "yes";
        var answer = await Services.SignIn.PasswordAsync(Who.Trim(), Field("password"), Web.Client, Remember, Cancel);
        if (answer.NeedsCode)
        {
            WebCookies.Write(HttpContext, WebCookies.Pending, answer.Secret!);
            return GoTo("/signin/code?next=" + Uri.EscapeDataString(Next));
        }
        if (answer.Session is not null)
        {
            await SignInAsync(HttpContext, answer);
            return GoTo(Next);
        }
        return Refuse(answer.Refusal switch
        {
            LoginRefusal.BadCredentials => T["SignIn.Wrong"],
            LoginRefusal.Disabled or LoginRefusal.NotAllowed => answer.Reason?.In(T.Language) ?? T["SignIn.NotAllowed"],
            _ => answer.Reason?.In(T.Language) ?? T["SignIn.Later"],
        });
    }

    private async ValueTask ReadAsync(string? next, string user)
    {
        Next = ReturnPath.Clean(next);
        Who = user.Length <= MaxUser ? user : "";
        Providers = await Services.Providers.ListAsync(Cancel);
    }
}
