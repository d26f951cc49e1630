using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account share ADDRESS [--with MEMBER... --rights RIGHTS]: who may use a shared account.</summary>
internal static class AccountShare
{
    public static Command Create()
    {
        var address = new Argument<string>("ADDRESS") { Description = "The shared account" };
        var members = new Option<string[]>("--with") { Description = "Who may use it, may be said again; without it, who may now is shown", HelpName = "member" };
        var rights = new Option<string>("--rights")
        {
            Description = "read, write (flags, moving, deleting), send-as, with commas between; or all, or none (take away)", DefaultValueFactory = _ => "read,write,send-as", HelpName = "rights",
        };
        return Verb.Create<List<ShareView>>("share", "Let others use a shared account under their own login",
            line => new ControlRequest("account.share",
                ("address", line.GetRequiredValue(address)), ("members", string.Join('\n', line.GetValue(members) ?? [])), ("rights", line.GetRequiredValue(rights).Replace(',', '\n'))),
            Show, address, members, rights);
    }

    private static void Show(IAnsiConsole console, List<ShareView> shares)
    {
        if (shares.Count == 0)
        {
            console.WriteLine("Nobody may use it.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Member").AddColumn("Name").AddColumn("Rights");
        foreach (var share in shares) table.AddRow(Markup.Escape(share.Address), Markup.Escape(share.Name), string.Join(", ", share.Rights));
        console.Write(table);
    }
}
