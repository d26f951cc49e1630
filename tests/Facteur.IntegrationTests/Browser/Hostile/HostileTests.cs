using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>
/// HTML that tries to run scripts or to ask others for something, shown, answered, forwarded and printed in a real browser (S-15 to S-17): none runs, nobody is asked, no name is looked up, and no policy
/// has to step in. What the page complains of, and every request to elsewhere, fails these tests by <see cref="MailBrowser"/>.
/// </summary>
public sealed class HostileTests(WatchedWorld world)
{
    [Fact]
    public async Task No_HTML_runs_a_script_or_asks_anybody()
    {
        var messages = HostileMessages.Html("html@hostile.test", HostileMessages.PartsPerMessage);
        Assert.True(HtmlPayloads.All().Count() >= 1_500);
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync([.. messages]), shared: await world.UsualContextAsync());
        var page = mail.Page;
        mail.IsExpected = HostileChecks.IsSandbox;
        await mail.Rows.First.ClickAsync();
        await ShownAsync(page, messages.Count);
        await HostileChecks.FramesAreCleanAsync(page);
        await HostileChecks.TouchAsync(page);
        // Images that somebody asks for come from us alone.
        await page.EvaluateAsync("() => document.querySelectorAll('.message-banner .banner-actions > button:first-child').forEach(button => button.click())");
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('iframe.message-frame')].every(frame => frame.contentDocument.querySelector('img[data-held]') === null)");
        await HostileChecks.FramesAreCleanAsync(page);
        await HostileChecks.PageIsCleanAsync(page);
        await HostileChecks.NothingRanAsync(mail, world);
    }

    [Fact]
    public async Task No_answer_no_draft_and_no_print_repeats_what_runs()
    {
        var messages = HostileMessages.Html("quoted@hostile.test", HostileMessages.PartsPerMessage * 6);
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync([.. messages]));
        var page = mail.Page;
        mail.IsExpected = HostileChecks.IsSandbox;
        await page.AddInitScriptAsync(Printing.Catch);
        await page.ReloadAsync();
        await mail.BegunAsync();
        await mail.Rows.First.ClickAsync();
        await ShownAsync(page, messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            // By the button: the window that it opens has the focus afterwards.
            await page.Locator(".message .message-reply").Nth(i).ClickAsync();
            await WrittenAsync(page);
            await CloseAsync(page);
        }
        await page.Keyboard.PressAsync("f");
        await WrittenAsync(page);
        // What is brought back after a crash is cleaned again.
        await page.Locator(".compose [data-field=subject] input").FillAsync("Kept");
        await page.ReloadAsync();
        await WrittenAsync(page);
        await Assertions.Expect(page.Locator(".compose [data-field=subject] input")).ToHaveValueAsync("Kept");
        await CloseAsync(page);
        await page.Locator(".conversation-bar .menu > button").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Print" }).ClickAsync();
        await page.Locator("iframe.print-frame[data-printed]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await HostileChecks.FramesAreCleanAsync(page, "iframe.print-frame");
        await HostileChecks.NothingRanAsync(mail, world);
    }

    [Fact]
    public async Task No_field_is_taken_for_markup()
    {
        var messages = HostileMessages.Fields();
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync([.. messages]));
        mail.IsExpected = HostileChecks.IsSandbox;
        var page = mail.Page;
        await Assertions.Expect(mail.Rows.First).ToBeVisibleAsync();
        await HostileChecks.ShowsTextsAsync(page, 5, "[role=grid]");
        await mail.Rows.First.ClickAsync();
        for (var i = 0; i < messages.Count; i++)
        {
            await page.Locator(".message.is-open .plain-body").First.WaitForAsync();
            await page.Locator(".attachments").First.WaitForAsync();
            await page.Locator(".message-recipients").First.ClickAsync();
            if (i % 10 == 0) await LookInsideAsync(page);
            if (i + 1 < messages.Count)
            {
                // All subjects differ: another one is that of the next conversation, drawn.
                var before = await page.Locator(".conversation h1").TextContentAsync();
                await page.Keyboard.PressAsync("j");
                await page.WaitForFunctionAsync("before => { const now = document.querySelector('.conversation h1')?.textContent; return now !== undefined && now !== before; }", before);
            }
        }
        await HostileChecks.ShowsTextsAsync(page, 5);
        await HostileChecks.NothingRanAsync(mail, world);
    }

    /// <summary>All frames are there, with what is left of their messages.</summary>
    private static async Task ShownAsync(IPage page, int count)
    {
        await Assertions.Expect(page.Locator("iframe.message-frame")).ToHaveCountAsync(count);
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('iframe.message-frame')].every(frame => frame.contentDocument?.getElementById('facteur-body')?.childElementCount >= 1)");
    }

    /// <summary>A window to write in is there, with all that it repeats, and harmless.</summary>
    private static async Task WrittenAsync(IPage page)
    {
        var written = page.Locator(".compose .editor-rich .facteur_quote, .compose .editor-rich blockquote").First;
        var toast = page.Locator(".toast", new() { HasText = "The server answered" });
        await written.Or(toast).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (await toast.CountAsync() > 0) Assert.Fail(await toast.InnerTextAsync());
        await HostileChecks.EditorsAreCleanAsync(page);
        await HostileChecks.TouchAsync(page);
        await HostileChecks.PageIsCleanAsync(page);
    }

    private static async Task CloseAsync(IPage page)
    {
        await page.Locator(".compose").GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
        await Assertions.Expect(page.Locator(".compose")).ToHaveCountAsync(0);
    }

    /// <summary>The dialogs that show more: the original, what could be filtered, and what is attached.</summary>
    private static async Task LookInsideAsync(IPage page)
    {
        foreach (var (name, shown) in new[] { ("Show original", "dialog .original-source"), ("Filter messages like this", "dialog .filter-form") })
        {
            await page.Locator(".message-tools .menu > button").First.ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = name }).ClickAsync();
            await page.Locator(shown).WaitForAsync();
            await HostileChecks.PageIsCleanAsync(page);
            await ClosedAsync(page);
        }
        foreach (var chip in new[] { "inner.eml", "x.png", "card.vcf", "report.txt", "winmail.dat", "event.ics" })
        {
            await page.Locator(".attachment-main", new() { HasText = chip }).First.ClickAsync();
            await page.Locator("dialog .preview > :not([role=status])").First.WaitForAsync();
            await HostileChecks.PageIsCleanAsync(page);
            await ClosedAsync(page);
        }
    }

    private static async Task ClosedAsync(IPage page)
    {
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }
}
