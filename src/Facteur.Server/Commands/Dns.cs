using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur dns show|check DOMAIN.</summary>
internal static class Dns
{
    public static Command Create() => new("dns", "What DNS must say of a domain, and what it says") { CreateShow(), CreateCheck() };

    private static Command CreateShow()
    {
        var domain = VerbOptions.DomainName();
        var all = new Option<bool>("--all") { Description = "Also records of services that this server does not offer" };
        return Verb.Create<List<RecordView>>("show", "The records of a domain, as lines for its zone file",
            line => new ControlRequest("dns.show", ("name", line.GetRequiredValue(domain)), ("all", line.GetValue(all) ? "yes" : null)), Show, domain, all);
    }

    private static Command CreateCheck()
    {
        var domain = VerbOptions.DomainName();
        var language = new Option<string>("--lang") { Description = "Language of the sentences: fr or en", DefaultValueFactory = _ => "en" };
        language.AcceptOnlyFromAmong("fr", "en");
        return Verb.Create<List<FindingView>>("check", "Compare DNS as it is with what it must say",
            line => new ControlRequest("dns.check", ("name", line.GetRequiredValue(domain)), ("lang", line.GetValue(language))), Show, domain, language);
    }

    private static void Show(IAnsiConsole console, List<RecordView> records)
    {
        foreach (var group in records.GroupBy(record => record.Level))
        {
            console.WriteLine($"; {group.Key}");
            // Not wrapped: the lines are to be copied.
            foreach (var record in group) console.Profile.Out.Writer.WriteLine(record.Offered ? record.ZoneLine : $"; {record.ZoneLine}");
        }
    }

    private static void Show(IAnsiConsole console, List<FindingView> findings)
    {
        foreach (var finding in findings)
        {
            var mark = finding.State switch { "Ok" => "[green]ok[/]     ", "Warning" => "[yellow]warning[/]", "Unknown" => "[yellow]unknown[/]", _ => "[red]FAULT[/]  " };
            console.Markup(mark);
            console.MarkupLineInterpolated($"  {finding.Type} {finding.Owner}{(finding.Code.Length > 0 ? $"  {finding.Code}" : "")}");
            if (finding.Problem.Length == 0) continue;
            console.MarkupLineInterpolated($"           {finding.Problem}");
            if (finding.State is "Fault" or "Warning") console.MarkupLineInterpolated($"           {finding.ZoneLine}");
        }
        var faults = findings.Count(one => one.State == "Fault");
        var rest = findings.Count(one => one.State is "Warning" or "Unknown");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{findings.Count} checks: {findings.Count - faults - rest} ok, {rest} warnings, {faults} faults."));
    }
}
