using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account rename ADDRESS NEW, account name ADDRESS NAME.</summary>
internal static class AccountRename
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        var made = new Argument<string>("NEW") { Description = "Its address from now on, of any domain of this server" };
        return Verb.Create<MemberView>("rename", "Give an account another address, under which it logs in; the former one still takes mail, and nothing of the mail changes",
            line => new ControlRequest("account.rename", ("address", line.GetRequiredValue(address)), ("newAddress", line.GetRequiredValue(made))),
            (console, account) => console.MarkupLineInterpolated($"The account is [bold]{account.Address}[/] now."), address, made);
    }

    public static Command CreateName()
    {
        var address = VerbOptions.Address();
        var name = new Argument<string>("NAME") { Description = "Name shown to others, such as \"Claire Martin\", or \"\" for none" };
        return Verb.Create<MemberView>("name", "Change the name that others see beside the address",
            line => new ControlRequest("account.name", ("address", line.GetRequiredValue(address)), ("displayName", line.GetRequiredValue(name))),
            (console, account) => console.MarkupLineInterpolated($"[bold]{account.Address}[/] is called {(account.Name.Length == 0 ? "by its address" : account.Name)}."), address, name);
    }
}
