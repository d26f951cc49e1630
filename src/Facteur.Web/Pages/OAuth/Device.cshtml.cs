using Facteur.Accounts.OAuth;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>The page where the code of a device is typed (RFC 8628 §3.3). A code that comes in the address is still confirmed by hand (§3.3.1).</summary>
public sealed class DeviceModel : SignedInPage
{
    public override string Title => T["Device.Title"];

    public override bool IsNarrow => true;

    public string Code { get; private set; } = "";

    /// <summary>The device that waits, when the code is right.</summary>
    public WaitingDevice? Device { get; private set; }

    public IActionResult OnGet()
    {
        Code = Request.Query["code"].ToString() is { Length: <= 20 } code ? code : "";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        Code = Field("code");
        Device = await Services.Devices.FindAsync(Account.Id, Code, Cancel);
        return Device is null ? Refuse(T["Device.Wrong"]) : Page();
    }

    public async Task<IActionResult> OnPostAnswerAsync()
    {
        var agrees = Field("answer") == "yes";
        if (await Services.Devices.FindAsync(Account.Id, Field("code"), Cancel) is not { } device || !await Services.Devices.AnswerAsync(device, Account, agrees, Cancel)) return Refuse(T["Device.Wrong"]);
        return GoTo(agrees ? "/device?done=device" : "/device?done=devicerefused");
    }
}
