using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Facteur.IntegrationTests.Browser.ReadingMessages;
using static Microsoft.Playwright.Assertions;

namespace Facteur.IntegrationTests.Browser;

/// <summary>What is done about a message beside reading it: rules out of it, blocking who wrote it, printing, looking at a PDF, answering an invitation so that its organizer sees it.</summary>
public sealed class ActingTests(BrowserWorld world)
{
    [Fact]
    public async Task A_filter_made_out_of_a_message_by_keyboard_files_what_comes_next()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(new TestMessage("Order 1", "Shop <shop@example.test>")));
        var page = mail.Page;
        await mail.BegunAsync();
        await mail.PressAsync("j", "Enter");
        await page.Locator(".message-tools .menu > button").First.FocusAsync();
        await ChooseAsync(mail, "Filter messages like this");
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "shop@example.test" })).ToBeCheckedAsync();
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Archive" })).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Star" }).FocusAsync();
        await mail.PressAsync("Space");
        await mail.ShootAsync("filter-dialog");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the filter" }).FocusAsync();
        await mail.PressAsync("Enter");
        await Expect(mail.Toast).ToContainTextAsync("The filter is created.");
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        await mail.Mailbox.DeliverAsync(new TestMessage("Order 2", "Shop <shop@example.test>"));
        await mail.Mailbox.DeliverAsync(new TestMessage("A letter"));
        await mail.PressAsync("u");
        await Expect(mail.Row("A letter")).ToBeVisibleAsync();
        await Expect(mail.Row("Order 2")).ToHaveCountAsync(0);
        await mail.PressAsync("g", "s");
        await Expect(mail.Row("Order 2")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1280, "en-GB", "Block shop@example.test", "will go to spam", "Undo", "Spam")]
    [InlineData(375, "fr-FR", "Bloquer shop@example.test", "iront dans les spams", "Annuler", "Spam")]
    public async Task A_sender_is_blocked_and_let_in_again(int width, string locale, string block, string done, string undo, string junk)
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(new TestMessage("Order 1", "Shop <shop@example.test>")), width, locale: locale, isTouch: width < 500);
        var page = mail.Page;
        await mail.Row("Order 1").ClickAsync();
        await page.Locator(".message-tools .menu > button").First.ClickAsync();
        Assert.True(await mail.FitsAsync());
        await page.GetByRole(AriaRole.Menuitem, new() { Name = block }).ClickAsync();
        await Expect(mail.Toast).ToContainTextAsync(done);
        // As long as the pointer is on it, it stays.
        await mail.Toast.HoverAsync();
        await mail.Mailbox.DeliverAsync(new TestMessage("Order 2", "Shop <shop@example.test>"), "smtp");
        await mail.Toast.GetByRole(AriaRole.Button, new() { Name = undo }).ClickAsync();
        await mail.UntilAsync(NoneBlocked);
        await mail.Mailbox.DeliverAsync(new TestMessage("Order 3", "Shop <shop@example.test>"), "smtp");
        await page.GotoAsync(mail.Origin + "/mail#/inbox");
        await Expect(mail.Row("Order 3")).ToBeVisibleAsync();
        await Expect(mail.Row("Order 2")).ToHaveCountAsync(0);
        if (width < 500) await page.Locator(".bottom-bar button").First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = junk }).ClickAsync();
        await Expect(mail.Row("Order 2")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_message_is_printed_with_who_wrote_it_and_nothing_of_the_page()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage("Route", Text: "By train.", Id: "1@print.test") { Flags = "\\Seen" }, Html("Re: Route", "<h3>By bicycle</h3><blockquote type=cite>By train.</blockquote>") with { Id = "2@print.test", Thread = "1@print.test" }));
        // The browser would run the script of the test in the frames as well.
        mail.IsExpected = Hostile.HostileChecks.IsSandbox;
        var page = mail.Page;
        await page.AddInitScriptAsync(Printing.Catch);
        await page.ReloadAsync();
        await mail.Rows.First.ClickAsync();
        await page.Locator(".message.is-open iframe.message-frame").WaitForAsync();
        await page.Locator(".message.is-open .message-tools .menu > button").FocusAsync();
        await ChooseAsync(mail, "Print");
        var printed = page.FrameLocator("iframe.print-frame[data-printed]");
        await Expect(printed.Locator("h2")).ToHaveTextAsync("Re: Route");
        await Expect(printed.Locator("h3")).ToHaveTextAsync("By bicycle");
        // What was folded is unfolded: nobody clicks on paper.
        await Expect(printed.GetByText("By train.")).ToBeVisibleAsync();
        await Expect(printed.Locator("body")).ToContainTextAsync("ben@example.test");
        await OverAsync(page);
        await page.Locator(".conversation-bar .menu > button").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Print the conversation" }).ClickAsync();
        await Expect(printed.Locator("h2")).ToHaveTextAsync(["Route", "Re: Route"]);
        await OverAsync(page);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(375)]
    public async Task A_PDF_is_looked_at_by_keyboard_and_left_again(int width)
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Parts("Plans", "mixed", TextPart("See attached."), FilePart("plan.pdf", "application/pdf", Base64(Pdf)), FilePart("false.pdf", "application/pdf", Base64("<script>alert(1)</script>")))), width);
        // The browser's own viewer is an extension of it.
        mail.IsExpected = static what => what.StartsWith("request: chrome-extension://", StringComparison.Ordinal) || what.StartsWith("request: chrome://", StringComparison.Ordinal);
        var page = mail.Page;
        await mail.Row("Plans").ClickAsync();
        var chip = page.Locator(".attachment-main", new() { HasText = "plan.pdf" });
        await chip.FocusAsync();
        await mail.PressAsync("Enter");
        await Expect(page.Locator("dialog .preview > iframe.preview-pdf, dialog .preview > p:not([role=status])")).ToHaveCountAsync(1);
        if (await page.EvaluateAsync<bool>("navigator.pdfViewerEnabled")) await Expect(page.Locator("iframe.preview-pdf")).ToHaveAttributeAsync("src", new Regex("^blob:"));
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync($"preview-pdf-{width}");
        await page.Locator("dialog .dialog-buttons button").FocusAsync();
        await mail.LeaveDialogAsync();
        await Expect(page.Locator("*:focus")).ToHaveClassAsync("attachment-main");
        await page.Locator(".attachment-main", new() { HasText = "false.pdf" }).ClickAsync();
        await Expect(page.Locator("dialog .preview")).ToContainTextAsync("cannot show it");
    }

    [Fact]
    public async Task An_invitation_that_was_accepted_is_seen_by_its_organizer()
    {
        await using var organizer = await MailBrowser.OpenAsync(world);
        await using var guest = await MailBrowser.OpenAsync(world, locale: "fr-FR");
        await guest.Mailbox.AppendAsync(Parts("Invitation: Point projet", "alternative", TextPart("You are invited."), TextPart(Invitation(guest.Address, organizer.Address), "text/calendar; method=REQUEST")));
        await guest.Rows.First.ClickAsync();
        await guest.Page.Locator(".invitation").GetByRole(AriaRole.Button, new() { Name = "Oui", Exact = true }).ClickAsync();
        await Expect(guest.Toast).ToContainTextAsync("Votre réponse est partie.");
        await organizer.Rows.First.ClickAsync();
        await Expect(organizer.Page.Locator(".invitation")).ToContainTextAsync("Point projet");
        await Expect(organizer.Page.Locator(".invitation")).ToContainTextAsync($"{guest.Address} accepted.");
        await organizer.ShootAsync("invitation-answered");
    }

    [Fact]
    public async Task Signing_out_everywhere_is_seen_by_a_page_that_is_open_elsewhere()
    {
        await using var here = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(1));
        await using var there = await here.AnotherAsync(world);
        here.IsExpected = there.IsExpected = static what => what.Contains("401", StringComparison.Ordinal) || what.Contains("ERR_", StringComparison.Ordinal);
        await there.Page.GotoAsync(there.Origin + "/settings/security");
        await there.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
        await Patience.ArrivesAsync(there.Page, "**/signin*");
        // Nobody touches it: its line ends, and it goes to the sign-in by itself.
        await Patience.ArrivesAsync(here.Page, "**/signin?**");
        await Expect(here.Page.Locator("#user")).ToBeVisibleAsync();
    }

    private const string Pdf = "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

    /// <summary>What was undone has reached the server.</summary>
    private const string NoneBlocked = """
        async () => {
          const session = await (await fetch("/.well-known/jmap")).json(), accountId = session.primaryAccounts["urn:ietf:params:jmap:mail"];
          const body = JSON.stringify({ using: Object.keys(session.capabilities), methodCalls: [["BlockedSender/get", { accountId, ids: null }, "0"]] });
          const answer = await (await fetch("/jmap", { method: "POST", headers: { "Content-Type": "application/json" }, body })).json();
          return answer.methodResponses[0][1].list.length === 0;
        }
        """;

    /// <summary>Opens the menu whose button has the focus, and chooses by keys alone.</summary>
    private static async Task ChooseAsync(MailBrowser mail, string name)
    {
        await mail.PressAsync("Enter");
        var item = mail.Page.GetByRole(AriaRole.Menuitem, new() { Name = name, Exact = true });
        await Expect(item).ToBeVisibleAsync();
        for (var steps = 0; steps < 20 && !await item.EvaluateAsync<bool>("one => one === document.activeElement"); steps++) await mail.PressAsync("ArrowDown");
        await Expect(item).ToBeFocusedAsync();
        await mail.PressAsync("Enter");
    }

    /// <summary>The printer is done.</summary>
    private static async Task OverAsync(IPage page)
    {
        await page.EvaluateAsync("() => document.querySelector('iframe.print-frame').contentWindow.dispatchEvent(new Event('afterprint'))");
        await Expect(page.Locator("iframe.print-frame")).ToHaveCountAsync(0);
    }
}
