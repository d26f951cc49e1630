using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Web;

/// <summary>The settings pages in a real browser: what people do there, on a telephone, by keyboard, and without scripts.</summary>
public sealed class SettingsPageTests
{
    private const string User = WebHouse.User, Password = WebHouse.Password;

    private static readonly string[] pages =
    [
        "general", "inbox", "labels", "contacts", "accounts", "filters", "filters/scripts", "vacation", "forwarding-pop-imap", "security", "security/password", "security/two-step", "security/passkeys", "security/app-passwords",
        "security/programs", "notifications", "offline", "appearance", "data",
    ];

    // With scripts they are among the screens of SettingsScreenTests.
    [Fact]
    public async Task Every_page_is_there_without_scripts()
    {
        await using var server = await WebHouse.StartAsync();
        await using var chromium = await Chromium.OpenAsync(server, 375, "fr-FR", scripts: false);
        var page = chromium.Page;
        await chromium.SignInAsync("/settings/labels");
        foreach (var path in pages)
        {
            await page.GotoAsync($"{chromium.Origin}/settings/{path}");
            await Assertions.Expect(page.Locator("nav a[aria-current=page]")).ToHaveCountAsync(1);
            var body = await page.Locator("body").BoundingBoxAsync();
            Assert.True(body!.Width <= 375, path);
            // The menu is one line, with the name of the page, until it is opened.
            await Assertions.Expect(page.Locator("nav > ul")).ToBeHiddenAsync();
            await Assertions.Expect(page.Locator("nav summary")).ToContainTextAsync(await page.Locator("nav a[aria-current=page]").TextContentAsync() ?? "");
            var menu = await page.Locator("nav").BoundingBoxAsync();
            Assert.True(menu!.Height < 80, $"{path}: the menu is {menu.Height} pixels high");
        }
        await page.GotoAsync($"{chromium.Origin}/settings/labels");
        await page.Locator("nav summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("nav > ul")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator("nav a").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync($"{chromium.Origin}/settings/general");
        await Assertions.Expect(page.Locator("nav > ul")).ToBeHiddenAsync();
        await page.SetViewportSizeAsync(1280, 900);
        await Assertions.Expect(page.Locator("nav > ul")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("nav summary")).ToBeHiddenAsync();
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task A_rule_made_on_the_page_files_the_mail_that_comes()
    {
        await using var server = await WebHouse.StartAsync("swaks");
        await using var chromium = await Chromium.OpenAsync(server, locale: "fr-FR");
        var page = chromium.Page;
        await chromium.SignInAsync("/settings/filters");
        await page.GetByLabel("Nom de la règle").FillAsync("Boutique");
        await page.GetByLabel("Valeur").First.FillAsync("shop@example.org");
        await page.GetByLabel("Action", new() { Exact = true }).First.SelectOptionAsync("Move");
        await page.GetByLabel("libellé, mot-clé, adresse ou objet").First.FillAsync("Boutique");
        await chromium.ShootAsync("filters-new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer les modifications" }).ClickAsync();
        await Assertions.Expect(page.Locator("ol.entries")).ToContainTextAsync("l’expéditeur contient « shop@example.org » → déplacer vers le libellé Boutique");
        await chromium.ShootAsync("filters-one");
        await SendAsync(server, "shop@example.org", "Commande");
        await SendAsync(server, "other@example.org", "Bonjour");
        await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {User} {Password}");
        Assert.Contains(await imap.ImapAsync("STATUS Boutique (MESSAGES)"), line => line.Contains("MESSAGES 1", StringComparison.Ordinal));
        Assert.Contains(await imap.ImapAsync("STATUS INBOX (MESSAGES)"), line => line.Contains("MESSAGES 1", StringComparison.Ordinal));
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task A_script_with_a_mistake_says_line_and_column_and_is_kept_once_right()
    {
        await using var server = await WebHouse.StartAsync("swaks");
        await using var chromium = await Chromium.OpenAsync(server, 375, "fr-FR");
        var page = chromium.Page;
        await chromium.SignInAsync("/settings/filters/scripts");
        await page.Locator("#name").FillAsync("à moi");
        await page.Locator("#source").FillAsync("require \"fileinto\";\nfileinto;\n");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer les modifications" }).ClickAsync();
        await Assertions.Expect(page.Locator("form .complaint").First).ToContainTextAsync("Ligne 2, colonne");
        await chromium.ShootAsync("script-wrong");
        await page.Locator("#source").FillAsync("require \"fileinto\";\nfileinto \"Archive\";\n");
        await page.GetByLabel("et le rendre actif").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer les modifications" }).ClickAsync();
        await Assertions.Expect(page.Locator(".entries .tag")).ToHaveTextAsync("actif");
        Assert.Contains("400", Assert.Single(chromium.Complaints), StringComparison.Ordinal); // the page with the mistake, which browsers tell in their console
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mail_goes_out_as_an_archive_and_comes_in_again(bool scripts)
    {
        await using var server = await WebHouse.StartAsync("swaks");
        await SendAsync(server, "a@example.org", "Un");
        await SendAsync(server, "b@example.org", "Deux");
        await using var chromium = await Chromium.OpenAsync(server, 375, "fr-FR", scripts);
        var page = chromium.Page;
        await chromium.SignInAsync("/settings/data");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Télécharger" }).ClickAsync());
        var file = Path.Combine(server.Folder, "tout.zip");
        await download.SaveAsAsync(file);
        await page.Locator("#file").SetInputFilesAsync(file);
        await page.GetByRole(AriaRole.Button, new() { Name = "Importer" }).ClickAsync();
        await Assertions.Expect(page.Locator("#import")).ToContainTextAsync("2 messages sont entrés");
        await chromium.ShootAsync(scripts ? "import" : "import-plain");
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task The_language_and_the_vacation_are_chosen_by_keyboard_alone()
    {
        await using var server = await WebHouse.StartAsync("swaks");
        await using var chromium = await Chromium.OpenAsync(server, 1280, "en-GB");
        var page = chromium.Page;
        await chromium.SignInAsync("/settings/general");
        await page.Locator("#language").FocusAsync();
        await page.Keyboard.TypeAsync("Fran");
        await page.Keyboard.PressAsync("Tab");
        for (var i = 0; i < 8 && !await page.EvaluateAsync<bool>("document.activeElement.matches('button.primary')"); i++) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Général");
        await page.GotoAsync(chromium.Origin + "/settings/vacation");
        await page.GetByLabel("Pas de réponse automatique").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Locator("#text").FocusAsync();
        await page.Keyboard.TypeAsync("Absent jusqu’à lundi.");
        for (var i = 0; i < 8 && !await page.EvaluateAsync<bool>("document.activeElement.matches('button.primary')"); i++) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("enregistrées");
        await Assertions.Expect(page.GetByLabel("Répondre automatiquement")).ToBeCheckedAsync();
        Assert.Empty(chromium.Complaints);
    }

    private static async Task SendAsync(FacteurServer server, string from, string subject)
    {
        var sent = await Programs.RunAsync("swaks", ["--timeout", "180", "--server", "127.0.0.1", "--port", $"{server.Port("lmtp")}", "--protocol", "LMTP", "--from", from, "--to", User, "--header", "Subject: " + subject, "--header", "From: " + from]);
        Assert.True(sent.ExitCode == 0, sent.ToString());
    }
}
