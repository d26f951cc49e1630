using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>What the account keeps, so that it is the same at every computer: two browsers of one account, and the pages of the settings.</summary>
public sealed class AccountSettingsTests(BrowserWorld world)
{
    private const string Look = "[document.documentElement.dataset.theme, document.documentElement.dataset.density, document.documentElement.dataset.pane].join(' ')";

    [Fact]
    public async Task The_look_chosen_in_one_browser_is_that_of_the_other_at_once_and_of_the_settings()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(2));
        await mail.BegunAsync();
        await using var other = await mail.AnotherAsync(world);
        await other.BegunAsync();
        await ChooseAsync(mail, "Dark");
        await ChooseAsync(mail, "Compact");
        await ChooseAsync(mail, "On the right");
        await LooksAsync(mail, "dark compact right");
        await LooksAsync(other, "dark compact right");
        await other.Page.GotoAsync(other.Origin + "/settings/appearance");
        await other.Page.WaitForFunctionAsync("() => document.documentElement.dataset.theme === 'dark'");
        await Assertions.Expect(other.Page.Locator("input[name=theme][value=dark]")).ToBeCheckedAsync();
        await other.Page.Locator("input[name=theme][value=light]").CheckAsync();
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await LooksAsync(mail, "light compact right");
    }

    [Fact]
    public async Task A_key_that_was_chosen_works_in_another_browser_and_none_does_where_shortcuts_are_off()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(4));
        await mail.BegunAsync();
        await mail.PressAsync("?");
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Change the shortcuts" }).ClickAsync();
        var archive = mail.Page.Locator(".keys-table tr", new() { Has = mail.Page.GetByRole(AriaRole.Rowheader, new() { Name = "Archive", Exact = true }) });
        await archive.Locator(".key-input").ClickAsync();
        await SavedAsync(mail, () => mail.PressAsync("w"));
        await Assertions.Expect(archive.Locator("kbd")).ToHaveTextAsync("w");
        await mail.LeaveDialogAsync();
        await using var other = await mail.AnotherAsync(world);
        await other.BegunAsync();
        await other.PressAsync("j", "w");
        await Assertions.Expect(other.Rows).ToHaveCountAsync(3);
        await other.Page.GotoAsync(other.Origin + "/settings/general");
        await other.Page.Locator("input[name=shortcuts][value=off]").CheckAsync();
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(other.Page.Locator(".notice")).ToBeVisibleAsync();
        await other.Page.GotoAsync(other.Origin + "/mail");
        await other.BegunAsync();
        // Keys that type nothing work as before: a conversation opens, and nothing was archived.
        await other.Rows.First.ClickAsync();
        await Assertions.Expect(other.Page.Locator(".conversation h1")).ToBeVisibleAsync();
        await other.PressAsync("w", "Escape");
        await Assertions.Expect(other.Rows).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Messages_stand_alone_with_the_unread_first_and_no_preview_where_the_settings_say_so()
    {
        await using var mail = await MailBrowser.OpenAsync(world, async box =>
        {
            await box.AppendAsync(new TestMessage("Lunch", Text: "Shall we?", Id: "lunch@x.test"));
            await box.AppendAsync(new TestMessage("Re: Lunch", Text: "With pleasure.", Thread: "lunch@x.test"));
            await box.AppendAsync(new TestMessage("The news", Text: "Nothing new."));
        });
        await mail.BegunAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await using var other = await mail.AnotherAsync(world);
        await other.Page.GotoAsync(other.Origin + "/settings/inbox");
        await other.Page.Locator("input[name=conversations][value=off]").CheckAsync();
        await other.Page.Locator("input[name=order][value=unread]").CheckAsync();
        await other.Page.Locator("input[name=preview]").UncheckAsync();
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
        await Assertions.Expect(mail.Page.Locator(".preview").First).ToBeHiddenAsync();
        await Assertions.Expect(mail.Page.Locator(".toolbar-count")).ToHaveTextAsync("3 messages");
        // One message of the conversation opens, and the other stays unread.
        await mail.Row("Re: Lunch").ClickAsync();
        await Assertions.Expect(mail.Page.Locator(".message")).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Page.Locator(".conversation h1")).ToHaveTextAsync("Re: Lunch");
        await mail.Page.ReloadAsync();
        await Assertions.Expect(mail.Page.Locator(".message")).ToHaveCountAsync(1);
        await mail.BegunAsync();
        await mail.PressAsync("u");
        await Assertions.Expect(mail.Rows.Last).ToContainTextAsync("Re: Lunch");
        await Assertions.Expect(mail.Page.Locator("[role=row].is-unread")).ToHaveCountAsync(2);
        // What is done is done to it alone.
        await mail.Row("Lunch").HoverAsync();
        await mail.Row("Lunch").Locator("input[type=checkbox]").CheckAsync();
        await mail.PressAsync("e");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await Assertions.Expect(mail.Row("Re: Lunch")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Images_of_a_sender_that_was_trusted_are_shown_in_another_browser()
    {
        var picture = new TestMessage("A picture", "Clara <clara@example.org>", "<p>Look</p><img src=\"https://images.invalid/a.png\" alt=\"a\">") { ContentType = "text/html; charset=utf-8" };
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(picture));
        mail.IsExpected = static what => what.Contains("/mail/image", StringComparison.Ordinal) || what.Contains("Failed to load resource", StringComparison.Ordinal);
        await mail.BegunAsync();
        await mail.Row("A picture").ClickAsync();
        await SavedAsync(mail, () => mail.Page.GetByRole(AriaRole.Button, new() { Name = "Always" }).ClickAsync());
        await using var other = await mail.AnotherAsync(world);
        other.IsExpected = mail.IsExpected;
        await other.BegunAsync();
        var asked = other.Page.WaitForRequestAsync("**/mail/images");
        await other.Row("A picture").ClickAsync();
        await asked;
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Button, new() { Name = "Always" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_a_browser_keeps_is_told_cleared_and_switched_off()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        await mail.BegunAsync();
        await mail.UntilAsync(Kept);
        await mail.Page.GotoAsync(mail.Origin + "/settings/offline");
        var here = mail.Page.Locator("[data-offline]");
        var state = here.Locator("[data-state]");
        await Assertions.Expect(state).ToContainTextAsync("Messages kept: 3");
        await here.GetByRole(AriaRole.Button, new() { Name = "Delete what is kept here" }).ClickAsync();
        await Assertions.Expect(state).ToContainTextAsync("Nothing is kept now.");
        await here.GetByRole(AriaRole.Button, new() { Name = "Keep nothing here" }).ClickAsync();
        await Assertions.Expect(state).ToContainTextAsync("This browser was told to keep nothing.");
        await here.GetByRole(AriaRole.Button, new() { Name = "Keep mail here" }).ClickAsync();
        await Assertions.Expect(here.GetByRole(AriaRole.Button, new() { Name = "Keep nothing here" })).ToBeVisibleAsync();
        await mail.Page.GotoAsync(mail.Origin + "/mail");
        await mail.BegunAsync();
        await mail.UntilAsync(Kept);
        // The account wants nothing kept anywhere: this page hears of it and forgets.
        await using var other = await mail.AnotherAsync(world);
        await other.Page.GotoAsync(other.Origin + "/settings/offline");
        await other.Page.Locator("input[name=days][value='0']").CheckAsync();
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await mail.UntilAsync("async () => (await indexedDB.databases()).every((one) => !one.name.startsWith('facteur-mail-'))");
    }

    /// <summary>Three messages are kept in this browser.</summary>
    private const string Kept = """
        async () => {
          const kept = (await indexedDB.databases()).find((one) => one.name.startsWith("facteur-mail-"));
          if (kept === undefined) return false;
          const base = await new Promise((resolve) => { const request = indexedDB.open(kept.name); request.onsuccess = () => resolve(request.result); });
          base.onversionchange = () => base.close();
          try {
            if (!base.objectStoreNames.contains("emails")) return false;
            const stores = base.transaction(["emails", "values"]);
            const read = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
            const [emails, extent] = await Promise.all([read(stores.objectStore("emails").count()), read(stores.objectStore("values").get("extent"))]);
            return emails === 3 && extent !== undefined;
          } finally { base.close(); }
        }
        """;

    private static async Task ChooseAsync(MailBrowser mail, string name)
    {
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Appearance" }).ClickAsync();
        await mail.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = name, Exact = true }).ClickAsync();
    }

    /// <summary>Does something that the account keeps, and waits until it does.</summary>
    private static async Task SavedAsync(MailBrowser mail, Func<Task> change) =>
        await mail.Page.RunAndWaitForResponseAsync(change, response => response.Request.PostData?.Contains("WebmailSettings/set", StringComparison.Ordinal) == true);

    private static async Task LooksAsync(MailBrowser mail, string look) => await mail.Page.WaitForFunctionAsync($"() => {Look} === '{look}'");
}
