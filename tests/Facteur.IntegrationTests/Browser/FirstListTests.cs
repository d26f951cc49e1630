using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>The rows that come with the page: read before any script has come, the same as the script draws over them.</summary>
public sealed class FirstListTests(BrowserWorld world)
{
    /// <summary>Of each row: who, what, when, and where it stands.</summary>
    private const string Rows = """
        (selector) => [...document.querySelectorAll(selector)].map((row) => {
          const box = row.getBoundingClientRect();
          return [".names", ".subject", ".preview", "time"].map((part) => row.querySelector(part).textContent.trim()).concat([row.classList.contains("is-unread"), Math.round(box.x), Math.round(box.y), Math.round(box.width), Math.round(box.height)]).join("|");
        })
        """;

    /// <summary>Counts, in the page itself, what the server was asked before there were rows.</summary>
    private const string Count = """
        window.asked = 0;
        const real = window.fetch;
        window.fetch = (url, ...options) => { if (String(url).endsWith("/jmap")) asked++; return real(url, ...options); };
        new MutationObserver((_, observer) => { if (document.querySelector("[role=grid] [role=row][id]")) { observer.disconnect(); window.askedBeforeRows = asked; } }).observe(document, { childList: true, subtree: true });
        """;

    [Theory]
    [InlineData(1280, 800, "en-GB")]
    [InlineData(375, 720, "fr-FR")]
    public async Task They_are_those_that_the_script_draws(int width, int height, string locale)
    {
        await using var mail = await MailBrowser.OpenAsync(world, FillAsync, width, height, locale, hasWorker: false);
        await mail.Page.GotoAsync("about:blank");
        mail.IsExpected = static what => what.Contains("ERR_FAILED", StringComparison.Ordinal) || Hostile.HostileChecks.IsSandbox(what);
        await mail.Page.RouteAsync("**/mail/assets/*.js", static route => route.AbortAsync());
        await mail.Page.GotoAsync(mail.Origin + "/mail");
        await Assertions.Expect(mail.Page.Locator("#first .row").First).ToBeVisibleAsync();
        var first = await mail.Page.EvaluateAsync<string[]>(Rows, "#first .row");
        await mail.ShootAsync($"first-{width}");
        Assert.Equal(5, first.Length);
        Assert.Contains(first, static row => row.StartsWith("Anna … Claire, Dora 4|", StringComparison.Ordinal));
        Assert.Contains(first, static row => row.Contains("<img src=x onerror=alert(1)>", StringComparison.Ordinal));
        await mail.Page.UnrouteAsync("**/mail/assets/*.js");

        await mail.Page.AddInitScriptAsync(Count);
        await mail.Page.ReloadAsync();
        await mail.BegunAsync();
        Assert.Equal(first, await mail.Page.EvaluateAsync<string[]>(Rows, "[role=grid] [role=row][id]"));
        await Assertions.Expect(mail.Page.Locator("#first")).ToHaveCountAsync(0);
        Assert.Equal(0, await mail.Page.EvaluateAsync<int>("askedBeforeRows"));
    }

    [Fact]
    public async Task A_link_in_them_opens_the_conversation_and_another_place_shows_none_of_them()
    {
        await using var mail = await MailBrowser.OpenAsync(world, FillAsync, hasWorker: false);
        mail.IsExpected = Hostile.HostileChecks.IsSandbox;
        await mail.Page.GotoAsync("about:blank");
        var gate = new TaskCompletionSource();
        await mail.Page.RouteAsync("**/mail/assets/*.js", async route =>
        {
            await gate.Task;
            await route.ContinueAsync();
        });
        await mail.Page.GotoAsync(mail.Origin + "/mail", new() { WaitUntil = WaitUntilState.Commit });
        await mail.Page.Locator("#first").GetByRole(AriaRole.Link, new() { Name = "A letter" }).ClickAsync();
        gate.SetResult();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Heading, new() { Name = "A letter" })).ToBeVisibleAsync();

        await mail.Page.UnrouteAsync("**/mail/assets/*.js");
        await mail.Page.GotoAsync("about:blank");
        await mail.Page.AddInitScriptAsync("new MutationObserver(() => { const first = document.getElementById('first'); if (first?.querySelector('.row') && getComputedStyle(first).display !== 'none' && document.readyState !== 'loading') window.wasSeen = true; }).observe(document, { childList: true, subtree: true });");
        await mail.Page.GotoAsync(mail.Origin + "/mail#/starred");
        await mail.ListedAsync();
        Assert.False(await mail.Page.EvaluateAsync<bool>("window.wasSeen === true"));
    }

    private static Task FillAsync(MailboxFiller box) => box.AppendAsync(
        new TestMessage("Invoice", "Anna <anna@example.test>", "Please find it below.", Id: "invoice@x") { Flags = "\\Seen", Date = Ago(60) },
        new TestMessage("Re: Invoice", "Ben Martin <ben@example.test>", "Thank you.", Thread: "invoice@x") { Flags = "\\Seen", Date = Ago(50) },
        new TestMessage("Re: Invoice", "Claire <claire@example.test>", "It is paid.", Thread: "invoice@x") { Flags = "\\Seen", Date = Ago(40) },
        new TestMessage("Re: Invoice", "Dora <dora@example.test>", "Well.", Thread: "invoice@x") { Date = Ago(30) },
        new TestMessage("<img src=x onerror=alert(1)>", "\"</script><b>x</b>\" <mallory@example.test>", "<!--/first--></script><script>alert(2)</script>") { Date = Ago(20) },
        new TestMessage("", "nobody@example.test", "No subject at all.") { Date = Ago(15) },
        new TestMessage("Last year", "Eva <eva@example.test>", "Long ago.") { Date = Ago(60 * 24 * 500) },
        new TestMessage("A letter", "Dora <dora@example.test>", "At noon.") { Flags = "\\Seen", Date = Ago(10) });

    private static DateTimeOffset Ago(int minutes) => TimeProvider.System.GetUtcNow().AddMinutes(-minutes);
}
