using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Elsewhere;

/// <summary>An update while a page is open: it is said, the page goes on with what it has, and no page ever runs parts of two builds.</summary>
public sealed class UpdateTests(ConnectedWorld world)
{
    [Fact]
    public async Task A_newer_build_is_told_of_and_no_page_is_a_mix()
    {
        await using var builds = await TwoBuilds.StartAsync(await world.ServerAsync(), world.Certificate);
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3), origin: builds.Origin);
        mail.IsExpected = static what => what.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal) || what.Contains("ERR_FAILED", StringComparison.Ordinal);
        var page = mail.Page;
        await mail.BegunAsync();
        await OfflineTests.ReadyAsync(mail);

        builds.IsNewer = true;
        await page.EvaluateAsync("async () => void (await (await navigator.serviceWorker.getRegistration('/mail')).update())");
        await Assertions.Expect(mail.Toast).ToContainTextAsync("There is a new version.");
        await mail.ShootAsync("update-toast");
        // The server has no file of this page any more; its parts that were not loaded yet are there all the same.
        await mail.Row("Message 3").ClickAsync();
        await page.Locator(".message-tools .menu > button").First.ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Show original" }).ClickAsync();
        await Assertions.Expect(page.Locator("dialog .original-source")).ToContainTextAsync("Subject: Message 3");
        await mail.PressAsync("Escape", "u");
        await IsOfAsync(page, builds, isNewer: false);
        // Without a connection it is the older page that is kept, as a whole.
        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
        await IsOfAsync(page, builds, isNewer: false);
        await page.Context.SetOfflineAsync(false);

        await page.ReloadAsync();
        await mail.BegunAsync();
        await IsOfAsync(page, builds, isNewer: true);
        // From now on the newer worker is in charge, and keeps the newer page.
        await mail.UntilAsync("async () => { const one = await navigator.serviceWorker.getRegistration('/mail'); return one.active !== null && one.waiting === null && one.installing === null; }");
        await OfflineTests.ReadyAsync(mail);
        await page.ReloadAsync();
        await mail.BegunAsync();
        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
        await IsOfAsync(page, builds, isNewer: true);
        await page.Context.SetOfflineAsync(false);
    }

    [Fact]
    public async Task The_button_of_the_toast_brings_the_newer_page()
    {
        await using var builds = await TwoBuilds.StartAsync(await world.ServerAsync(), world.Certificate);
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(1), width: 375, height: 700, locale: "fr-FR", isTouch: true, origin: builds.Origin);
        await mail.BegunAsync();
        await OfflineTests.ReadyAsync(mail);
        builds.IsNewer = true;
        await mail.Page.EvaluateAsync("async () => void (await (await navigator.serviceWorker.getRegistration('/mail')).update())");
        Assert.True(await mail.FitsAsync());
        await mail.Toast.GetByRole(AriaRole.Button, new() { Name = "Recharger" }).TapAsync();
        await Assertions.Expect(mail.Page.Locator("#mail")).ToHaveAttributeAsync("data-build", builds.BuildOf(isNewer: true));
        await mail.BegunAsync();
        await IsOfAsync(mail.Page, builds, isNewer: true);
    }

    private static async Task IsOfAsync(IPage page, TwoBuilds builds, bool isNewer)
    {
        Assert.Equal(builds.BuildOf(isNewer), await page.Locator("#mail").GetAttributeAsync("data-build"));
        Assert.Equal(isNewer ? "newer" : "older", await page.EvaluateAsync<string>(TwoBuilds.Parts));
    }
}
