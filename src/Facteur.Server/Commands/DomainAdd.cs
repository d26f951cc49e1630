using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur domain add DOMAIN: mail for this domain is taken from now on.</summary>
internal static class DomainAdd
{
    public static Command Create()
    {
        var name = VerbOptions.DomainName();
        return Verb.Create<DomainView>("add", "Add a domain that this server takes mail for",
            line => new ControlRequest("domain.add", ("name", line.GetRequiredValue(name))),
            (console, domain) => console.MarkupLineInterpolated($"Domain [bold]{domain.Display}[/] added. Next: facteur account add you@{domain.Display}"),
            name);
    }
}
