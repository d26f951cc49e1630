using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Writing a message and sending it: now, later, not after all; what is looked at before.</summary>
public sealed class WritingTests(BrowserWorld world)
{
    [Fact]
    public async Task A_message_is_written_formatted_and_sent()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync($"Ami <{friend}>", "Réunion lundi", "Bonjour, ");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Bold" }).ClickAsync();
        await browser.Page.Keyboard.TypeAsync("à lundi");
        await browser.ShootAsync("compose");
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message sent.");
        await desk.GoneAsync();
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("multipart/alternative", message, StringComparison.Ordinal);
        Assert.Contains("Subject: =?UTF-8?", message, StringComparison.OrdinalIgnoreCase);
        Assert.Matches("<b>.*lundi</b>", message);
        Assert.DoesNotContain("X-Facteur-Draft", message, StringComparison.OrdinalIgnoreCase);
        await desk.HoldAsync(drafts: 0, sent: 1);
    }

    [Fact]
    public async Task What_was_sent_is_taken_back_and_written_on()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync(30);
        await desk.FillAsync(friend, "Trop vite", "Un premier texte");
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message sent.");
        await browser.ShootAsync("compose-undo");
        await browser.Toast.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await desk.ToastAsync("draft again");
        await Assertions.Expect(desk.Text).ToContainTextAsync("Un premier texte");
        await Assertions.Expect(desk.Field("subject")).ToHaveValueAsync("Trop vite");
        await desk.HoldAsync(drafts: 1, sent: 0);
        await desk.JmapAsync("WebmailSettings/set", """{"update": {"singleton": {"undoSeconds": 5}}}""");
        await desk.Text.ClickAsync();
        await browser.PressAsync("End");
        await browser.Page.Keyboard.TypeAsync(" et un second");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Other ways to send" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Never" }).ClickAsync();
        await desk.Send.ClickAsync();
        Assert.Contains("Un premier texte et un second", await desk.ArrivedAsync(friend), StringComparison.Ordinal);
        await desk.HoldAsync(drafts: 0, sent: 1);
    }

    [Fact]
    public async Task What_was_sent_is_taken_back_by_a_key()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world, width: 375, height: 740);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync(30);
        await desk.FillAsync(friend, "Trop vite", "Un texte");
        await browser.PressAsync("Control+Enter");
        await desk.ToastAsync("Message sent.");
        await desk.GoneAsync();
        await browser.Page.Locator("[role=grid]").FocusAsync();
        await browser.PressAsync("z");
        await Assertions.Expect(desk.Text).ToContainTextAsync("Un texte");
        await desk.HoldAsync(drafts: 1, sent: 0);
    }

    [Fact]
    public async Task A_message_is_sent_later_and_fetched_back_from_the_list_of_those_that_wait()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Pour demain", "Bonne journée");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Other ways to send" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Send later" }).ClickAsync();
        await browser.ShootAsync("compose-later");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Tomorrow morning" }).ClickAsync();
        await desk.ToastAsync("It will be sent on");
        var waiting = await desk.JmapAsync("EmailSubmission/query", """{"filter": {"undoStatus": "pending"}}""");
        Assert.Equal(1, waiting.GetProperty("ids").GetArrayLength());
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Scheduled" }).ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".scheduled li")).ToContainTextAsync("Pour demain");
        await browser.ShootAsync("compose-scheduled");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel and edit" }).ClickAsync();
        await Assertions.Expect(desk.Text).ToContainTextAsync("Bonne journée");
        await desk.HoldAsync(drafts: 1, sent: 0);
    }

    [Theory]
    [InlineData("en-GB", "Veuillez trouver ci-joint le devis", "The text says “ci-joint”")]
    [InlineData("fr-FR", "Please find attached the quote", "Le texte dit « Please find attached »")]
    public async Task A_promised_attachment_that_is_missing_is_asked_about(string locale, string text, string question)
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world, locale: locale);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Devis", text);
        await desk.Send.ClickAsync();
        var dialog = browser.Page.GetByRole(AriaRole.Dialog).Last;
        await Assertions.Expect(dialog).ToContainTextAsync(question);
        await browser.ShootAsync("compose-warning-" + locale);
        // Escape is "back": nothing is sent, nothing lost.
        await browser.PressAsync("Escape");
        await Assertions.Expect(desk.Text).ToContainTextAsync(text);
        await desk.Send.ClickAsync();
        await dialog.Locator(".dialog-buttons .button").First.ClickAsync();
        Assert.Contains("multipart/alternative", await desk.ArrivedAsync(friend), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_brings_the_window_back_with_what_to_do()
    {
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync("personne@demo.test", "Y a-t-il quelqu'un", "Bonjour");
        await desk.Send.ClickAsync();
        await Assertions.Expect(desk.Window.Locator(".compose-fault")).ToContainTextAsync("personne@demo.test");
        await Assertions.Expect(desk.Text).ToContainTextAsync("Bonjour");
        await browser.ShootAsync("compose-refused");
        await desk.HoldAsync(drafts: 1, sent: 0);
    }

    [Fact]
    public async Task What_is_no_address_does_not_leave()
    {
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync("pas une adresse", "x", "Bonjour");
        await Assertions.Expect(desk.Window.Locator(".chip.is-wrong")).ToHaveCountAsync(1);
        await desk.Send.ClickAsync();
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Dialog).Last).ToContainTextAsync("is no e-mail address");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Back to the message" }).ClickAsync();
        Assert.Equal(0, await desk.CountAsync("sent"));
    }

    [Fact]
    public async Task By_the_keyboard_alone()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        // The field of the recipients has the focus.
        await Assertions.Expect(desk.Field("to")).ToBeFocusedAsync();
        await browser.Page.Keyboard.TypeAsync(friend);
        await browser.PressAsync("Enter", "Control+Shift+c");
        await browser.Page.Keyboard.TypeAsync(browser.Address);
        await browser.PressAsync("Enter", "Tab");
        await browser.Page.Keyboard.TypeAsync("Au clavier");
        // The key of a field that is shown already goes to it.
        await browser.PressAsync("Control+Shift+c");
        await Assertions.Expect(desk.Window.Locator("[data-field=cc] input")).ToBeFocusedAsync();
        await browser.PressAsync("Tab", "Tab");
        await browser.Page.Keyboard.TypeAsync("Sans souris");
        await browser.PressAsync("Tab", "ArrowRight", "ArrowRight");
        await Assertions.Expect(desk.Window.GetByRole(AriaRole.Button, new() { Name = "Bulleted list" })).ToBeFocusedAsync();
        await browser.PressAsync("Control+Enter");
        await desk.ToastAsync("Message sent.");
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("Sans souris", message, StringComparison.Ordinal);
        Assert.Contains($"Cc: {browser.Address}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_telephone_it_takes_the_whole_page()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world, width: 375, height: 740, locale: "fr-FR", isTouch: true);
        var desk = new WritingDesk(browser);
        await desk.UndoAsync(0);
        await browser.Page.Locator(".bottom-bar .is-main").ClickAsync();
        await desk.Text.WaitForAsync();
        await desk.FillAsync(friend, "Du téléphone", "Depuis le train");
        await Patience.UntilAsync((0, 0, 375, 740), async () => await desk.Window.BoundingBoxAsync() is { } box ? (box.X, box.Y, box.Width, box.Height) : default);
        Assert.True(await browser.FitsAsync());
        await browser.ShootAsync("compose-375");
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message envoyé.");
        Assert.Contains("Depuis le train", await desk.ArrivedAsync(friend), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_are_written_at_once_one_of_them_plain()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world, width: 1400);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Premier", "Le premier");
        await browser.Page.Locator(".compose-button").ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".compose.is-open")).ToHaveCountAsync(2);
        await desk.FillAsync(friend, "Second", "Le *second*");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Plain text, without formatting" }).ClickAsync();
        await Assertions.Expect(desk.Window.Locator("textarea")).ToHaveValueAsync("Le *second*");
        await browser.ShootAsync("compose-two");
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message sent.");
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("Content-Type: text/plain", message, StringComparison.Ordinal);
        Assert.DoesNotContain("multipart", message, StringComparison.Ordinal);
        await Assertions.Expect(browser.Page.Locator(".compose")).ToHaveCountAsync(1);
        await Assertions.Expect(desk.Text).ToContainTextAsync("Le premier");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Minimise" }).ClickAsync();
        await Assertions.Expect(desk.Text).ToBeHiddenAsync();
        await desk.Window.Locator(".compose-title").ClickAsync();
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Full screen" }).ClickAsync();
        await browser.ShootAsync("compose-full");
        await Assertions.Expect(desk.Text).ToContainTextAsync("Le premier");
    }

    [Fact]
    public async Task Nothing_of_it_is_hard_to_use_by_the_rules_of_axe()
    {
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        // Colours on their way from one to another are none that anybody reads.
        await browser.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await desk.FillAsync("ami@demo.test, pas une adresse", "Accessible", "Ci-joint le plan");
        await Assertions.Expect(desk.Window.Locator(".chip.is-wrong")).ToHaveCountAsync(1);
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Bcc" }).ClickAsync();
        Assert.Equal("", await FindingsAsync(browser));
        await desk.Window.Locator(".chip.is-wrong .chip-remove").ClickAsync();
        await desk.Send.ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Send anyway" }).WaitForAsync();
        Assert.Equal("", await FindingsAsync(browser));
    }

    /// <summary>What axe-core calls serious or critical within the windows in which one writes.</summary>
    private static async Task<string> FindingsAsync(MailBrowser browser)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Facteur.slnx"))) at = at.Parent;
        // By the debugger's way, which the policy of the page does not concern.
        await browser.Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(at.FullName, "src/Facteur.Web/Client/node_modules/axe-core/axe.min.js")));
        return await browser.Page.EvaluateAsync<string>("""
            async () => (await axe.run(".compose-dock")).violations.filter((one) => ["serious", "critical"].includes(one.impact))
              .map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" ")).join("\n")
            """);
    }
}
