using System.CommandLine;
using Facteur.Accounts.Ldap;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur ldap test|sync: users in a directory elsewhere.</summary>
internal static class Ldap
{
    public static Command Create() => new("ldap", "Users whose passwords are in a directory elsewhere (setting ldap)") { CreateTest(), CreateSync() };

    private static Command CreateTest()
    {
        var address = VerbOptions.Address();
        var password = new Option<bool>("--password-stdin") { Description = "Check the password on the first line of standard input too" };
        return Verb.Create<List<LdapTestStep>>("test", "Go the way of a login: connection, TLS, our own bind, the user's entry, the user's password",
            async (line, cancel) => new ControlRequest("ldap.test", ("address", line.GetRequiredValue(address)), ("password", await Verb.ReadPasswordAsync(line.GetValue(password), cancel))),
            Show, address, password);
    }

    private static Command CreateSync()
    {
        var domain = VerbOptions.DomainName();
        var trial = new Option<bool>("--dry-run") { Description = "Say what would be changed, and change nothing" };
        var force = new Option<bool>("--force") { Description = "Also when more than half of the accounts that came from the directory are not in it any more" };
        return Verb.Create<LdapSyncView>("sync", "Bring accounts, addresses and groups of a domain to what its directory says",
            line => new ControlRequest("ldap.sync", ("name", line.GetRequiredValue(domain)), ("dryRun", line.GetValue(trial) ? "yes" : null), ("force", line.GetValue(force) ? "yes" : null)),
            Show, domain, trial, force);
    }

    private static void Show(IAnsiConsole console, List<LdapTestStep> steps)
    {
        foreach (var step in steps)
            console.MarkupLine($"{(step.IsOk ? "[green]ok[/]    " : "[red]failed[/]")} {step.Name,-8} {Markup.Escape(step.Text)}");
    }

    private static void Show(IAnsiConsole console, LdapSyncView view)
    {
        foreach (var change in view.Changes)
            console.MarkupLine($"{Words(change)}{(change.Problem is { } problem ? $"  [red]{Markup.Escape(problem)}[/]" : "")}");
        foreach (var one in view.PassedOver) console.MarkupLineInterpolated($"[yellow]passed over[/] {one}");
        console.WriteLine($"{view.Users} users in the directory, {view.Changes.Count} changes{(view.DryRun ? " to be made" : "")}.");
    }

    private static string Words(LdapChangeView change)
    {
        var (account, value) = (Markup.Escape(change.Account), Markup.Escape(change.Value));
        return change.Kind switch
        {
            nameof(LdapChangeKind.AddAccount) => $"add account {account}{(value.Length > 0 ? $" ({value})" : "")}",
            nameof(LdapChangeKind.SetName) => $"name {account} {value}",
            nameof(LdapChangeKind.Enable) => $"enable {account}",
            nameof(LdapChangeKind.Disable) => $"disable {account}, which the directory has no more",
            nameof(LdapChangeKind.AddAddress) => $"add address {value} to {account}",
            nameof(LdapChangeKind.RemoveAddress) => $"remove address {value} from {account}",
            nameof(LdapChangeKind.AddGroup) => $"add group {value}",
            nameof(LdapChangeKind.AddMember) => $"add {account} to the group {value}",
            _ => $"take {account} out of the group {value}",
        };
    }
}
