using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur domain rm DOMAIN: only when it has no accounts.</summary>
internal static class DomainRemove
{
    public static Command Create()
    {
        var name = VerbOptions.DomainName();
        return Verb.Create<JsonObject>("rm", "Remove a domain that has no accounts",
            line => new ControlRequest("domain.rm", ("name", line.GetRequiredValue(name))),
            (console, removed) => console.MarkupLineInterpolated($"Domain [bold]{removed["name"]}[/] removed."),
            name);
    }
}
