using Facteur.Accounts.OAuth;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Programs that were given access, and taking it back.</summary>
public sealed class ProgramsModel : SignedInPage
{
    public override string Title => T["Menu.Programs"];

    public IReadOnlyList<OAuthGrant> Grants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        Grants = await Services.Grants.ListAsync(Account.Id, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        foreach (var one in await Services.Grants.ListAsync(Account.Id, Cancel))
            if (one.Name == Field("name")) await Services.Grants.RevokeAsync(one.Key, Cancel);
        return GoTo("/settings/security/programs?done=revoked");
    }
}
