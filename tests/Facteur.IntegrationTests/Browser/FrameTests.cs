using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>What stands around the list: widths, look, reading pane, sessions that end, a line that is cut.</summary>
public sealed class FrameTests(BrowserWorld world)
{
    [Theory]
    [InlineData("en-GB", "Inbox", "Write")]
    [InlineData("fr-FR", "Boîte de réception", "Écrire")]
    public async Task On_a_telephone_there_is_one_column_and_a_bar_at_the_foot(string locale, string inbox, string compose)
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(15), width: 375, height: 700, locale: locale, isTouch: true);
        Assert.True(await mail.FitsAsync());
        await Assertions.Expect(mail.Page.Locator(".bottom-bar")).ToContainTextAsync(compose);
        await Assertions.Expect(mail.Page.Locator("#sidebar")).ToBeHiddenAsync();
        await mail.ShootAsync($"list-{locale[..2]}-375");
        await mail.Page.Locator(".bottom-bar button").First.TapAsync();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Link, new() { Name = inbox })).ToBeVisibleAsync();
        await mail.ShootAsync($"menu-{locale[..2]}-375");
        await mail.Page.GetByRole(AriaRole.Link, new() { Name = inbox }).TapAsync();
        await mail.Row("Message 15").TapAsync();
        await Assertions.Expect(mail.Page.Locator(".conversation")).ToBeVisibleAsync();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Grid)).ToBeHiddenAsync();
        Assert.True(await mail.FitsAsync());
        await mail.Page.GoBackAsync();
        await Assertions.Expect(mail.Row("Message 14")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_finger_pushes_a_row_away()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(4), width: 375, height: 700, isTouch: true);
        await SwipeAsync(mail.Row("Message 3"), 150);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Archived.");
        await Assertions.Expect(mail.Row("Message 3")).ToHaveCountAsync(0);
        await SwipeAsync(mail.Row("Message 2"), -150);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Moved to the trash.");
        await SwipeAsync(mail.Row("Message 1"), 40);
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task The_look_is_chosen_by_keyboard_and_kept()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(10));
        await ChooseAsync(mail, "Dark");
        await ChooseAsync(mail, "Compact");
        await ChooseAsync(mail, "On the right");
        await Assertions.Expect(mail.Page.Locator(".reading.is-empty")).ToBeVisibleAsync();
        await mail.PressAsync("j", "Enter");
        await Assertions.Expect(mail.Page.Locator(".conversation")).ToBeVisibleAsync();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Grid)).ToBeVisibleAsync();
        await mail.ShootAsync("pane-right-dark");
        await mail.Page.ReloadAsync();
        await mail.ListedAsync();
        await mail.Page.WaitForFunctionAsync("() => [document.documentElement.dataset.theme, document.documentElement.dataset.density, document.documentElement.dataset.pane].join(' ') === 'dark compact right'");
        await ChooseAsync(mail, "Below");
        await mail.ShootAsync("pane-below-dark");
    }

    [Theory]
    [InlineData(700)]
    [InlineData(1024)]
    [InlineData(2560)]
    public async Task Nothing_stands_out_at_the_side(int width)
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage(new string('W', 300), "A name that goes on and on and never seems to come to its end <long@example.test>", new string('x', 900)), new TestMessage("Short", Text: "Short.")), width: width, locale: "fr-FR");
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync($"list-fr-{width}");
        // As with the letters twice as large (WCAG 1.4.4).
        await mail.Page.EvaluateAsync("document.documentElement.style.fontSize = '200%'; dispatchEvent(new Event('resize'))");
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync($"list-fr-{width}-200");
    }

    [Fact]
    public async Task A_search_finds_and_says_when_there_is_nothing()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(new TestMessage("Invoice for March"), new TestMessage("Lunch?")));
        await mail.PressAsync("/");
        await mail.Page.Keyboard.TypeAsync("subject:invoice");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Row("Invoice for March")).ToBeVisibleAsync();
        await mail.Page.GotoAsync(mail.Origin + "/mail#/search/nothing-like-this");
        await Assertions.Expect(mail.Page.GetByText("No message matches this search.")).ToBeVisibleAsync();
        await mail.Page.GoBackAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Who_is_signed_out_elsewhere_signs_in_and_is_back_where_they_were()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(2));
        mail.IsExpected = what => what.Contains("401", StringComparison.Ordinal);
        await mail.PressAsync("g", "s");
        await Assertions.Expect(mail.Page.GetByText("No starred messages.")).ToBeVisibleAsync();
        await mail.Page.Context.ClearCookiesAsync();
        await mail.PressAsync("g", "i", "g", "a");
        await Patience.ArrivesAsync(mail.Page, "**/signin?**");
        await mail.Page.Locator("#user").FillAsync(mail.Address);
        await mail.Page.Locator("#password").FillAsync(BrowserWorld.Password);
        await mail.Page.Locator("#password").PressAsync("Enter");
        await mail.ListedAsync();
        Assert.StartsWith("#/", new Uri(mail.Page.Url).Fragment);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        await using var mail = await MailBrowser.OpenAsync(world, locale: "fr-FR");
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Compte " + mail.Address }).ClickAsync();
        await mail.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Se déconnecter" }).ClickAsync();
        await Patience.ArrivesAsync(mail.Page, "**/signin");
        await mail.Page.GotoAsync(mail.Origin + "/mail");
        await Assertions.Expect(mail.Page.Locator("#password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_a_connection_it_says_so_and_goes_on_by_itself()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        await mail.BegunAsync();
        mail.IsExpected = what => what.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal);
        await mail.Page.Context.SetOfflineAsync(true);
        await Assertions.Expect(mail.Page.Locator(".offline")).ToBeVisibleAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
        await mail.ShootAsync("offline-en-1280");
        await mail.Mailbox.DeliverAsync(new TestMessage("While you were away"));
        await mail.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(mail.Row("While you were away")).ToBeVisibleAsync();
        await Assertions.Expect(mail.Page.Locator(".offline")).ToHaveCountAsync(0);
    }

    private static async Task ChooseAsync(MailBrowser mail, string label)
    {
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Appearance" }).FocusAsync();
        await mail.PressAsync("Enter");
        await mail.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = label }).FocusAsync();
        await mail.PressAsync("Enter");
    }

    private static async Task SwipeAsync(ILocator row, int by) => await row.EvaluateAsync(
        """
        (row, by) => {
          const box = row.getBoundingClientRect();
          const touch = (x) => new Touch({ identifier: 1, target: row, clientX: x, clientY: box.top + 20 });
          const send = (type, x, touches) => row.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, touches, changedTouches: [touch(x)] }));
          const from = box.left + box.width / 2;
          send("touchstart", from, [touch(from)]);
          for (let step = 1; step <= 5; step++) send("touchmove", from + (by * step) / 5, [touch(from + (by * step) / 5)]);
          send("touchend", from + by, []);
        }
        """, by);
}
