using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur address list|add|disposable|on|off|rm: the addresses of an account.</summary>
internal static class Address
{
    public static Command Create() => new("address", "Addresses of an account: further ones and disposable ones")
    {
        CreateList(),
        CreateAdd(),
        CreateDisposable(),
        CreateSwitch("on", "Take mail for an address again"),
        CreateSwitch("off", "Refuse mail for an address; it stays taken"),
        CreateRemove(),
    };

    private static Command CreateList()
    {
        var account = VerbOptions.Account();
        return Verb.Create<List<AddressView>>("list", "List the addresses of an account", line => new ControlRequest("address.list", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Command CreateAdd()
    {
        var (account, address, label) = (VerbOptions.Account(), VerbOptions.Address(), VerbOptions.Label());
        return Verb.Create<AddressView>("add", "Give an account another address",
            line => new ControlRequest("address.add", ("account", line.GetRequiredValue(account)), ("address", line.GetRequiredValue(address)), ("label", line.GetValue(label))),
            Show, account, address, label);
    }

    private static Command CreateDisposable()
    {
        var (account, label) = (VerbOptions.Account(), VerbOptions.Label());
        var address = new Argument<string?>("ADDRESS") { Description = "Address in full (default: one is made up)", Arity = ArgumentArity.ZeroOrOne };
        return Verb.Create<AddressView>("disposable", "Give an account an address for one correspondent, to be switched off when it is abused",
            line => new ControlRequest("address.disposable", ("account", line.GetRequiredValue(account)), ("address", line.GetValue(address)), ("label", line.GetValue(label))),
            Show, account, address, label);
    }

    private static Command CreateSwitch(string name, string description)
    {
        var address = VerbOptions.Address();
        return Verb.Create<JsonObject>(name, description, line => new ControlRequest("address." + name, ("address", line.GetRequiredValue(address))),
            (console, one) => console.MarkupLineInterpolated($"[bold]{one["address"]}[/] is {((bool)one["enabled"]! ? "on" : "off")}."), address);
    }

    private static Command CreateRemove()
    {
        var address = VerbOptions.Address();
        return Verb.Create<JsonObject>("rm", "Take an address from its account; mail to it is refused from then on", line => new ControlRequest("address.rm", ("address", line.GetRequiredValue(address))),
            (console, removed) => console.MarkupLineInterpolated($"Address [bold]{removed["address"]}[/] removed."), address);
    }

    private static void Show(IAnsiConsole console, AddressView made) => console.MarkupLineInterpolated($"[bold]{made.Address}[/] belongs to {made.Account}.");

    private static void Show(IAnsiConsole console, List<AddressView> addresses)
    {
        var table = new Table().RoundedBorder().AddColumn("Address").AddColumn("Kind").AddColumn("Note").AddColumn("State").AddColumn(new TableColumn("Messages").RightAligned());
        foreach (var one in addresses)
            table.AddRow(Markup.Escape(one.Address), one.Kind, Markup.Escape(one.Label), one.Enabled ? "on" : "[yellow]off[/]", one.Messages?.ToString("N0", CultureInfo.InvariantCulture) ?? "");
        console.Write(table);
        var disposable = addresses.Where(one => one.Kind == "disposable").ToList();
        if (disposable.Count > 0)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{disposable.Count:N0} disposable {(disposable.Count == 1 ? "address" : "addresses")}, {disposable.Count(one => !one.Enabled):N0} off."));
    }
}
