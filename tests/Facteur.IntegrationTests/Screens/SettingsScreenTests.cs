using Facteur.IntegrationTests.Browser;
using Facteur.IntegrationTests.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Facteur.IntegrationTests.Screens;

/// <summary>A tour of the settings, of what they answer, and of the sign-in.</summary>
public sealed class SettingsScreenTests(BrowserWorld world)
{
    private const string Forwarding = "/settings/forwarding-pop-imap";

    [Theory]
    [MemberData(nameof(ScreenTour.Languages), MemberType = typeof(ScreenTour))]
    public async Task Every_page_of_the_settings(string language)
    {
        var sample = SampleMail.In(language);
        await using var mail = await ScreenTour.BeginAsync(world, sample);
        var (page, tour) = (mail.Page, new ScreenTour(mail, sample));
        await FillAsync(mail, tour, sample);
        var paths = await PathsAsync(mail);
        foreach (var path in paths)
        {
            var name = "settings-" + path.Split('/')[^1];
            await page.GotoAsync(mail.Origin + path);
            await tour.ShowAsync(name, path == Forwarding ? Shots.Wide | Shots.Phone | Shots.Dark : name is "settings-general" or "settings-labels" or "settings-contacts" or "settings-filters" or "settings-security" ? Shots.Wide | Shots.Phone : Shots.Wide);
        }
        foreach (var program in new[] { "outlook", "thunderbird", "apple-mail", "iphone", "android", "gmail" })
        {
            await page.GotoAsync($"{mail.Origin}{Forwarding}/{program}");
            await tour.ShowAsync("guide-" + program, program == "iphone" ? Shots.Wide | Shots.Phone : Shots.Wide);
        }
        Assert.Equal(0, (await mail.Server.CliAsync("policy", "set", "pop3", "on", "off", "--account", mail.Address)).ExitCode);
        await page.GotoAsync(mail.Origin + Forwarding);
        await Expect(page.Locator("#pop.off")).ToBeVisibleAsync();
        await tour.ShowAsync("settings-forwarding-off");
        await InTheOtherLanguageAsync(mail, language, paths);
    }

    /// <summary>Words of one language are longer than those of another: on a small telephone each page is looked at in both.</summary>
    private static async Task InTheOtherLanguageAsync(MailBrowser mail, string language, IReadOnlyList<string> paths)
    {
        var other = language == "fr" ? "en" : "fr";
        Assert.Equal(0, (await mail.Server.CliAsync("account", "locale", mail.Address, other)).ExitCode);
        await mail.Page.SetViewportSizeAsync(320, 568);
        foreach (var path in paths)
        {
            await mail.Page.GotoAsync(mail.Origin + path);
            await Expect(mail.Page.Locator("html")).ToHaveAttributeAsync("lang", other);
            await Reflow.CheckAsync(mail.Page, $"{path} ({other})");
        }
    }

    [Theory]
    [MemberData(nameof(ScreenTour.Languages), MemberType = typeof(ScreenTour))]
    public async Task What_the_pages_answer_and_the_sign_in(string language)
    {
        var sample = SampleMail.In(language);
        await using var mail = await ScreenTour.BeginAsync(world, sample);
        // A page that says no has a status that says so, and browsers tell it in their console.
        mail.IsExpected = what => what.Contains("Failed to load resource", StringComparison.Ordinal);
        var (page, tour) = (mail.Page, new ScreenTour(mail, sample));
        await TestAsync(page, mail, BrowserWorld.Password, failed: 0);
        await tour.ShowAsync("settings-test", Shots.Wide | Shots.Phone);
        await TestAsync(page, mail, "wrong", failed: 6);
        await tour.ShowAsync("settings-test-failed", Shots.Wide);
        await page.GotoAsync(mail.Origin + "/settings/filters/scripts");
        await page.Locator("#name").FillAsync("essai");
        await page.Locator("#source").FillAsync("require \"fileinto\";\nfileinto;\nkeepp;\n");
        await page.Locator("#script button.primary").ClickAsync();
        await Expect(page.Locator("form .complaint").First).ToBeVisibleAsync();
        await tour.ShowAsync("settings-scripts-wrong", Shots.Wide);
        await page.GotoAsync(mail.Origin + "/settings/security/password");
        foreach (var (field, value) in new[] { ("#old", "not-this-one"), ("#new", "another-long-one-17"), ("#again", "another-long-one-17") }) await page.Locator(field).FillAsync(value);
        await page.Locator("main button.primary").ClickAsync();
        await Expect(page.Locator("main > .complaint")).ToBeVisibleAsync();
        await tour.ShowAsync("settings-password-refused");
        await page.GotoAsync(mail.Origin + "/settings/security/app-passwords");
        await page.Locator("#label").FillAsync("Thunderbird");
        await page.Locator("main button.primary").ClickAsync();
        await Expect(page.Locator("#secret")).ToBeVisibleAsync();
        await tour.ShowAsync("settings-app-password-made");
        await page.GotoAsync(mail.Origin + "/device");
        await tour.ShowAsync("device");
        await SignInAgainAsync(mail, tour, await AddSecondFactorAsync(mail, tour));
    }

    private static async Task<string> AddSecondFactorAsync(MailBrowser mail, ScreenTour tour)
    {
        var page = mail.Page;
        await page.GotoAsync(mail.Origin + "/settings/security/two-step");
        await page.Locator("main button.primary").ClickAsync();
        await Expect(page.Locator("svg.qr, .qr svg").First).ToBeVisibleAsync();
        await tour.ShowAsync("settings-two-step-scan");
        await page.Locator("#code").FillAsync(Totp.Code(await page.Locator("code.secret").InnerTextAsync(), TimeProvider.System.GetUtcNow()));
        await page.Locator("main button.primary").ClickAsync();
        await Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        await tour.ShowAsync("settings-two-step-codes");
        return await page.Locator(".codes li").First.InnerTextAsync();
    }

    private static async Task SignInAgainAsync(MailBrowser mail, ScreenTour tour, string recovery)
    {
        var page = mail.Page;
        await page.GotoAsync(mail.Origin + "/signout");
        await tour.ShowAsync("sign-out");
        await page.Locator("main button.primary").ClickAsync();
        await Expect(page.Locator("#user")).ToBeVisibleAsync();
        await page.GotoAsync(mail.Origin + "/signin");
        await Expect(page.Locator("#user")).ToBeFocusedAsync();
        await tour.ShowAsync("sign-in", Shots.Wide | Shots.Phone | Shots.Dark);
        await SignInAsync("not-this-one");
        await Expect(page.Locator(".complaint:visible")).ToBeVisibleAsync();
        await tour.ShowAsync("sign-in-refused");
        await SignInAsync(BrowserWorld.Password);
        await Expect(page.Locator("#code")).ToBeFocusedAsync();
        await tour.ShowAsync("sign-in-code", Shots.Wide);
        await page.Locator("#code").FillAsync(recovery);
        await mail.PressAsync("Enter");
        await mail.ListedAsync();

        async Task SignInAsync(string password)
        {
            await page.Locator("#user").FillAsync(mail.Address);
            await page.Locator("#password").FillAsync(password);
            await page.Locator("#password").PressAsync("Enter");
        }
    }

    /// <summary>Something to show on every page, made by its own forms.</summary>
    private static async Task FillAsync(MailBrowser mail, ScreenTour tour, SampleMail sample)
    {
        var page = mail.Page;
        await page.GotoAsync(mail.Origin + "/settings/accounts");
        await page.Locator("#label").FillAsync(sample.Shop);
        await page.Locator("#label").PressAsync("Enter");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GotoAsync(mail.Origin + "/settings/filters");
        await page.Locator("#rule-name").FillAsync(sample.Labels[2].Name);
        await page.Locator("textarea[name=value]").First.FillAsync(tour.Say("facture@", "invoice@"));
        await page.Locator("select[name=action]").First.SelectOptionAsync("Move");
        await page.Locator("input[name=target]").First.FillAsync(sample.Labels[2].Name);
        await page.Locator("#rule button.primary").ClickAsync();
        await Expect(page.Locator("ol.entries li")).ToHaveCountAsync(1);
        await page.Locator("#sender").FillAsync("@colis-7741.test");
        await page.Locator("#sender").PressAsync("Enter");
        await Expect(page.Locator("#blocked .entries li")).ToHaveCountAsync(1);
        await page.GotoAsync(mail.Origin + "/settings/contacts");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "contacts.vcf", MimeType = "text/vcard", Buffer = System.Text.Encoding.UTF8.GetBytes(string.Concat(tour.Say("Claire Petit;Hélène Martin;Atelier du Port", "Claire Small;Helen Martin;Harbour Studio").Split(';').Select((name, at) => $"BEGIN:VCARD\nFN:{name}\nEMAIL:{tour.Say("claire@exemple;helene@exemple;atelier@exemple", "claire@example;helen@example;studio@example").Split(';')[at]}.test\nEND:VCARD\n"))) });
        await page.Locator("#import button.primary").ClickAsync();
        await Expect(page.Locator(".entries li")).ToHaveCountAsync(3);
        await page.GotoAsync(mail.Origin + "/settings/vacation");
        await page.Locator("input[name=vacation][value=on]").CheckAsync();
        await page.Locator("#subject").FillAsync(tour.Say("Absente jusqu’à lundi", "Away until Monday"));
        await page.Locator("#text").FillAsync(sample.Absence);
        await page.Locator("main button.primary").ClickAsync();
        await Expect(page.Locator(".notice")).ToBeVisibleAsync();
        await tour.ShowAsync("settings-saved");
        Assert.Equal(0, (await mail.Server.CliAsync("forward", "set", mail.Address, tour.Say("claire@exemple.test", "claire@example.test"))).ExitCode);
        Assert.Equal(0, (await mail.Server.CliAsync("forward", "ask", mail.Address, tour.Say("atelier@exemple.test", "studio@example.test"))).ExitCode);
    }

    /// <summary>Addresses of all pages that the menu names, those below security among them.</summary>
    private static async Task<IReadOnlyList<string>> PathsAsync(MailBrowser mail)
    {
        await mail.Page.GotoAsync(mail.Origin + "/settings/security");
        return await mail.Page.Locator("nav a").EvaluateAllAsync<string[]>("(links) => [...new Set(links.map((link) => link.pathname))]");
    }

    private static async Task TestAsync(IPage page, MailBrowser mail, string password, int failed)
    {
        await page.GotoAsync(mail.Origin + Forwarding + "#test");
        await page.Locator("#test-password").FillAsync(password);
        await page.Locator("#test-password").PressAsync("Enter");
        await Expect(page.Locator(".tests .card")).ToHaveCountAsync(6);
        await Expect(page.Locator(".trail .failed")).ToHaveCountAsync(failed);
    }
}
