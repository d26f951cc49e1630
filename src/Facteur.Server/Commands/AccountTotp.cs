using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account totp show|enrol|confirm|recovery|rm: the second factor of an account.</summary>
internal static class AccountTotp
{
    public static Command Create() => new("totp", "Second factor: codes of an authenticator program")
    {
        CreateShow(),
        CreateEnrol(),
        CreateConfirm(),
        CreateRecovery(),
        CreateRemove(),
    };

    private static Command CreateShow()
    {
        var address = VerbOptions.Address();
        return Verb.Create<TotpView>("show", "Show whether an account has a second factor", line => new ControlRequest("account.totp.show", ("address", line.GetRequiredValue(address))), Show, address);
    }

    private static Command CreateEnrol()
    {
        var address = VerbOptions.Address();
        return Verb.Create<TotpEnrolmentView>("enrol", "Make a secret for an authenticator program; it counts once a code of it was confirmed",
            line => new ControlRequest("account.totp.enrol", ("address", line.GetRequiredValue(address))),
            (console, view) =>
            {
                console.MarkupLineInterpolated($"Secret of [bold]{view.Address}[/]: [bold]{view.Secret}[/]   (shown this once)");
                console.Profile.Out.Writer.WriteLine(view.Uri);
                console.Profile.Out.Writer.WriteLine($"Then: facteur account totp confirm {view.Address} CODE");
            },
            address);
    }

    private static Command CreateConfirm()
    {
        var address = VerbOptions.Address();
        var code = new Argument<string>("CODE") { Description = "What the program shows now" };
        return Verb.Create<RecoveryView>("confirm", "Switch the second factor on by its first code; answers the recovery codes",
            line => new ControlRequest("account.totp.confirm", ("address", line.GetRequiredValue(address)), ("code", line.GetRequiredValue(code))), ShowCodes, address, code);
    }

    private static Command CreateRecovery()
    {
        var address = VerbOptions.Address();
        return Verb.Create<RecoveryView>("recovery", "Make ten new recovery codes in place of those there were",
            line => new ControlRequest("account.totp.recovery", ("address", line.GetRequiredValue(address))), ShowCodes, address);
    }

    private static Command CreateRemove()
    {
        var address = VerbOptions.Address();
        return Verb.Create<TotpView>("rm", "Switch the second factor off, such as for who lost the telephone",
            line => new ControlRequest("account.totp.rm", ("address", line.GetRequiredValue(address))), Show, address);
    }

    private static void Show(IAnsiConsole console, TotpView view)
    {
        if (view.IsOn) console.MarkupLineInterpolated($"[bold]{view.Address}[/] has a second factor; {view.RecoveryCodes} recovery codes are left.");
        else console.MarkupLineInterpolated($"[bold]{view.Address}[/] has no second factor.");
    }

    private static void ShowCodes(IAnsiConsole console, RecoveryView view)
    {
        console.MarkupLineInterpolated($"[bold]{view.Address}[/] has a second factor. Recovery codes, each good once (shown this once):");
        foreach (var code in view.Codes) console.Profile.Out.Writer.WriteLine(code);
    }
}
