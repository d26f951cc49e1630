using Facteur.Accounts.Sessions;
using Facteur.Storage;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Who is signed in as this account, and who logged in by which protocol.</summary>
public sealed class SecurityModel : SignedInPage
{
    private const int MaxLogins = 50;
    private static readonly TimeSpan shown = TimeSpan.FromDays(30);

    public override string Title => T["Menu.Security"];

    public IReadOnlyList<WebSession> Sessions { get; private set; } = [];
    public IReadOnlyList<LoginHistoryRow> Logins { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        Sessions = await Services.Sessions.ListAsync(Account, Cancel);
        Logins = await Services.Logins.History.ListAsync(Account.Id, Services.Time.GetUtcNow() - shown, MaxLogins, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync()
    {
        foreach (var one in await Services.Sessions.ListAsync(Account, Cancel))
            if (one.Name == Field("name")) await Services.Sessions.RemoveAsync(one, Cancel);
        return GoTo("/settings/security?done=ended");
    }

    public async Task<IActionResult> OnPostEndAllAsync()
    {
        await Services.Sessions.RemoveAllAsync(Account.Id, null, Cancel);
        WebCookies.Remove(HttpContext, WebCookies.Session);
        return GoTo("/signin");
    }
}
