using Facteur.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Another password, for who knows the present one (S-07). Every other browser and program has to log in anew.</summary>
public sealed class PasswordModel : SignedInPage
{
    public override string Title => T["Menu.Password"];

    public IActionResult OnGet() => Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (Field("new") != Field("again")) return Refuse(T["Password.Different"]);
        if (!await IsOwnPasswordAsync(Field("old"))) return Refuse(T["Password.OldWrong"]);
        try
        {
            await Services.Accounts.SetPasswordAsync(Account.Address, Field("new"), Cancel);
        }
        catch (AccountRuleException e)
        {
            return Refuse(Why(e));
        }
        await Services.Sessions.RemoveAllAsync(Account.Id, Session, Cancel);
        await Services.Sessions.RenewAsync(Session, Cancel);
        return GoTo("/settings/security/password?done=password");
    }
}
