using Facteur.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>The second factor: an authenticator program and recovery codes.</summary>
public sealed class TwoStepModel : SignedInPage
{
    public override string Title => T["Menu.TwoStep"];

    protected override bool IsForEnrolling => true;

    public bool IsOn { get; private set; }
    public int CodesLeft { get; private set; }

    /// <summary>Begun and not confirmed.</summary>
    public TotpEnrolment? Enrolment { get; private set; }

    /// <summary>Recovery codes, seen this one time.</summary>
    public IReadOnlyList<string>? Codes { get; private set; }

    public Task<IActionResult> OnGetAsync() => ShowAsync();

    public async Task<IActionResult> OnPostBeginAsync()
    {
        if (await Services.Totp.HasSecondFactorAsync(Account.Id, Cancel)) return await ShowAsync();
        Enrolment = await Services.Totp.EnrolAsync(Account, Services.Options.HostName, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostConfirmAsync()
    {
        Codes = await Services.Totp.ConfirmAsync(Account, Field("code"), Cancel);
        if (Codes is null)
        {
            // Shown again from the form: what counts is what the store has.
            Enrolment = new TotpEnrolment(Field("secret"), Field("uri"));
            return Refuse(T["Code.Wrong"]);
        }
        await Services.Sessions.RemoveAllAsync(Account.Id, Session, Cancel);
        await Services.Sessions.RenewAsync(Session, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostNewCodesAsync()
    {
        if (!await IsOwnPasswordAsync(Field("password"))) return await RefuseAndShowAsync();
        Codes = await Services.Totp.NewRecoveryCodesAsync(Account, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        if (!await IsOwnPasswordAsync(Field("password"))) return await RefuseAndShowAsync();
        await Services.Totp.RemoveAsync(Account.Id, Cancel);
        await Services.Sessions.RenewAsync(Session, Cancel);
        return GoTo("/settings/security/two-step?done=twostepoff");
    }

    private async Task<IActionResult> RefuseAndShowAsync()
    {
        await ShowAsync();
        return Refuse(T["Password.OldWrong"]);
    }

    private async Task<IActionResult> ShowAsync()
    {
        IsOn = await Services.Totp.HasSecondFactorAsync(Account.Id, Cancel);
        CodesLeft = IsOn ? await Services.Totp.RecoveryCodesLeftAsync(Account.Id, Cancel) : 0;
        return Page();
    }
}
