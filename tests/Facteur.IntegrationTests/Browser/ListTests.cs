using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>The list of the webmail in a real browser: by mouse, by keyboard alone, in both languages.</summary>
public sealed class ListTests(BrowserWorld world)
{
    [Fact]
    public async Task The_inbox_shows_conversations_newest_first_with_who_wrote_and_what()
    {
        await using var mail = await MailBrowser.OpenAsync(world, async box =>
        {
            await box.AppendAsync(
                new TestMessage("Invoice for March", "Clara Durand <clara@example.test>", "Please find it below.", Id: "invoice@x") { Flags = "\\Seen", Date = Ago(60) },
                new TestMessage("Re: Invoice for March", "Ben Martin <ben@example.test>", "Thank you, it is paid.", Thread: "invoice@x") { Date = Ago(10) },
                new TestMessage("Lunch?", "Dora <dora@example.test>", "At noon.") { Flags = "\\Seen", Date = Ago(30) });
        });
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        var first = mail.Rows.Nth(0);
        await Assertions.Expect(first).ToContainTextAsync("Invoice for March");
        await Assertions.Expect(first).ToContainTextAsync("Clara, Ben 2");
        await Assertions.Expect(first).ToContainTextAsync("Thank you, it is paid.");
        await Assertions.Expect(first).ToHaveClassAsync(Words("is-unread"));
        await Assertions.Expect(mail.Row("Lunch?")).Not.ToHaveClassAsync(Words("is-unread"));
        await Assertions.Expect(mail.Page).ToHaveTitleAsync("(1) Inbox – Facteur");
        await Assertions.Expect(mail.Page.Locator(".place[aria-current] .count")).ToHaveTextAsync("1");
        await mail.ShootAsync("list-en-1280");
    }

    [Fact]
    public async Task Archiving_shows_at_once_and_undo_brings_it_back()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        await mail.Row("Message 2").HoverAsync();
        await mail.Row("Message 2").GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await Assertions.Expect(mail.Row("Message 2")).ToHaveCountAsync(0);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Archived.");
        await mail.Toast.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(mail.Row("Message 2")).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Rows.Nth(1)).ToContainTextAsync("Message 2");
    }

    [Fact]
    public async Task The_keyboard_alone_walks_stars_selects_archives_and_undoes()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(6), locale: "fr-FR");
        var focused = mail.Page.Locator(".row.is-focused");
        await mail.PressAsync("j", "j", "j", "k");
        await Assertions.Expect(focused).ToContainTextAsync("Message 5");
        await mail.PressAsync("s");
        await Assertions.Expect(focused.GetByRole(AriaRole.Button, new() { Name = "Suivre" })).ToHaveAttributeAsync("aria-pressed", "true");
        await mail.PressAsync("x", "j", "x");
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("2 sélectionnées");
        await mail.PressAsync("e");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(4);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("2 conversations archivées.");
        // The focus goes on to the row that took the place.
        await Assertions.Expect(focused).ToContainTextAsync("Message 3");
        await mail.PressAsync("z");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(6);
        await mail.PressAsync("g", "s");
        await Assertions.Expect(mail.Page).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex("Suivis"));
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await mail.PressAsync("g", "i");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(6);
        await mail.PressAsync("j", "Enter");
        await Assertions.Expect(mail.Page.Locator(".conversation h1, .conversation h2").First).ToContainTextAsync("Message 6");
        await mail.PressAsync("u");
        await Assertions.Expect(mail.Rows.First).ToBeVisibleAsync();
        await Assertions.Expect(mail.Row("Message 6")).Not.ToHaveClassAsync(Words("is-unread"));
        await mail.PressAsync("?");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Raccourcis clavier");
        await mail.ShootAsync("keys-fr-1280");
        await mail.PressAsync("Escape");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Arrows_of_the_grid_and_a_screen_reader_follow_the_same_row()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(60));
        var grid = mail.Page.GetByRole(AriaRole.Grid);
        await grid.FocusAsync();
        await mail.PressAsync("ArrowDown", "ArrowDown", "ArrowDown");
        await Assertions.Expect(mail.Page.Locator(".row.is-focused")).ToContainTextAsync("Message 58");
        await Assertions.Expect(grid).ToHaveAttributeAsync("aria-activedescendant", await mail.Page.Locator(".row.is-focused").EvaluateAsync<string>("row => row.id"));
        await mail.PressAsync("End");
        await Assertions.Expect(mail.Page.Locator(".row.is-focused")).ToContainTextAsync("Message 1");
        await mail.PressAsync("Home", "Space");
        await Assertions.Expect(mail.Row("Message 60")).ToHaveAttributeAsync("aria-selected", "true");
        await Assertions.Expect(grid).ToHaveAttributeAsync("aria-rowcount", "60");
    }

    [Fact]
    public async Task New_mail_comes_in_without_moving_the_row_that_has_the_focus()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(40));
        await mail.Mailbox.DeliverAsync(new TestMessage("Fresh one"));
        await Assertions.Expect(mail.Rows.First).ToContainTextAsync("Fresh one");
        await mail.PressAsync("j", "j", "j");
        var focused = mail.Page.Locator(".row.is-focused");
        await Assertions.Expect(focused).ToContainTextAsync("Message 39");
        var before = await focused.BoundingBoxAsync();
        await mail.Mailbox.DeliverAsync(new TestMessage("Another one"));
        await Assertions.Expect(mail.Page.Locator(".new-above")).ToContainTextAsync("1 new conversation");
        await Assertions.Expect(focused).ToContainTextAsync("Message 39");
        Assert.Equal(before!.Y, (await focused.BoundingBoxAsync())!.Y, 1.0);
        await mail.Page.Locator(".new-above button").ClickAsync();
        await Assertions.Expect(mail.Rows.First).ToContainTextAsync("Another one");
        await Assertions.Expect(mail.Page).ToHaveTitleAsync("(42) Inbox – Facteur");
    }

    [Fact]
    public async Task What_another_program_does_shows_at_once()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        await mail.Mailbox.ImapAsync("SELECT INBOX", "STORE 2 +FLAGS (\\Seen \\Flagged)");
        await Assertions.Expect(mail.Row("Message 2")).Not.ToHaveClassAsync(Words("is-unread"));
        await Assertions.Expect(mail.Row("Message 2").GetByRole(AriaRole.Button, new() { Name = "Star" }).First).ToHaveAttributeAsync("aria-pressed", "true");
        await mail.Mailbox.ImapAsync("SELECT INBOX", "MOVE 3 Trash");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await mail.Mailbox.ImapAsync("CREATE Clients");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Link, new() { Name = "Clients" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task All_of_a_mailbox_is_archived_from_one_selection_and_brought_back()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(230));
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("230 conversations");
        await mail.PressAsync("*", "a");
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Select all 230 conversations of “Inbox”" }).ClickAsync();
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("230 selected");
        await mail.ShootAsync("select-all-en-1280");
        await mail.PressAsync("e");
        await Assertions.Expect(mail.Toast).ToContainTextAsync("230 conversations archived.");
        // As long as the pointer is on it, it stays.
        await mail.Toast.HoverAsync();
        await Assertions.Expect(mail.Page.GetByText("Your inbox is empty.")).ToBeVisibleAsync();
        await mail.Toast.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("230 conversations");
    }

    [Fact]
    public async Task A_long_list_scrolls_to_any_place_and_back()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(600));
        var grid = mail.Page.GetByRole(AriaRole.Grid);
        await grid.EvaluateAsync("element => element.scrollTop = 300 * 40");
        await Assertions.Expect(mail.Row("Message 300")).ToBeVisibleAsync();
        Assert.InRange(await mail.Rows.CountAsync(), 10, 60);
        await mail.PressAsync("j");
        await Assertions.Expect(mail.Page.Locator(".row.is-focused")).ToContainTextAsync("Message 300");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Page.Locator(".conversation")).ToBeVisibleAsync();
        await mail.Page.GoBackAsync();
        await Assertions.Expect(mail.Row("Message 300")).ToBeVisibleAsync();
        // Its row is drawn a frame before the list is scrolled there again, which would undo what comes between.
        await mail.Page.WaitForFunctionAsync("() => document.querySelector('[role=grid]').scrollTop > 280 * 40");
        await grid.EvaluateAsync("element => element.scrollTop = element.scrollHeight");
        await Assertions.Expect(mail.Row("Message 1")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Deleting_in_the_trash_asks_first()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(2));
        await mail.PressAsync("j", "#");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await mail.Page.GetByRole(AriaRole.Link, new() { Name = "Trash" }).ClickAsync();
        await Assertions.Expect(mail.Row("Message 2")).ToBeVisibleAsync();
        await mail.PressAsync("j", "#");
        var dialog = mail.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("Delete 1 message forever?");
        await mail.LeaveDialogAsync();
        await Assertions.Expect(mail.Row("Message 2")).ToBeVisibleAsync();
        await mail.PressAsync("#");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete forever" }).ClickAsync();
        await Assertions.Expect(mail.Page.GetByText("The trash is empty.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_trash_is_emptied_as_a_whole()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(70, "Trash"), locale: "fr-FR");
        await mail.Page.GetByRole(AriaRole.Link, new() { Name = "Corbeille" }).ClickAsync();
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Vider la corbeille" }).ClickAsync();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Supprimer définitivement 70 messages");
        await mail.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Supprimer définitivement" }).ClickAsync();
        await Assertions.Expect(mail.Page.GetByText("La corbeille est vide.")).ToBeVisibleAsync();
        await Assertions.Expect(mail.Toast).ToContainTextAsync("70 messages supprimés définitivement.");
    }

    [Fact]
    public async Task A_star_is_taken_back_by_its_key()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(1));
        var star = mail.Row("Message 1").GetByRole(AriaRole.Button, new() { Name = "Star" }).First;
        await mail.PressAsync("j", "s");
        await Assertions.Expect(star).ToHaveAttributeAsync("aria-pressed", "true");
        await mail.PressAsync("z");
        await Assertions.Expect(star).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Fact]
    public async Task Dragging_a_conversation_onto_a_label_files_it()
    {
        await using var mail = await MailBrowser.OpenAsync(world, async box =>
        {
            await box.AppendManyAsync(3);
            await box.ImapAsync("CREATE Clients");
        });
        await mail.Row("Message 2").DragToAsync(mail.Page.GetByRole(AriaRole.Link, new() { Name = "Clients" }));
        await Assertions.Expect(mail.Row("Message 2")).ToHaveCountAsync(0);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Moved to “Clients”.");
        await mail.Page.GetByRole(AriaRole.Link, new() { Name = "Clients" }).ClickAsync();
        await Assertions.Expect(mail.Row("Message 2")).ToBeVisibleAsync();
    }

    private static DateTimeOffset Ago(int minutes) => TimeProvider.System.GetUtcNow().AddMinutes(-minutes);

    private static System.Text.RegularExpressions.Regex Words(string word) => new($@"\b{word}\b");
}
