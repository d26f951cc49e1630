using Microsoft.Playwright;

namespace Facteur.Browse.Sites;

/// <summary>Facteur's own.</summary>
internal sealed class FacteurMail(IBrowser browser, BrowseOptions options) : Webmail(browser, options)
{
    public override string Name => "facteur";

    public override string ListAddress => new Uri(Options.Origin, "/mail").ToString();

    /// <summary>A list with all its keys bound.</summary>
    public async Task<Visit> BegunAsync()
    {
        var visit = await Visit.BeginAsync(this);
        await visit.ListAsync();
        await visit.Page.Locator("#mail[data-begun]").WaitForAsync();
        return visit;
    }

    public override async Task<double> OpenByMouseAsync(Visit visit, int row)
    {
        var before = await visit.Page.EvaluateAsync<string>("location.hash");
        // Only rows near those in view are there at all.
        await visit.Page.EvaluateAsync("index => __site.reveal(index)", row);
        await visit.ReachAsync("isDrawn", row);
        var elapsed = await visit.TimeClickAsync("isOpen", before, visit.Page.Locator($"[role=grid] [aria-rowindex='{row + 1}'] .cell-what"));
        await BackAsync(visit);
        return elapsed;
    }

    /// <summary>Opens the conversation that has the focus; answers the milliseconds until its body is visible.</summary>
    /// <param name="key">Enter in the list; j in a conversation.</param>
    public static async Task<double> OpenByKeyAsync(Visit visit, string key)
    {
        var before = await visit.Page.EvaluateAsync<string>("location.hash");
        return await visit.TimeAsync("isOpen", before, () => visit.Page.Keyboard.PressAsync(key));
    }

    public static async Task BackAsync(Visit visit)
    {
        await visit.Page.Keyboard.PressAsync("u");
        await visit.ReachAsync("isListed");
    }

    public override async Task<double> SearchAsync(Visit visit, string word)
    {
        await visit.Page.Locator("[data-search]").FillAsync($"subject:{word}");
        return await visit.TimeAsync("isFound", word, () => visit.Page.Locator("[data-search]").PressAsync("Enter"));
    }

    protected override async Task FillSignInAsync(IPage page)
    {
        await page.GotoAsync(ListAddress);
        await page.Locator("#user").FillAsync(Options.User);
        await page.Locator("#password").FillAsync(Options.Password);
        await page.Locator("#password").PressAsync("Enter");
    }
}
