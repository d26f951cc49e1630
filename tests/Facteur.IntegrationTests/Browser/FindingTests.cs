using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Searching in the webmail, and the palette that finds everything else.</summary>
public sealed class FindingTests(BrowserWorld world)
{
    private static Task FillAsync(MailboxFiller box) => box.AppendAsync(
        new TestMessage("Invoice for March", "Clara Durand <clara@example.test>", "Please find it below."),
        new TestMessage("Lunch?", "Dora <dora@example.test>", "At noon, with the invoice."),
        new TestMessage("Reminder", "Clara Durand <clara@example.test>", "Nothing of note.") { Flags = "\\Seen" });

    [Fact]
    public async Task A_search_is_completed_by_tab_and_shown_as_chips()
    {
        await using var mail = await MailBrowser.OpenAsync(world, FillAsync);
        await mail.BegunAsync();
        var box = mail.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search mail" });
        await mail.PressAsync("/");
        await Assertions.Expect(box).ToBeFocusedAsync();
        await mail.Page.Keyboard.TypeAsync("fro");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Option, new() { Name = "from:" })).ToBeVisibleAsync();
        await mail.PressAsync("Tab");
        await Assertions.Expect(box).ToHaveValueAsync("from:");
        await mail.Page.Keyboard.TypeAsync("clara is:un");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Option, new() { Name = "is:unread" })).ToBeVisibleAsync();
        await mail.ShootAsync("search-completion");
        await mail.PressAsync("Tab");
        await Assertions.Expect(box).ToHaveValueAsync("from:clara is:unread ");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Rows.Nth(0)).ToContainTextAsync("Invoice for March");
        await Assertions.Expect(mail.Page.Locator(".chip")).ToHaveCountAsync(2);
        await Assertions.Expect(mail.Page.GetByText("Spam and Trash are left out.")).ToBeVisibleAsync();
        await mail.ShootAsync("search-chips");
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Remove is:unread" }).ClickAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task What_lies_in_spam_is_left_out_until_it_is_asked_for_and_an_operator_that_is_none_is_said()
    {
        await using var mail = await MailBrowser.OpenAsync(world, async box =>
        {
            await FillAsync(box);
            await box.AppendToAsync("Junk", new TestMessage("Free invoice"));
        }, locale: "fr-FR");
        await mail.BegunAsync();
        await mail.PressAsync("/");
        await mail.Page.Keyboard.TypeAsync("objet:invoice");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await mail.Page.GetByRole(AriaRole.Link, new() { Name = "Y chercher aussi" }).ClickAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Créer un filtre" }).ClickAsync();
        await mail.ShootAsync("search-filter-fr");
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Créer le filtre" }).ClickAsync();
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Le filtre est créé.");
        await Assertions.Expect(mail.Page.Locator("dialog")).ToHaveCountAsync(0);
        await mail.PressAsync("/");
        await mail.PressAsync("Control+a");
        await mail.Page.Keyboard.TypeAsync("form:clara");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Page.Locator(".search-hint")).ToContainTextAsync("n’est pas un opérateur");
        await mail.ShootAsync("search-hint-fr");
        // The search before is offered again.
        await mail.PressAsync("/", "Control+a", "Delete");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Option, new() { Name = "form:clara" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_palette_goes_and_acts_by_a_part_of_a_name()
    {
        await using var mail = await MailBrowser.OpenAsync(world, FillAsync);
        await mail.BegunAsync();
        await mail.PressAsync("j");
        await mail.PressAsync("Control+k");
        var palette = mail.Page.GetByRole(AriaRole.Combobox, new() { Name = "What do you want to do?" });
        await Assertions.Expect(palette).ToBeFocusedAsync();
        await mail.Page.Keyboard.TypeAsync("arch");
        await mail.ShootAsync("palette");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await mail.PressAsync("Control+k");
        await mail.Page.Keyboard.TypeAsync("draft");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Page).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex("Drafts – Facteur$"));
    }

    [Fact]
    public async Task Whoever_is_on_the_way_from_a_label_that_is_gone_to_a_search_comes_to_the_search()
    {
        await using var mail = await MailBrowser.OpenAsync(world, FillAsync);
        await mail.BegunAsync();
        await mail.Page.EvaluateAsync("""
            () => {
              addEventListener("hashchange", () => { location.hash = "#/search/" + encodeURIComponent("from:clara is:unread"); }, { once: true });
              location.hash = "#/m/none";
            }
            """);
        await Assertions.Expect(mail.Page.Locator(".chip")).ToHaveCountAsync(2);
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        // Without such a way the inbox stands in its place, and "back" does not lead to it again.
        await mail.Page.EvaluateAsync("() => { location.hash = '#/m/none'; }");
        await Assertions.Expect(mail.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("#/inbox$"));
        await mail.Page.GoBackAsync();
        await Assertions.Expect(mail.Page.Locator(".chip")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_key_that_was_changed_does_what_the_usual_one_did()
    {
        await using var mail = await MailBrowser.OpenAsync(world, FillAsync);
        await mail.BegunAsync();
        await mail.PressAsync("Control+k");
        await mail.Page.Keyboard.TypeAsync("change the short");
        await mail.PressAsync("Enter");
        var archive = mail.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Archive: ") });
        await archive.ClickAsync();
        await mail.PressAsync("w");
        await Assertions.Expect(archive).ToHaveTextAsync("w");
        await mail.ShootAsync("keys");
        await mail.LeaveDialogAsync();
        await mail.PressAsync("j", "w");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await mail.Page.ReloadAsync();
        await mail.BegunAsync();
        await mail.PressAsync("?");
        await Assertions.Expect(mail.Page.Locator(".help dl > div", new() { Has = mail.Page.GetByText("Archive", new() { Exact = true }) }).First).ToContainTextAsync("w");
    }

    [Fact]
    public async Task On_a_telephone_searches_and_their_parts_fit()
    {
        await using var mail = await MailBrowser.OpenAsync(world, FillAsync, width: 375, height: 720, isTouch: true);
        await mail.BegunAsync();
        var box = mail.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search mail" });
        await box.TapAsync();
        await mail.Page.Keyboard.TypeAsync("has");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync("search-375");
        await mail.PressAsync("Control+a");
        await mail.Page.Keyboard.TypeAsync("from:clara subject:invoice is:unread");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Page.Locator(".chip").First).ToBeVisibleAsync();
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync("search-chips-375");
    }
}
