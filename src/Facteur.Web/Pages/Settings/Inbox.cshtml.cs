using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Boîte de réception »: what stands first in lists, what is a row, and what a row shows.</summary>
public sealed class InboxModel : SignedInPage
{
    public override string Title => T["Menu.Inbox"];

    public async Task<IActionResult> OnPostAsync()
    {
        var changed = Setting with { Order = Field("order"), Conversations = Field("conversations") != "off", Preview = Field("preview") == "yes" };
        if (changed.Problem() is not null) return Refuse(T["Problem.Form.Text"]);
        await Services.Webmail.WriteAsync(Account.Id, changed, Cancel);
        return GoTo("/settings/inbox?done=saved");
    }
}
