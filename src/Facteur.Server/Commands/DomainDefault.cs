using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur domain set-default DOMAIN [--quota SIZE] [--locale LANGUAGE] [--group NAME]: shows what new accounts begin with, or sets it.</summary>
internal static class DomainDefault
{
    public static Command Create()
    {
        var domain = VerbOptions.DomainName();
        var quota = new Option<string?>("--quota") { Description = "Room for the mail of each, such as 10GB, or none", HelpName = "size" };
        var locale = new Option<string?>("--locale") { Description = "Language of each: fr, en, or default (as the domain)" };
        locale.AcceptOnlyFromAmong("fr", "en", "default");
        var groups = new Option<string[]>("--group") { Description = "A group that each joins, in place of those before; may be said again; none: no group", HelpName = "name" };
        return Verb.Create<DefaultsView>("set-default", "What new accounts of a domain begin with; accounts that are there stay as they are",
            line => new ControlRequest("domain.set-default", ("name", line.GetRequiredValue(domain)),
                ("quota", line.GetValue(quota) is { } size ? Sizes.Octets(size) ?? "none" : null), ("locale", line.GetValue(locale)),
                ("groups", line.GetValue(groups) is { Length: > 0 } some ? string.Join('\n', some) : null)),
            Show, domain, quota, locale, groups);
    }

    private static void Show(IAnsiConsole console, DefaultsView view)
    {
        console.MarkupLineInterpolated($"New accounts of [bold]{view.Domain}[/]");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  quota:    {(view.QuotaOctets is { } quota ? Sizes.Text(quota) : "none")}");
        console.MarkupLineInterpolated($"  language: {view.Locale ?? "as the domain"}");
        console.MarkupLineInterpolated($"  groups:   {(view.Groups.Count == 0 ? "none" : string.Join(", ", view.Groups))}");
    }
}
