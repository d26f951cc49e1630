using Facteur.IntegrationTests.Browser;

namespace Facteur.IntegrationTests.Web;

/// <summary>A server of a test's own with one account, and its owner at the sign-in.</summary>
internal static class WebHouse
{
    public const string User = "web@demo.test", Password = "soleil-42-papier";

    /// <param name="programs">Programs of the machine that the test needs beside the browser.</param>
    public static async Task<FacteurServer> StartAsync(params string[] programs)
    {
        Programs.Require(["chromium", "openssl", .. programs]);
        var server = new FacteurServer(web: true);
        var added = await server.CliAsync("domain", "add", "demo.test");
        Assert.True(added.ExitCode == 0, added.ToString());
        await server.AddAccountAsync(User, Password);
        await server.StartAsync();
        return server;
    }

    /// <summary>Signs in with the password, and waits for the page that was asked for.</summary>
    public static async Task SignInAsync(this Chromium chromium, string next)
    {
        var page = chromium.Page;
        await page.GotoAsync(chromium.Origin + "/signin?next=" + Uri.EscapeDataString(next));
        await page.Locator("#user").FillAsync(User);
        await page.Locator("input[type=password]").FillAsync(Password);
        await page.Locator("input[type=password]").PressAsync("Enter");
        await Patience.ArrivesAsync(page, "**" + next);
    }
}
