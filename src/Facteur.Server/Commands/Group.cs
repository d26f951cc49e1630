using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur group add|list|show|rename|remove|join|leave: accounts of a domain that rules are made for together.</summary>
internal static class Group
{
    public static Command Create() => new("group", "Groups: accounts of a domain that rules are made for together")
    {
        CreateAdd(),
        CreateList(),
        CreateShow(),
        CreateRename(),
        CreateRemove(),
        CreateMember("join", "Put accounts into a group"),
        CreateMember("leave", "Take accounts out of a group"),
    };

    private static Argument<string> Name() => new("GROUP") { Description = "The group with its domain, such as exemple.fr/ventes" };

    private static Command CreateAdd()
    {
        var name = Name();
        return Verb.Create<GroupView>("add", "Add a group", line => new ControlRequest("group.add", ("name", line.GetRequiredValue(name))),
            (console, group) => console.MarkupLineInterpolated($"Group [bold]{group.Group}[/] added."), name);
    }

    private static Command CreateList()
    {
        var domain = new Option<string?>("--domain") { Description = "Only groups of this domain" };
        return Verb.Create<List<GroupView>>("list", "List groups", line => new ControlRequest("group.list", ("domain", line.GetValue(domain))), Show, domain);
    }

    private static Command CreateShow()
    {
        var name = Name();
        return Verb.Create<GroupDetails>("show", "Show a group with its members", line => new ControlRequest("group.show", ("name", line.GetRequiredValue(name))), Show, name);
    }

    private static Command CreateRename()
    {
        var name = Name();
        var made = new Argument<string>("NEW") { Description = "Its name from now on, without the domain" };
        return Verb.Create<GroupView>("rename", "Give a group another name; its members and rules stay",
            line => new ControlRequest("group.rename", ("name", line.GetRequiredValue(name)), ("newName", line.GetRequiredValue(made))),
            (console, group) => console.MarkupLineInterpolated($"The group is [bold]{group.Group}[/] now."), name, made);
    }

    private static Command CreateRemove()
    {
        var name = Name();
        return Verb.Create<JsonObject>("remove", "Remove a group with its rules; its members stay", line => new ControlRequest("group.remove", ("name", line.GetRequiredValue(name))),
            (console, removed) => console.MarkupLineInterpolated($"Group [bold]{(string?)removed["group"]}[/] removed."), name);
    }

    private static Command CreateMember(string verb, string description)
    {
        var name = Name();
        var members = new Argument<string[]>("ACCOUNT") { Description = "Addresses of accounts", Arity = ArgumentArity.OneOrMore };
        return Verb.Create<GroupDetails>(verb, description,
            line => new ControlRequest("group." + verb, ("name", line.GetRequiredValue(name)), ("accounts", string.Join('\n', line.GetRequiredValue(members)))), Show, name, members);
    }

    private static void Show(IAnsiConsole console, GroupDetails group)
    {
        console.MarkupLineInterpolated($"[bold]{group.Group}[/]: {(group.Members.Count == 0 ? "no members" : "")}");
        foreach (var member in group.Members) console.MarkupLineInterpolated($"  {member.Address}  {member.Name}");
    }

    private static void Show(IAnsiConsole console, List<GroupView> groups)
    {
        if (groups.Count == 0)
        {
            console.WriteLine("There are no groups.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Group").AddColumn(new TableColumn("Members").RightAligned());
        foreach (var group in groups) table.AddRow(Markup.Escape(group.Group), group.Members.ToString("N0", CultureInfo.InvariantCulture));
        console.Write(table);
    }
}
