using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur route set|list|rm: by which way mail for other hosts leaves.</summary>
internal static class Route
{
    public static Command Create() => new("route", "By which way mail for other hosts leaves: mail exchangers or a smarthost") { CreateSet(), CreateList(), CreateRemove() };

    private static Option<string?> For() => new("--for") { Description = "Only mail for recipients of this domain; *.exemple.fr means the domains below it", HelpName = "domain" };

    private static Command CreateSet()
    {
        var host = new Argument<string?>("HOST") { Description = "Name or address of the smarthost", Arity = ArgumentArity.ZeroOrOne };
        var direct = new Option<bool>("--direct") { Description = "To the mail exchangers, although a wider scope has a smarthost" };
        var port = new Option<int?>("--port") { Description = "Default: 587 with a login, 465 with --tls implicit, else 25" };
        var tls = new Option<string?>("--tls") { Description = "starttls and implicit: verified, or nothing is sent; opportunistic: where it is offered (default: starttls with a login, else opportunistic)" };
        tls.AcceptOnlyFromAmong("starttls", "implicit", "opportunistic");
        var lmtp = new Option<bool>("--lmtp") { Description = "The host speaks LMTP" };
        var user = new Option<string?>("--user") { Description = "User name of the login" };
        var stdin = new Option<bool>("--password-stdin") { Description = "Read the password of the login from the first line of standard input" };
        var target = For();
        var scope = new ScopeOptions();
        return Verb.Create<RouteView>("set", "Set a way",
            async (line, cancel) => new ControlRequest("route.set",
            [
                .. scope.Of(line), ("host", line.GetValue(host)), ("direct", line.GetValue(direct) ? "yes" : null), ("port", line.GetValue(port)?.ToString(CultureInfo.InvariantCulture)),
                ("tls", line.GetValue(tls)), ("lmtp", line.GetValue(lmtp) ? "yes" : null), ("user", line.GetValue(user)),
                ("password", await Verb.ReadPasswordAsync(line.GetValue(stdin), cancel)), ("for", line.GetValue(target)),
            ]),
            (console, view) => console.MarkupLineInterpolated($"Mail of the {view.Scope.ToString()}{For(view)} goes {Way(view)}."),
            [host, direct, port, tls, lmtp, user, stdin, target, .. scope.All]);
    }

    private static Command CreateList() => Verb.Create<List<RouteView>>("list", "List the ways of all scopes", _ => new ControlRequest("route.list"), Show);

    private static Command CreateRemove()
    {
        var target = For();
        var scope = new ScopeOptions();
        return Verb.Create<RouteView>("rm", "Remove a way", line => new ControlRequest("route.rm", [.. scope.Of(line), ("for", line.GetValue(target))]),
            (console, view) => console.MarkupLineInterpolated($"The route of the {view.Scope.ToString()}{For(view)} is removed."), [target, .. scope.All]);
    }

    private static void Show(IAnsiConsole console, List<RouteView> routes)
    {
        if (routes.Count == 0)
        {
            console.WriteLine("There are no routes: mail goes to the mail exchangers of its recipients.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Mail of").AddColumn("For").AddColumn("Goes").AddColumn("Login");
        foreach (var route in routes)
            table.AddRow(Markup.Escape(route.Scope.ToString()), Markup.Escape(route.For ?? "all others"), Markup.Escape(Way(route)), Markup.Escape(route.User is { } user ? $"{user}, with a password" : ""));
        console.Write(table);
    }

    private static string For(RouteView view) => view.For is { } domain ? $" for {domain}" : "";

    private static string Way(RouteView view) => view.Host is null
        ? "to the mail exchangers"
        : string.Create(CultureInfo.InvariantCulture, $"to {view.Host}:{view.Port}{(view.Lmtp ? " by LMTP" : "")} ({view.Tls})");
}
