using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur domain add DOMAIN [--alias-of DOMAIN]: mail for this domain is taken from now on.</summary>
internal static class DomainAdd
{
    public static Command Create()
    {
        var name = VerbOptions.DomainName();
        var target = new Option<string?>("--alias-of") { Description = "Another name for this domain: its addresses lead to the same ones there", HelpName = "domain" };
        return Verb.Create<DomainView>("add", "Add a domain that this server takes mail for",
            line => new ControlRequest("domain.add", ("name", line.GetRequiredValue(name)), ("aliasOf", line.GetValue(target))), Show, name, target);
    }

    private static void Show(IAnsiConsole console, DomainView domain)
    {
        if (domain.AliasOf is { } target) console.MarkupLineInterpolated($"Domain [bold]{domain.Display}[/] added as another name of {target}.");
        else console.MarkupLineInterpolated($"Domain [bold]{domain.Display}[/] added. Next: facteur account add you@{domain.Display}");
    }
}
