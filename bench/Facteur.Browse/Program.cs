using System.CommandLine;
using Facteur.Browse;
using Facteur.Browse.Measures;
using Facteur.Browse.Sites;
using Facteur.IntegrationTests.Browser;
using Microsoft.Playwright;

var origin = new Option<string>("--origin") { Required = true, Description = "Scheme, host and port: https://localhost:4443." };
var user = new Option<string>("--user") { Required = true, Description = "Who signs in." };
var password = new Option<string>("--password") { Required = true, Description = "With which password." };
var folder = new Option<DirectoryInfo>("--out") { Required = true, Description = "Folder of the results, a JSON file a measure." };
var only = new Option<string?>("--only") { Description = "Only the measures whose name holds this." };
// A browser that draws as soon as it can, not sixty times a second.
string[] unpaced = ["--disable-frame-rate-limit", "--disable-gpu-vsync"];

var root = new RootCommand("Measures a webmail with Debian's Chromium, as somebody who is signed in already.");
foreach (var (name, run) in new (string, Func<IBrowser, Func<Task<IBrowser>>, BrowseOptions, string, Task<int>>)[] { ("facteur", FacteurAsync), ("roundcube", RoundcubeAsync) })
{
    var command = new Command(name, $"Measures {name}.") { origin, user, password, folder, only };
    command.SetAction(async (parsed, _) =>
    {
        var options = new BrowseOptions(new Uri(parsed.GetValue(origin)!), parsed.GetValue(user)!, parsed.GetValue(password)!, parsed.GetValue(folder)!.FullName);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LocalChromium.LaunchAsync(playwright, options.Origin.Port);
        return await run(browser, () => LocalChromium.LaunchAsync(playwright, options.Origin.Port, unpaced), options, parsed.GetValue(only) ?? "");
    });
    root.Subcommands.Add(command);
}
return await root.Parse(args).InvokeAsync();

static async Task<int> FacteurAsync(IBrowser browser, Func<Task<IBrowser>> launchUnpaced, BrowseOptions options, string only)
{
    var (site, results) = (new FacteurMail(browser, options), new Results(options.Out, "facteur"));
    await site.SignInAsync();
    await RunAsync(results, only,
    [
        ("list", () => ListMeasure.RunAsync(site, results, "list", 20, null)),
        ("list-slow", () => ListMeasure.RunAsync(site, results, "list-slow", 20, Throttle.Telephone)),
        ("highlight", () => FacteurMeasures.HighlightAsync(site, results, 300)),
        ("highlight-work", () => FacteurMeasures.HighlightWorkAsync(launchUnpaced, options, results, 300)),
        ("open-first", () => FacteurMeasures.OpenFirstAsync(site, results, 10)),
        ("open-next", () => FacteurMeasures.OpenNextAsync(site, results, "open-next", 60, Visit.RestAsync)),
        ("open-neighbour", () => FacteurMeasures.OpenNeighbourAsync(site, results, "open-neighbour", 60, Visit.RestAsync)),
        ("open-next-rush", () => FacteurMeasures.OpenNextAsync(site, results, "open-next-rush", 60, static () => Task.CompletedTask)),
        ("open-neighbour-rush", () => FacteurMeasures.OpenNeighbourAsync(site, results, "open-neighbour-rush", 60, static () => Task.CompletedTask)),
        ("open", () => CommonMeasures.OpenAsync(site, results, "open", 40)),
        ("search", () => CommonMeasures.SearchAsync(site, results, "search", 40)),
        ("heap", () => FacteurMeasures.HeapAsync(site, results, 200)),
        ("scroll", () => FacteurMeasures.ScrollAsync(site, results)),
    ]);
    return results.Failures;
}

static async Task<int> RoundcubeAsync(IBrowser browser, Func<Task<IBrowser>> _, BrowseOptions options, string only)
{
    var (site, results) = (new RoundcubeMail(browser, options), new Results(options.Out, "roundcube"));
    await site.SignInAsync();
    await RunAsync(results, only,
    [
        ("list", () => ListMeasure.RunAsync(site, results, "list", 20, null)),
        ("list-slow", () => ListMeasure.RunAsync(site, results, "list-slow", 10, Throttle.Telephone)),
        ("open", () => CommonMeasures.OpenAsync(site, results, "open", 40)),
        ("search", () => CommonMeasures.SearchAsync(site, results, "search", 40)),
    ]);
    return results.Failures;
}

static async Task RunAsync(Results results, string only, (string Key, Func<Task> Measure)[] all)
{
    foreach (var (key, measure) in all)
        if (key.Contains(only, StringComparison.Ordinal)) await results.MeasureAsync(key, measure);
}
