using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Comptes et adresses »: names and addresses one writes under, and addresses that are given away and switched off again.</summary>
public sealed class AccountsModel : SignedInPage
{
    private const string Here = "/settings/accounts";

    public override string Title => T["Menu.Accounts"];

    public IReadOnlyList<Identity> Identities { get; private set; } = [];

    /// <summary>Addresses that may be written under.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];
    public IReadOnlyList<DisposableAddress> Disposable { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        await ReadAsync();
        return Page();
    }

    public async Task<IActionResult> OnPostAddAsync() => await ChangeAsync("saved", async () => await Services.Accounts.AddIdentityAsync(Account.Address, Filled(new Identity(0, "", "")), Cancel, besideOwn: true));

    public async Task<IActionResult> OnPostSaveAsync() => await ChangeAsync("saved", async () =>
    {
        if (await FindAsync() is { } identity) await Services.Accounts.UpdateIdentityAsync(Account.Address, Filled(identity), Cancel);
    });

    public async Task<IActionResult> OnPostDefaultAsync() => await ChangeAsync("saved", async () =>
    {
        if (await FindAsync() is { } identity) await Services.Accounts.SetDefaultIdentityAsync(Account.Address, Text(identity.Id), Cancel);
    });

    public async Task<IActionResult> OnPostRemoveAsync() => await ChangeAsync("removed", async () =>
    {
        if (await FindAsync() is { } identity) await Services.Accounts.RemoveIdentityAsync(Account.Address, Text(identity.Id), Cancel);
    });

    /// <summary>Always made up: a name of one's choice could be somebody else's office.</summary>
    public async Task<IActionResult> OnPostDisposableAsync() => await ChangeAsync("disposable", async () => await Services.Accounts.AddDisposableAsync(Account.Address, null, Field("label"), Cancel));

    public async Task<IActionResult> OnPostSwitchAsync() => await ChangeAsync("saved", async () =>
    {
        if (await FindDisposableAsync() is { } one) await Services.Accounts.SetAddressEnabledAsync(one.Address.Address, Field("on") == "yes", Cancel);
    });

    public async Task<IActionResult> OnPostDropAsync() => await ChangeAsync("removed", async () =>
    {
        if (await FindDisposableAsync() is { } one) await Services.Accounts.RemoveAddressAsync(one.Address.Address, Cancel);
    });

    private Identity Filled(Identity identity)
    {
        var signature = Field("signature").ReplaceLineEndings("\n").TrimEnd();
        var isSame = signature == (identity.SignatureText ?? "");
        var reply = Field("reply-to").Trim();
        return identity with
        {
            Name = Field("name").Trim(),
            Address = Field("address").Trim(),
            ReplyTo = reply.Length == 0 ? null : [new NamedAddress(null, reply)],
            SignatureText = signature.Length == 0 ? null : signature,
            // The one in HTML says the same in other letters: it goes with a text that is not the same any more.
            SignatureHtml = isSame ? identity.SignatureHtml : null,
        };
    }

    private async Task<IActionResult> ChangeAsync(string done, Func<Task> change)
    {
        try
        {
            await change();
            return GoTo($"{Here}?done={done}");
        }
        catch (AccountRuleException e)
        {
            await ReadAsync();
            return Refuse(Why(e));
        }
    }

    private async ValueTask<Identity?> FindAsync() => (await Services.Accounts.ListIdentitiesAsync(Account.Address, Cancel)).FirstOrDefault(one => Text(one.Id) == Field("id"));

    /// <summary>One of this account's: addresses of others find nothing.</summary>
    private async ValueTask<DisposableAddress?> FindDisposableAsync() =>
        (await Services.Accounts.ListDisposablesAsync(Account.Address, Cancel)).FirstOrDefault(one => one.Address.Address == Field("address"));

    private async ValueTask ReadAsync()
    {
        Identities = await Services.Accounts.ListIdentitiesAsync(Account.Address, Cancel);
        Disposable = await Services.Accounts.ListDisposablesAsync(Account.Address, Cancel);
        var own = (await Services.Accounts.ListAddressesAsync(Account.Id, Cancel)).Where(one => one.Enabled).Select(one => one.Address);
        var shared = (await Services.Accounts.ListSharesOfAsync(Account.Id, Cancel)).Where(one => one.Rights.HasFlag(ShareRights.SendAs)).Select(one => one.Account.Address);
        Addresses = [.. own.Append(Account.Address).Concat(shared).Distinct(StringComparer.Ordinal)];
    }

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);
}
