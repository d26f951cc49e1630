using Facteur.Accounts;
using Facteur.Jmap;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Hors connexion »: how much mail browsers keep, and what this one keeps now (a script asks the browser for that).</summary>
public sealed class OfflineModel : SignedInPage
{
    public override string Title => T["Menu.Offline"];

    /// <summary>The account's id as JMAP names it: what this browser keeps goes by it.</summary>
    public string MailAccount => JmapIds.Of(Account.Id);

    public async Task<IActionResult> OnPostAsync()
    {
        if (Number("days", 0, WebmailSetting.OfflineChoices.Max()) is not { } days || !WebmailSetting.OfflineChoices.Contains(days)) return Refuse(T["Problem.Form.Text"]);
        await Services.Webmail.WriteAsync(Account.Id, Setting with { OfflineDays = days }, Cancel);
        return GoTo("/settings/offline?done=saved");
    }
}
