using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur oauth client add|list|rm, oauth grants, oauth revoke: programs that use mail without its password.</summary>
internal static class OAuth
{
    public static Command Create() => new("oauth", "Programs that use mail without its password (OAuth 2.0)")
    {
        new Command("client", "Programs that may ask for access") { CreateAdd(), CreateList(), CreateRemove() },
        CreateGrants(),
        CreateRevoke(),
    };

    private static Command CreateAdd()
    {
        var name = new Argument<string>("NAME") { Description = "What people are shown" };
        var redirect = new Option<string[]>("--redirect") { Description = "Where codes may be sent: https, http://127.0.0.1/…, or a scheme of the program's own such as com.example.app:/back", HelpName = "uri" };
        var confidential = new Option<bool>("--confidential") { Description = "It runs on a server and keeps a secret, which is shown once" };
        return Verb.Create<OAuthClientView>("add", "Name a program that may ask for access",
            line => new ControlRequest("oauth.client.add", ("name", line.GetRequiredValue(name)), ("redirect", string.Join('\n', line.GetValue(redirect) ?? [])), ("confidential", line.GetValue(confidential) ? "yes" : null)),
            (console, view) =>
            {
                console.MarkupLineInterpolated($"client_id      [bold]{view.Id}[/]");
                if (view.Secret is { } secret) console.MarkupLineInterpolated($"client_secret  [bold]{secret}[/]   (not shown again)");
            },
            name, redirect, confidential);
    }

    private static Command CreateList() => Verb.Create<List<OAuthClientView>>("list", "List programs that may ask for access", _ => new ControlRequest("oauth.client.list"), (console, clients) =>
    {
        if (clients.Count == 0)
        {
            console.WriteLine("No program is named; add one with: facteur oauth client add");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("client_id").AddColumn("Name").AddColumn("Kind").AddColumn("Codes go to").AddColumn("Since");
        foreach (var client in clients)
            table.AddRow(Markup.Escape(client.Id), Markup.Escape(client.Name), client.RegisteredItself ? "registered itself" : client.Public ? "public" : "confidential", Markup.Escape(string.Join('\n', client.RedirectUris)), Day(client.Created));
        console.Write(table);
    });

    private static Command CreateRemove()
    {
        var id = new Argument<string>("CLIENT") { Description = "Its client_id" };
        return Verb.Create<OAuthClientView>("rm", "Remove a program: it asks no more, and its tokens cannot be renewed", line => new ControlRequest("oauth.client.rm", ("id", line.GetRequiredValue(id))),
            (console, view) => console.MarkupLineInterpolated($"The client [bold]{view.Id}[/] is removed."), id);
    }

    private static Command CreateGrants()
    {
        var address = VerbOptions.Address();
        return Verb.Create<List<OAuthGrantView>>("grants", "List what an account gave to programs", line => new ControlRequest("oauth.grants", ("address", line.GetRequiredValue(address))), (console, grants) =>
        {
            if (grants.Count == 0)
            {
                console.WriteLine("No program has access.");
                return;
            }
            var table = new Table().RoundedBorder().AddColumn("Grant").AddColumn("Program").AddColumn("Scope").AddColumn("Given").AddColumn("From").AddColumn("Last used");
            foreach (var grant in grants)
                table.AddRow(grant.Grant, Markup.Escape(grant.Program), grant.Scope, Day(grant.Created), Markup.Escape(grant.Remote), Day(grant.LastUsed));
            console.Write(table);
        }, address);
    }

    private static Command CreateRevoke()
    {
        var address = VerbOptions.Address();
        var grant = new Argument<string?>("GRANT") { Description = "As facteur oauth grants shows it; all of them when absent", Arity = ArgumentArity.ZeroOrOne };
        return Verb.Create<List<OAuthGrantView>>("revoke", "Take access back from programs, at once", line => new ControlRequest("oauth.revoke", ("address", line.GetRequiredValue(address)), ("grant", line.GetValue(grant))),
            (console, revoked) => console.MarkupLineInterpolated($"{revoked.Count.ToString(CultureInfo.InvariantCulture)} taken back."), address, grant);
    }

    private static string Day(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
