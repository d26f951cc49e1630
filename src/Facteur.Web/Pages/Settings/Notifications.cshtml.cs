using Facteur.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Notifications »: what the owner wants to hear of beside new mail.</summary>
public sealed class NotificationsModel : SignedInPage
{
    public override string Title => T["Menu.Notifications"];

    public AlertSetting Alerts { get; private set; } = new();

    public async Task<IActionResult> OnGetAsync()
    {
        Alerts = await Services.Accounts.GetAlertsAsync(Account.Id, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await Services.Accounts.SetAlertsAsync(Account.Id, new AlertSetting(Field("program") == "yes", Field("network") == "yes"), Cancel);
        return GoTo("/settings/notifications?done=saved");
    }
}
