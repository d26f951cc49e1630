using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account disable|enable ADDRESS: a disabled account cannot log in, its sessions end, mail for it is put off.</summary>
internal static class AccountEnable
{
    public static Command Create() => Create("enable", "Let a disabled account in again", "account.enable");

    public static Command CreateDisable() => Create("disable", "Keep an account from logging in and put mail for it off; nothing is removed", "account.disable");

    private static Command Create(string name, string description, string verb)
    {
        var address = VerbOptions.Address();
        return Verb.Create<JsonObject>(name, description,
            line => new ControlRequest(verb, ("address", line.GetRequiredValue(address))),
            (console, account) => console.MarkupLineInterpolated($"Account [bold]{account["address"]}[/] is {((bool)account["enabled"]! ? "enabled" : "disabled")}."),
            address);
    }
}
