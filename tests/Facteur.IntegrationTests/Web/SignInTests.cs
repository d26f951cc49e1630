using System.Globalization;
using Facteur.IntegrationTests.Browser;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Web;

/// <summary>The sign-in pages in a real browser: password, second factor, passkey, app password, in both languages and on a telephone.</summary>
public sealed class SignInTests
{
    private const string User = WebHouse.User, Password = WebHouse.Password;

    [Fact]
    public async Task Somebody_signs_in_adds_a_second_factor_a_passkey_and_an_app_password()
    {
        await using var server = await WebHouse.StartAsync("curl");
        await using var chromium = await Chromium.OpenAsync(server);
        var page = chromium.Page;
        await page.GotoAsync(chromium.Origin + "/settings/security");
        await chromium.ShootAsync("signin");
        await SignInAsync(page);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sessions and logins");
        await chromium.ShootAsync("security");

        var recovery = await AddSecondFactorAsync(chromium);
        await AddPasskeyAsync(chromium);
        var secret = await AddAppPasswordAsync(chromium);
        await FetchAsync(server, secret);

        // Out, and in again: password and a recovery code.
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).First.ClickAsync();
        await page.GetByLabel("E-mail address").WaitForAsync();
        await page.GotoAsync(chromium.Origin + "/settings/security");
        await SignInAsync(page);
        await chromium.ShootAsync("code");
        await page.GetByLabel("Code of your authenticator").FillAsync(recovery);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Patience.ArrivesAsync(page, "**/settings/security");

        // And with the passkey alone.
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).First.ClickAsync();
        await page.GetByLabel("E-mail address").WaitForAsync();
        await page.GotoAsync(chromium.Origin + "/settings/security");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Patience.ArrivesAsync(page, "**/settings/security");
        await Assertions.Expect(page.Locator("tbody").First).ToContainTextAsync("passkey");
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task Pages_fit_a_telephone_in_French_and_the_keyboard_is_enough()
    {
        await using var server = await WebHouse.StartAsync("curl");
        await using var chromium = await Chromium.OpenAsync(server, width: 375, locale: "fr-FR");
        var page = chromium.Page;
        await page.GotoAsync(chromium.Origin + "/settings/security/app-passwords");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Se connecter");
        // The field of the address has the focus.
        await page.Keyboard.TypeAsync(User);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await Patience.ArrivesAsync(page, "**/settings/security/app-passwords");
        foreach (var path in new[] { "", "/password", "/two-step", "/passkeys", "/app-passwords", "/programs" })
        {
            await page.GotoAsync(chromium.Origin + "/settings/security" + path);
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), path);
            await chromium.ShootAsync("fr-375" + path.Replace('/', '-'));
        }
        Assert.Empty(chromium.Complaints);
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GetByLabel("E-mail address").FillAsync(User);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Answers one of the recovery codes.</summary>
    private static async Task<string> AddSecondFactorAsync(Chromium chromium)
    {
        var page = chromium.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Two-step sign-in" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await chromium.ShootAsync("two-step");
        var secret = await page.Locator("code.secret").InnerTextAsync();
        await page.Locator("#code").FillAsync(Totp.Code(secret, TimeProvider.System.GetUtcNow()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Assertions.Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        await chromium.ShootAsync("recovery");
        return await page.Locator(".codes li").First.InnerTextAsync();
    }

    private static async Task AddPasskeyAsync(Chromium chromium)
    {
        var page = chromium.Page;
        await chromium.AddAuthenticatorAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Passkeys" }).ClickAsync();
        await page.Locator("#label").FillAsync("This browser");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Patience.ArrivesAsync(page, "**/passkeys?done=passkey");
        Assert.Equal("This browser", await page.Locator("tbody input[name=label]").InputValueAsync());
        await chromium.ShootAsync("passkeys");
    }

    private static async Task<string> AddAppPasswordAsync(Chromium chromium)
    {
        var page = chromium.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "App passwords" }).ClickAsync();
        await page.Locator("#label").FillAsync("curl");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make it" }).ClickAsync();
        var secret = await page.Locator("#secret").InnerTextAsync();
        await chromium.ShootAsync("app-passwords");
        return secret;
    }

    private static async Task FetchAsync(FacteurServer server, string secret)
    {
        var url = $"imaps://localhost:{server.Port("imaps").ToString(CultureInfo.InvariantCulture)}/";
        var listed = await Programs.RunAsync("curl", ["-sS", "--cacert", server.CertificateAuthority, "--user", $"{User}:{secret}", url]);
        Assert.True(listed.ExitCode == 0 && listed.Output.Contains("INBOX", StringComparison.Ordinal), listed.ToString());
    }
}
