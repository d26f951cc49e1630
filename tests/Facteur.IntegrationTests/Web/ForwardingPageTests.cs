using Facteur.IntegrationTests.Pop3;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Web;

/// <summary>« Transfert et POP/IMAP » in a real browser, and what real programs see of it.</summary>
public sealed class ForwardingPageTests
{
    private const string User = WebHouse.User, Password = WebHouse.Password, Here = "/settings/forwarding-pop-imap";

    [Fact]
    public async Task From_now_on_is_chosen_on_the_page_and_a_POP_program_sees_only_later_mail()
    {
        Programs.Require("mpop");
        await using var server = await WebHouse.StartAsync();
        await AppendAsync(server, 1, 2);
        await using var chromium = await Chromium.OpenAsync(server, locale: "fr-FR");
        var page = chromium.Page;
        await chromium.SignInAsync(Here);
        await chromium.ShootAsync("forwarding");
        await page.GetByLabel("Activer POP pour les messages reçus à partir de maintenant").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer les modifications" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("enregistrées");
        await Assertions.Expect(page.Locator("#pop")).ToContainTextAsync("POP est activé pour les messages arrivés depuis le");
        await AppendAsync(server, 3, 4, 5);
        using var program = new PopProgram("mpop", Directory.CreateTempSubdirectory("facteur-pop-").FullName, server, User, Password);
        Assert.Equal(3, await program.FetchAsync());

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#logins")).ToContainTextAsync("POP");
        await page.GetByLabel("Désactiver POP").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer les modifications" }).ClickAsync();
        await Assertions.Expect(page.Locator("#pop")).ToContainTextAsync("POP est désactivé");
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task The_test_plays_every_port_and_says_what_is_wrong()
    {
        await using var server = await WebHouse.StartAsync();
        await using var chromium = await Chromium.OpenAsync(server, locale: "fr-FR");
        var page = chromium.Page;
        await chromium.SignInAsync(Here + "#test");
        await TestAsync(page, Password);
        await chromium.ShootAsync("server-test");
        await Assertions.Expect(page.Locator(".tests .card")).ToHaveCountAsync(6);
        // Nobody knows the authority of a server that was just set up; all else is well.
        await Assertions.Expect(page.Locator(".trail .failed")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(".tests")).ToContainTextAsync("Les programmes ne connaissent pas l’autorité");
        foreach (var found in new[] { "dossiers", "à relever", "le courrier serait pris" }) await Assertions.Expect(page.Locator(".tests")).ToContainTextAsync(found);

        await TestAsync(page, "wrong");
        await Assertions.Expect(page.Locator(".trail .failed")).ToHaveCountAsync(6);
        await Assertions.Expect(page.Locator(".tests")).ToContainTextAsync("nom d’utilisateur ou mot de passe incorrect");

        Assert.Equal(0, (await server.CliAsync("policy", "set", "pop3", "on", "off", "--domain", "demo.test")).ExitCode);
        await TestAsync(page, Password);
        await Assertions.Expect(page.Locator(".test-failed")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator(".test-failed").First).ToContainTextAsync("POP est désactivé par votre administrateur (règle du domaine demo.test)");
        await page.GotoAsync(chromium.Origin + Here);
        await Assertions.Expect(page.Locator("#pop")).ToContainTextAsync("Désactivé par votre administrateur");
        await chromium.ShootAsync("forwarding-off");
        Assert.Empty(chromium.Complaints);
    }

    // With scripts they are among the screens of SettingsScreenTests.
    [Fact]
    public async Task The_pages_do_without_scripts()
    {
        await using var server = await WebHouse.StartAsync();
        await using var chromium = await Chromium.OpenAsync(server, 375, "fr-FR", scripts: false);
        var page = chromium.Page;
        await chromium.SignInAsync(Here);
        foreach (var path in new[] { "", "/outlook", "/thunderbird", "/apple-mail", "/iphone", "/android", "/gmail" })
        {
            await page.GotoAsync(chromium.Origin + Here + path);
            var body = await page.Locator("body").BoundingBoxAsync();
            Assert.True(body!.Width <= 375, path);
        }
        await page.GotoAsync(chromium.Origin + Here);
        Assert.False(await page.Locator("button[data-copy]").First.IsVisibleAsync());
        await page.GetByRole(AriaRole.Radio, new() { Name = "Désactiver IMAP" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer les modifications" }).ClickAsync();
        await Assertions.Expect(page.Locator("#servers")).ToContainTextAsync("Vous l’avez désactivé ci-dessus.");
        Assert.Empty(chromium.Complaints);
    }

    private static async Task TestAsync(IPage page, string password)
    {
        await page.GetByLabel("Mot de passe tapé dans le programme").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Tester") }).ClickAsync();
        await Assertions.Expect(page.Locator(".tests .card").First).ToBeVisibleAsync();
    }

    private static async Task AppendAsync(FacteurServer server, params int[] numbers)
    {
        await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {User} {Password}");
        foreach (var number in numbers)
        {
            var message = $"From: a@x.test\r\nTo: {User}\r\nSubject: {number}\r\nMessage-ID: <m{number}@x.test>\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\n{number}\r\n";
            await imap.ImapAsync($"APPEND INBOX {{{message.Length}+}}\r\n{message}");
        }
    }
}
