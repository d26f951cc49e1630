using Facteur.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

// Addresses that mail is forwarded to: added by their own owner's word, which is the code that was sent to them.
public sealed partial class ForwardingModel
{
    public async Task<IActionResult> OnPostAddAsync()
    {
        Asked = Field("address").Trim();
        return await AskAsync(Asked);
    }

    /// <summary>Another code; the one before is worth nothing then.</summary>
    public Task<IActionResult> OnPostResendAsync() => AskAsync(Field("address"));

    public async Task<IActionResult> OnPostConfirmAsync()
    {
        try
        {
            if (await Services.Accounts.ConfirmForwardAsync(Account.Address, Field("address"), Field("code"), Cancel)) return GoTo(Here + "?done=confirmed");
        }
        catch (AccountRuleException)
        {
            // No address at all: as a wrong code.
        }
        await ReadAsync();
        return Refuse(T["Forward.CodeWrong"]);
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        await Services.Accounts.RemoveForwardAsync(Account.Address, Field("address"), Cancel);
        return GoTo(Here + "?done=removed");
    }

    private async Task<IActionResult> AskAsync(string address)
    {
        try
        {
            if (Services.Delivery is not { } delivery) throw new AccountRuleException("this server sends no mail");
            if (!Services.Codes.Allow(Account.Id)) throw new AccountRuleException("too many codes") { Rule = "CodesADay" };
            return GoTo(Here + (await delivery.Confirmations.AskAsync(Services.Accounts, Account.Address, address, use: false, Cancel) is null ? "?done=confirmed" : "?done=asked"));
        }
        catch (AccountRuleException e)
        {
            await ReadAsync();
            return Refuse(Why(e));
        }
    }
}
