using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur policy show|set|clear|name|test, facteur account policy: who may use what, from where and how.</summary>
internal static class Policy
{
    public static Command Create() => new("policy", "Who may use what, from where and how: rules of the server, narrowed by domains, groups and accounts")
    {
        CreateShow(),
        CreateSet(),
        CreateClear(),
        CreateName(),
        CreateTest(),
    };

    /// <summary>facteur account policy ADDRESS.</summary>
    public static Command CreateForAccount()
    {
        var address = VerbOptions.Address();
        return Verb.Create<PolicyView>("policy", "Show what an account may use, and whose rule says so",
            line => new ControlRequest("policy.show", ("account", line.GetRequiredValue(address)), ("effective", "")), PolicyTable.Show, address);
    }

    private static Command CreateShow()
    {
        var scope = new ScopeOptions(withGroups: true);
        var effective = new Option<bool>("--effective") { Description = "All that holds, with its origin" };
        return Verb.Create<PolicyView>("show", "Show the rules of the server, a domain, a group or an account",
            line => new ControlRequest("policy.show", [.. scope.Of(line), ("effective", line.GetValue(effective) ? "" : null)]), PolicyTable.Show, [effective, .. scope.All]);
    }

    private static Command CreateSet()
    {
        var (scope, protocol, rule) = (new ScopeOptions(withGroups: true), Protocol(), Rule());
        var values = new Argument<string[]>("VALUE")
        {
            Description = "on: on or off; networks: networks or any; the others: required or optional; default: as the wider scope says",
            Arity = ArgumentArity.OneOrMore,
        };
        return Verb.Create<PolicyView>("set", "Set a rule: facteur policy set imap networks 192.0.2.0/24 --group ventes",
            line => new ControlRequest("policy.set",
                [.. scope.Of(line), ("protocol", line.GetRequiredValue(protocol)), ("rule", line.GetRequiredValue(rule)), ("values", string.Join('\n', line.GetRequiredValue(values)))]),
            PolicyTable.Show, [protocol, rule, values, .. scope.All]);
    }

    private static Command CreateClear()
    {
        var (scope, protocol, rule) = (new ScopeOptions(withGroups: true), Protocol(), Rule());
        (protocol.Arity, rule.Arity) = (ArgumentArity.ZeroOrOne, ArgumentArity.ZeroOrOne);
        return Verb.Create<PolicyView>("clear", "Take rules away, so that the wider scope holds: all, those of a protocol, or one",
            line => new ControlRequest("policy.clear", [.. scope.Of(line), ("protocol", line.GetValue(protocol)), ("rule", line.GetValue(rule))]),
            PolicyTable.Show, [protocol, rule, .. scope.All]);
    }

    private static Command CreateName()
    {
        var scope = new ScopeOptions(withGroups: true);
        var name = new Argument<string>("NAME") { Description = "What refused users are told the policy is called; default: as its scope" };
        return Verb.Create<PolicyView>("name", "Name the policy of the server, a domain, a group or an account",
            line => new ControlRequest("policy.name", [.. scope.Of(line), ("name", line.GetRequiredValue(name))]), PolicyTable.Show, [name, .. scope.All]);
    }

    private static Command CreateTest()
    {
        var address = VerbOptions.Address();
        var protocol = new Option<string>("--protocol") { Description = string.Join(", ", PolicyWords.Protocols[..^1]), Required = true };
        protocol.AcceptOnlyFromAmong(PolicyWords.Protocols[..^1]);
        var from = new Option<string>("--from") { Description = "Address of the client", Required = true };
        var tls = new Option<bool>("--tls") { Description = "The connection is under TLS" };
        var certificate = new Option<bool>("--certificate") { Description = "It is under TLS and brings a client certificate of the account" };
        var credential = new Option<string?>("--credential") { Description = $"{string.Join(", ", PolicyWords.Credentials)} (default: password)" };
        credential.AcceptOnlyFromAmong(PolicyWords.Credentials);
        return Verb.Create<PolicyTestView>("test", "What a login would be answered, and by whose rule; exit code 1 when it is refused",
            line => new ControlRequest("policy.test",
                ("address", line.GetRequiredValue(address)), ("protocol", line.GetRequiredValue(protocol)), ("from", line.GetRequiredValue(from)),
                ("tls", line.GetValue(tls) ? "" : null), ("certificate", line.GetValue(certificate) ? "" : null), ("credential", line.GetValue(credential))),
            PolicyTable.Show, address, protocol, from, tls, certificate, credential);
    }

    private static Argument<string> Protocol()
    {
        var protocol = new Argument<string>("PROTOCOL") { Description = string.Join(", ", PolicyWords.Protocols) };
        protocol.AcceptOnlyFromAmong(PolicyWords.Protocols);
        return protocol;
    }

    private static Argument<string> Rule()
    {
        var rule = new Argument<string>("RULE") { Description = string.Join(", ", PolicyWords.Rules) };
        rule.AcceptOnlyFromAmong(PolicyWords.Rules);
        return rule;
    }
}

/// <summary>The grid for people.</summary>
internal static class PolicyTable
{
    public static void Show(IAnsiConsole console, PolicyView view)
    {
        if (view.Rows.Count == 0)
        {
            console.MarkupLineInterpolated($"The {view.Scope.ToString()} has no rules of its own: what is wider holds.");
            return;
        }
        if (view.Name is { } name) console.MarkupLineInterpolated($"Policy “{name}” of the {view.Scope.ToString()}");
        var table = new Table().RoundedBorder();
        foreach (var column in (string[])["Protocol", "Use", "From networks", "TLS", "Certificate", "App password", "Second factor"]) table.AddColumn(column);
        foreach (var row in view.Rows)
            table.AddRow(((string[])
            [
                row.Protocol, Text(row.On, "on", "off"), Networks(row.Networks), Text(row.Tls, "required", "optional"), Text(row.Certificate, "required", "optional"),
                Text(row.AppPassword, "required", "optional"), Text(row.SecondFactor, "required", "optional"),
            ]).Select(Markup.Escape).ToArray());
        console.Write(table);
        foreach (var note in view.Notes) console.WriteLine(note);
    }

    public static void Show(IAnsiConsole console, PolicyTestView view)
    {
        var by = $"{view.Account} by {view.Protocol} from {view.From} {(view.Tls ? "under TLS" : "in clear")}{(view.Certificate ? ", with a certificate," : "")} with {view.Credential}";
        if (view.Allowed) console.MarkupLineInterpolated($"{by}: let in.");
        else
        {
            console.MarkupLineInterpolated($"{by}: refused{(view.Rule is null ? "" : $", {view.Rule}")}.");
            console.MarkupLineInterpolated($"  {view.Sentence ?? ""}");
        }
    }

    private static string Text(PolicyCellView cell, string yes, string no) => cell.Value is null ? "" : With((bool)cell.Value ? yes : no, cell.From);

    private static string Networks(PolicyCellView cell) => cell.Value switch
    {
        null => "",
        JsonArray { Count: 0 } => With(cell.From is null ? "any" : "none", cell.From),
        JsonArray list => With(string.Join(", ", list.Select(one => (string)one!)), cell.From),
        var any => With((string)any!, cell.From),
    };

    private static string With(string value, string? from) => from is null or "default" ? value : $"{value} ({from})";
}
