using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account quota ADDRESS SIZE|none.</summary>
internal static class AccountQuota
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        var size = new Argument<string>("SIZE") { Description = "Such as 500MB or 10GB (in steps of 1024), or none" };
        return Verb.Create<AccountView>("quota", "Set how much mail an account may keep",
            line => new ControlRequest("account.quota", ("address", line.GetRequiredValue(address)), ("octets", Sizes.Octets(line.GetRequiredValue(size)))), Show, address, size);
    }

    private static void Show(IAnsiConsole console, AccountView account) => console.MarkupLineInterpolated(
        $"[bold]{account.Address}[/] uses {Sizes.Text(account.UsedOctets)}{(account.QuotaOctets is { } quota ? $" of {Sizes.Text(quota)}" : ", without a limit")}.");
}
