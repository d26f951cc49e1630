using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>What a search found is marked where it stands, and what is done to all that it found.</summary>
public sealed class FoundWordsTests(BrowserWorld world)
{
    [Fact]
    public async Task Found_words_are_marked_in_rows_and_in_the_message()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage("Reçu de mars", Text: "Bonjour,\r\nvoici votre recu <b>et</b> le RECU d'avril.\r\n"),
            new TestMessage("Lettre", Text: "<p>Un <b>re&ccedil;u</b> &lt;img src=x&gt;</p><style>.recu{}</style>") { ContentType = "text/html; charset=utf-8" },
            new TestMessage("Autre", Text: "rien")));
        await mail.BegunAsync();
        await SearchAsync(mail, "recu");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await Assertions.Expect(mail.Page.Locator(".row .subject mark")).ToHaveTextAsync("Reçu");
        await Assertions.Expect(mail.Page.Locator(".row .preview mark")).Not.ToHaveCountAsync(0);
        await mail.ShootAsync("found-rows");
        await mail.Page.Locator(".row", new() { HasText = "Reçu de mars" }).ClickAsync();
        await Assertions.Expect(mail.Page.Locator(".conversation h1 mark")).ToHaveTextAsync("Reçu");
        await Assertions.Expect(mail.Page.Locator(".plain-body mark")).ToHaveTextAsync(["recu", "RECU"]);
        await Assertions.Expect(mail.Page.Locator(".plain-body")).ToContainTextAsync("votre recu <b>et</b> le");
        await mail.ShootAsync("found-message");
        await mail.PressAsync("u");
        await mail.Page.Locator(".row", new() { HasText = "Lettre" }).ClickAsync();
        var frame = mail.Page.FrameLocator(".conversation iframe");
        await Assertions.Expect(frame.Locator("mark")).ToHaveTextAsync("reçu");
        await Assertions.Expect(frame.Locator("body")).ToContainTextAsync("<img src=x>");
        // Out of the search nothing is marked.
        await mail.PressAsync("g", "i");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
        await Assertions.Expect(mail.Page.Locator(".row mark")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task All_that_a_search_found_is_snoozed_labelled_and_given_back()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(70));
        await mail.BegunAsync();
        await SearchAsync(mail, "subject:message");
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("70 conversations");
        await SelectSearchAsync(mail);
        await mail.PressAsync("b");
        await mail.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Tomorrow") }).ClickAsync();
        await Assertions.Expect(mail.Toast).ToContainTextAsync("70 conversations");
        await mail.PressAsync("g", "i");
        await Assertions.Expect(mail.Page.GetByText("Your inbox is empty")).ToBeVisibleAsync();
        await mail.PressAsync("z");
        await Assertions.Expect(mail.Page.Locator(".list .toolbar-count")).ToHaveTextAsync("70 conversations");
        // Another search: the one before is shown as it was until it is brought up to date.
        await SearchAsync(mail, "subject:message is:unread");
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("70 conversations");
        await SelectSearchAsync(mail);
        await mail.PressAsync("l");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Combobox, new() { Name = "Part of a name" })).ToBeFocusedAsync();
        await mail.Page.Keyboard.TypeAsync("Tri");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Toast).ToContainTextAsync("70 conversations");
        await mail.PressAsync("Escape");
        await mail.Page.Locator(".place", new() { HasText = "Tri" }).ClickAsync();
        await Assertions.Expect(mail.Page.Locator(".list .toolbar-count")).ToHaveTextAsync("70 conversations");
    }

    [Fact]
    public async Task A_label_is_taken_off_in_the_conversation_and_put_back()
    {
        await using var mail = await MailBrowser.OpenAsync(world, async box =>
        {
            await box.AppendManyAsync(2);
            await box.ImapAsync("CREATE Factures", "SELECT INBOX", "COPY 1 Factures");
        });
        await mail.BegunAsync();
        await mail.Row("Message 1").ClickAsync();
        var chip = mail.Page.Locator(".label-tag", new() { HasText = "Factures" });
        await Assertions.Expect(chip).ToBeVisibleAsync();
        await mail.ShootAsync("label-chip");
        await chip.GetByRole(AriaRole.Button, new() { Name = "Remove the label “Factures”" }).ClickAsync();
        await Assertions.Expect(chip).ToHaveCountAsync(0);
        await Assertions.Expect(mail.Page.Locator(".conversation h1")).ToBeVisibleAsync();
        await mail.PressAsync("z");
        await Assertions.Expect(chip).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Point_opens_more_actions_in_the_list_and_in_a_conversation_and_d_writes_in_a_tab_of_its_own()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(2));
        await mail.BegunAsync();
        await mail.PressAsync("j", ".");
        await mail.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Mark as important" }).ClickAsync();
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Marked as important");
        await mail.PressAsync("o");
        await Assertions.Expect(mail.Page.Locator(".reply-box")).ToBeVisibleAsync();
        await mail.PressAsync(".");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Menuitem).First).ToBeFocusedAsync();
        await mail.PressAsync("Escape", "u");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Choose what to select" }).ClickAsync();
        await mail.ShootAsync("list-choose");
        await mail.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Unread" }).ClickAsync();
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("1 selected");
        await mail.PressAsync("Escape");
        var opened = await mail.Page.Context.RunAndWaitForPageAsync(() => mail.PressAsync("d"));
        mail.Watch(opened);
        await Assertions.Expect(opened.Locator(".compose.is-full [data-field=to] input")).ToBeFocusedAsync();
        await opened.Keyboard.PressAsync("Control+Shift+S");
        await Assertions.Expect(opened.Locator("[data-field=subject] input")).ToBeFocusedAsync();
    }

    private static async Task SearchAsync(MailBrowser mail, string text)
    {
        await mail.PressAsync("/", "Control+a");
        await mail.Page.Keyboard.TypeAsync(text);
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Page).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex("^(\\(\\d+\\) )?Search: "));
        await mail.ListedAsync();
    }

    private static async Task SelectSearchAsync(MailBrowser mail)
    {
        await mail.PressAsync("*", "a");
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Select all 70 conversations of this search" }).ClickAsync();
        await Assertions.Expect(mail.Page.GetByText("All 70 conversations are selected.")).ToBeVisibleAsync();
    }
}
