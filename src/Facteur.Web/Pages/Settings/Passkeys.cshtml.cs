using Facteur.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Keys of devices that sign in without a password.</summary>
public sealed class PasskeysModel : SignedInPage
{
    public override string Title => T["Menu.Passkeys"];

    public IReadOnlyList<CredentialRecord> Passkeys { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        Passkeys = await Services.Passkeys.ListAsync(Account.Id, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostRenameAsync()
    {
        if (await FindAsync() is { } one && Field("label").Trim() is { Length: > 0 and <= 100 } label && !label.Any(char.IsControl))
            await Services.Store.Directory.UpdateCredentialAsync(one with { Label = label }, Cancel);
        return GoTo("/settings/security/passkeys?done=renamed");
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        if (await FindAsync() is { } one) await Services.Store.Directory.RemoveCredentialAsync(one, Cancel);
        return GoTo("/settings/security/passkeys?done=removed");
    }

    private async ValueTask<CredentialRecord?> FindAsync() =>
        (await Services.Passkeys.ListAsync(Account.Id, Cancel)).FirstOrDefault(one => one.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == Field("id"));
}
