using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur dkim list|rotate DOMAIN.</summary>
internal static class Dkim
{
    public static Command Create() => new("dkim", "Keys that sign the mail of a domain") { CreateList(), CreateRotate() };

    private static Command CreateList()
    {
        var domain = VerbOptions.DomainName();
        return Verb.Create<List<KeyView>>("list", "List the keys of a domain", line => new ControlRequest("dkim.list", ("name", line.GetRequiredValue(domain))), Show, domain);
    }

    private static Command CreateRotate()
    {
        var domain = VerbOptions.DomainName();
        var force = new Option<bool>("--force") { Description = "Use the new keys although DNS does not show them" };
        return Verb.Create<RotationView>("rotate", "Change the keys: the first call makes new ones, the next uses them once DNS shows them",
            line => new ControlRequest("dkim.rotate", ("name", line.GetRequiredValue(domain)), ("force", line.GetValue(force) ? "yes" : null)), Show, domain, force);
    }

    private static void Show(IAnsiConsole console, List<KeyView> keys)
    {
        if (keys.Count == 0) console.WriteLine("There are no keys; facteur dns show makes the first ones.");
        foreach (var key in keys) console.MarkupLineInterpolated($"{key.Selector}  {key.Algorithm}  {key.State.ToLowerInvariant()} since {key.Since.ToLocalTime():yyyy-MM-dd}");
    }

    private static void Show(IAnsiConsole console, RotationView view)
    {
        console.WriteLine(view.Outcome switch
        {
            "Created" => "New keys are made and do not sign yet. Publish the records below, then call this again.",
            "NotPublished" => "DNS does not show the new keys yet; the old ones go on signing. Publish the records below, then call this again.",
            _ => "The new keys sign from now on. Leave the records of the old ones in DNS for ten more days.",
        });
        foreach (var record in view.Records) console.Profile.Out.Writer.WriteLine(record.ZoneLine);
    }
}
