using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>
/// Payloads in what is offered to who writes: identities with their signatures, people that are suggested, templates, what is typed by oneself and the refusal of it. The window shows texts, and what
/// of it is markup in the editor is what the sanitiser lets through (S-15).
/// </summary>
public sealed class HostileWritingTests(WatchedWorld world)
{
    [Fact]
    public async Task Nothing_that_is_offered_to_who_writes_is_taken_for_markup()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(1));
        var account = new HostileAccount(mail);
        mail.IsExpected = HostileChecks.IsSandbox;
        await account.FillAsync();
        await account.UseProgramsAsync();
        await mail.Page.ReloadAsync();
        await mail.BegunAsync();
        var desk = new WritingDesk(mail);
        await desk.OpenAsync();
        await IdentitiesAsync(mail);
        await PeopleAsync(mail, desk, account);
        await TemplatesAsync(mail, desk);
        await RefusalAsync(mail, desk, account);
        await HostileChecks.NothingRanAsync(mail, world);
    }

    /// <summary>Each identity with its signature in the text, rich and plain.</summary>
    private static async Task IdentitiesAsync(MailBrowser mail)
    {
        var page = mail.Page;
        var from = page.Locator(".compose select").First;
        await Expect(from.Locator("option", new() { HasText = "alert(" }).First).ToBeAttachedAsync();
        await HostileChecks.ShowsTextsAsync(page, 2, ".compose");
        for (var i = await from.Locator("option").CountAsync() - 1; i >= 0; i--)
        {
            await from.SelectOptionAsync(new SelectOptionValue { Index = i });
            await Expect(from).ToHaveJSPropertyAsync("selectedIndex", i);
            await HostileChecks.EditorsAreCleanAsync(page);
            await HostileChecks.PageIsCleanAsync(page);
        }
        await HostileChecks.TouchAsync(page);
    }

    /// <summary>Whom one wrote to before, by names that they gave themselves; and an address nobody gave.</summary>
    private static async Task PeopleAsync(MailBrowser mail, WritingDesk desk, HostileAccount account)
    {
        await desk.Field("to").PressSequentiallyAsync("ann");
        await mail.Page.Locator("[data-field=to] [role=option]").First.WaitForAsync();
        await HostileChecks.ShowsTextsAsync(mail.Page, 3, "[data-field=to]");
        await mail.PressAsync("ArrowDown", "Enter");
        await Expect(desk.Field("to")).ToHaveValueAsync("");
        await desk.Field("to").FillAsync($"\"{account.Short()}\" <{account.Short()}@demo.test>, \"{account.Short()}\"@demo.test");
        await mail.PressAsync("Enter");
        await HostileChecks.PageIsCleanAsync(mail.Page);
    }

    /// <summary>Names and texts of templates, and each of some in the text.</summary>
    private static async Task TemplatesAsync(MailBrowser mail, WritingDesk desk)
    {
        var page = mail.Page;
        for (var i = 0; i < 4; i++)
        {
            await desk.Window.Locator(".compose-menu > button").ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = "Templates" }).ClickAsync();
            await page.Locator(".template-use").First.WaitForAsync();
            await HostileChecks.ShowsTextsAsync(page, 4, "dialog");
            await page.Locator(".template-use").Nth(i).ClickAsync();
            await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
            await HostileChecks.EditorsAreCleanAsync(page);
            await HostileChecks.PageIsCleanAsync(page);
        }
        await HostileChecks.TouchAsync(page);
    }

    /// <summary>The title of the window is the subject as it is typed; what keeps the message from going says which address it is.</summary>
    private static async Task RefusalAsync(MailBrowser mail, WritingDesk desk, HostileAccount account)
    {
        var subject = account.Short();
        await desk.Field("subject").FillAsync(subject);
        await Expect(desk.Window.Locator(".compose-title")).ToContainTextAsync(subject);
        await HostileChecks.PageIsCleanAsync(mail.Page);
        await desk.Send.ClickAsync();
        await HostileChecks.ShowsTextsAsync(mail.Page, 1, "dialog, .compose-fault");
    }
}
