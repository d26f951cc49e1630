using System.CommandLine;
using System.Globalization;
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
            line => new ControlRequest("account.quota", ("address", line.GetRequiredValue(address)), ("octets", Octets(line.GetRequiredValue(size)))), Show, address, size);
    }

    private static string? Octets(string size) => size.Equals("none", StringComparison.OrdinalIgnoreCase)
        ? null
        : (Sizes.Read(size) ?? throw new UsageException($"\"{size}\" is no size; write 500MB, 10GB or none.")).ToString(CultureInfo.InvariantCulture);

    private static void Show(IAnsiConsole console, AccountView account) => console.MarkupLineInterpolated(
        $"[bold]{account.Address}[/] uses {Sizes.Text(account.UsedOctets)}{(account.QuotaOctets is { } quota ? $" of {Sizes.Text(quota)}" : ", without a limit")}.");
}
