using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur block list|rm: addresses whose logins are refused because they guessed.</summary>
internal static class Block
{
    public static Command Create() => new("block", "Addresses that brought too many wrong passwords: their logins are refused for an hour") { CreateList(), CreateRemove() };

    private static Command CreateList() => Verb.Create<List<BlockView>>("list", "List blocked addresses", _ => new ControlRequest("block.list"), Show);

    private static Command CreateRemove()
    {
        var remote = new Argument<string>("REMOTE") { Description = "The address, such as 192.0.2.1; for IPv6 any of its /64" };
        return Verb.Create<UnblockedView>("rm", "Let an address try again", line => new ControlRequest("block.rm", ("remote", line.GetRequiredValue(remote))),
            (console, view) => console.MarkupLineInterpolated($"[bold]{view.Remote}[/] may try again."), remote);
    }

    private static void Show(IAnsiConsole console, List<BlockView> blocks)
    {
        if (blocks.Count == 0)
        {
            console.WriteLine("No address is blocked.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Address").AddColumn(new TableColumn("Wrong passwords").RightAligned()).AddColumn("Until");
        foreach (var one in blocks)
            table.AddRow(one.Remote.Contains(':', StringComparison.Ordinal) ? one.Remote + "/64" : one.Remote, one.Failures.ToString(CultureInfo.InvariantCulture), one.Until.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        console.Write(table);
    }
}
