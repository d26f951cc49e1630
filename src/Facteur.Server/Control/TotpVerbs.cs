using Facteur.Accounts;

namespace Facteur.Server.Control;

/// <summary>Verbs over second factors.</summary>
/// <param name="issuer">What authenticator programs call the site.</param>
internal sealed class TotpVerbs(AccountService accounts, TotpService factors, string issuer)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("account.totp.show", ShowAsync),
        ("account.totp.enrol", EnrolAsync),
        ("account.totp.confirm", ConfirmAsync),
        ("account.totp.recovery", RecoveryAsync),
        ("account.totp.rm", RemoveAsync),
    ];

    private async ValueTask<ControlReply> ShowAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        return ControlReply.Done(new TotpView(account.Address, await factors.HasSecondFactorAsync(account.Id, cancel), await factors.RecoveryCodesLeftAsync(account.Id, cancel)));
    }

    private async ValueTask<ControlReply> EnrolAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var enrolment = await factors.EnrolAsync(account, issuer, cancel);
        return ControlReply.Done(new TotpEnrolmentView(account.Address, enrolment.Secret, enrolment.Uri));
    }

    private async ValueTask<ControlReply> ConfirmAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        return await factors.ConfirmAsync(account, request.Require("code"), cancel) is { } codes
            ? ControlReply.Done(new RecoveryView(account.Address, codes))
            : ControlReply.Failed("That is not the code of this moment, or nothing was enrolled before (facteur account totp enrol).");
    }

    private async ValueTask<ControlReply> RecoveryAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        if (!await factors.HasSecondFactorAsync(account.Id, cancel)) return ControlReply.Failed($"{account.Address} has no second factor.");
        return ControlReply.Done(new RecoveryView(account.Address, await factors.NewRecoveryCodesAsync(account, cancel)));
    }

    private async ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        return await factors.RemoveAsync(account.Id, cancel)
            ? ControlReply.Done(new TotpView(account.Address, false, 0))
            : ControlReply.Failed($"{account.Address} has no second factor.");
    }
}

internal sealed record TotpView(string Address, bool IsOn, int RecoveryCodes);

/// <param name="Secret">To be typed into an authenticator program; shown this once.</param>
internal sealed record TotpEnrolmentView(string Address, string Secret, string Uri);

/// <param name="Codes">Each good once; shown this once.</param>
internal sealed record RecoveryView(string Address, IReadOnlyList<string> Codes);
