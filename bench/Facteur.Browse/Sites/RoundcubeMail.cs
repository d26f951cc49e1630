using Microsoft.Playwright;

namespace Facteur.Browse.Sites;

/// <summary>Roundcube, with the skin "elastic": a click on a row shows the message beside the list.</summary>
internal sealed class RoundcubeMail(IBrowser browser, BrowseOptions options) : Webmail(browser, options)
{
    public override string Name => "roundcube";

    public override string ListAddress => new Uri(Options.Origin, "/?_task=mail&_mbox=INBOX").ToString();

    public override async Task<double> OpenByMouseAsync(Visit visit, int row)
    {
        var before = await visit.Page.EvaluateAsync<string>("() => __site.shown()");
        return await visit.TimeClickAsync("isOpen", before, visit.Page.Locator("#messagelist tbody tr.message").Nth(row));
    }

    public override async Task<double> SearchAsync(Visit visit, string word)
    {
        // As where "From" is unticked in the options of the box: the same question as in the other webmail.
        await visit.Page.EvaluateAsync("() => { rcmail.env.search_mods = { '*': { subject: 1 } }; }");
        await visit.Page.Locator("#mailsearchform").FillAsync(word);
        return await visit.TimeAsync("isFound", word, () => visit.Page.Locator("#mailsearchform").PressAsync("Enter"));
    }

    protected override async Task FillSignInAsync(IPage page)
    {
        await page.GotoAsync(Options.Origin.ToString());
        await page.Locator("#rcmloginuser").FillAsync(Options.User);
        await page.Locator("#rcmloginpwd").FillAsync(Options.Password);
        await page.Locator("#rcmloginpwd").PressAsync("Enter");
    }
}
