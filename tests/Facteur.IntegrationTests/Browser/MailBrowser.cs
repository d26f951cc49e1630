using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>
/// Somebody at the webmail: a signed-in browser over a mailbox. What the page complains of (errors of scripts, of its console, of its content security policy), and whatever it
/// asks of another origin, fails the test when it ends.
/// </summary>
internal sealed class MailBrowser : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];
    private bool isShared;

    private MailBrowser(IBrowserContext context, IPage page, FacteurServer server, string address, string? origin)
    {
        (this.context, Page, Server, Address, Mailbox) = (context, page, server, address, new MailboxFiller(server, address, BrowserWorld.Password));
        Origin = origin ?? string.Create(CultureInfo.InvariantCulture, $"https://localhost:{server.Port("https")}");
    }

    public IPage Page { get; }

    public FacteurServer Server { get; }

    public string Address { get; }

    /// <summary>Puts messages into the account, as other programs would.</summary>
    public MailboxFiller Mailbox { get; }

    public string Origin { get; }

    /// <summary>What is expected to be complained of, as where a test cuts the line.</summary>
    public Func<string, bool> IsExpected { get; set; } = static _ => false;

    /// <summary>Pages that the page opened.</summary>
    public int Opened { get; private set; }

    public ILocator Rows => Page.Locator("[role=grid] [role=row][id]");

    public ILocator Toast => Page.Locator(".toast");

    /// <summary>The row of a conversation, by its subject.</summary>
    public ILocator Row(string subject) => Page.Locator("[role=grid] [role=row][id]", new() { Has = Page.GetByText(subject, new() { Exact = true }) });

    /// <summary>A browser that is signed in, with the inbox shown.</summary>
    /// <param name="fill">Fills the mailbox before.</param>
    /// <param name="locale">Of the browser, by which the page chooses its language.</param>
    /// <param name="person">Whose account it is; null for anybody's.</param>
    /// <param name="origin">Where the server is reached; without it as it is.</param>
    /// <param name="shared">A context that is there, to be used as it is and left as it was; without it one is made.</param>
    /// <param name="hasWorker">Without a service worker requests for the parts of the page are those of the page, which a test can hold.</param>
    /// <param name="isWhole">Waits for the parts that follow the first list as well.</param>
    public static async Task<MailBrowser> OpenAsync(BrowserWorld world, Func<MailboxFiller, Task>? fill = null, int width = 1280, int height = 800, string locale = "en-GB", bool isTouch = false, string? person = null, string? origin = null, IBrowserContext? shared = null, bool isWhole = true, bool hasWorker = true)
    {
        Programs.Require("chromium", "openssl");
        var context = shared ?? await (await world.BrowserAsync()).NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height }, Locale = locale, HasTouch = isTouch, IsMobile = isTouch, TimezoneId = "Europe/Paris",
        });
        if (!hasWorker) await context.AddInitScriptAsync("delete Navigator.prototype.serviceWorker");
        var opened = new MailBrowser(context, await context.NewPageAsync(), await world.ServerAsync(), await world.AddAccountAsync(person), origin) { isShared = shared is not null };
        if (fill is not null) await fill(opened.Mailbox);
        await opened.EnterAsync(isWhole);
        return opened;
    }

    /// <summary>Another computer of the same person: a browser that shares nothing with this one, signed in, with the inbox shown.</summary>
    public async Task<MailBrowser> AnotherAsync(BrowserWorld world)
    {
        var another = await (await world.BrowserAsync()).NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 }, Locale = "en-GB", TimezoneId = "Europe/Paris" });
        var opened = new MailBrowser(another, await another.NewPageAsync(), Server, Address, Origin);
        await opened.EnterAsync(isWhole: true);
        return opened;
    }

    private async Task EnterAsync(bool isWhole)
    {
        Patience.Begin(context);
        Watch(Page);
        try
        {
            await SignInAsync();
            if (isWhole) await BegunAsync();
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"no list: {string.Join("; ", complaints)} {await Page.Locator("body").InnerTextAsync()}", e);
        }
    }

    /// <summary>Signs in with the password and waits for the list.</summary>
    public async Task SignInAsync()
    {
        await Page.GotoAsync(Origin + "/mail");
        await Page.Locator("#user").FillAsync(Address);
        await Page.Locator("#password").FillAsync(BrowserWorld.Password);
        await Page.Locator("#password").PressAsync("Enter");
        await ListedAsync();
    }

    /// <summary>Waits until a list is shown, with rows or without.</summary>
    public Task ListedAsync() => StandsAsync("[role=grid][aria-busy=false]");

    /// <summary>Waits until the parts that follow the first list are there: their keys, their buttons on rows.</summary>
    public Task BegunAsync() => StandsAsync("#mail[data-begun]");

    /// <summary>A page that goes on the way to another one, as after the sign-in, is asked again.</summary>
    private async Task StandsAsync(string selector)
    {
        for (var turn = 0; ; turn++)
        {
            await Page.Locator(selector).WaitForAsync();
            try
            {
                await Patience.HoldToastsAsync(Page);
                return;
            }
            catch (PlaywrightException) when (turn < 3)
            {
                // It went between the two.
            }
        }
    }

    /// <summary>
    /// Asks in the page again and again until the answer is yes: what a browser keeps tells of nothing. The question may be asynchronous, which Playwright's own polling takes
    /// for a yes. One that gets no answer, as where a base is deleted under it, is asked anew.
    /// </summary>
    public async Task UntilAsync(string question)
    {
        var asked = Page.EvaluateAsync($$"""
            async () => {
              const pause = (time) => new Promise((resolve) => setTimeout(resolve, time, false));
              while (!(await Promise.race([({{question}})(), pause(10_000)]))) await pause(100);
            }
            """);
        try
        {
            // A browser lets an older service worker go on for five minutes where it takes it to be busy.
            await asked.WaitAsync(TimeSpan.FromMinutes(7));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"not so: {question}; {await Page.EvaluateAsync<string>(Kept).WaitAsync(TimeSpan.FromMinutes(1))}; {string.Join("; ", complaints)}", e);
        }
    }

    /// <summary>What this browser keeps of the webmail.</summary>
    private const string Kept = """
        async () => JSON.stringify({
          online: navigator.onLine, controller: navigator.serviceWorker.controller?.state ?? null,
          workers: (await navigator.serviceWorker.getRegistrations()).map(({ active, waiting, installing }) => [active?.state, waiting?.state, installing?.state]),
          bases: (await indexedDB.databases()).map((one) => one.name), caches: await caches.keys(), locks: await navigator.locks.query(),
        })
        """;

    public async Task PressAsync(params string[] keys)
    {
        foreach (var key in keys) await Page.Keyboard.PressAsync(key);
    }

    /// <summary>Leaves a dialog by its key: keys that come after are for what lies below only once it is gone.</summary>
    public async Task LeaveDialogAsync()
    {
        await PressAsync("Escape");
        await Assertions.Expect(Page.Locator("dialog")).ToHaveCountAsync(0);
    }

    /// <summary>Watches another page or tab of the same browser as well.</summary>
    public void Watch(IPage page)
    {
        page.Popup += (_, _) => Opened++;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", "console: " + message.Text);
        page.PageError += (_, error) => Note(true, "script: " + error);
        page.Dialog += (_, dialog) => Note(true, "dialog: " + dialog.Message);
        page.Request += (_, request) => Note(!Regex.IsMatch(request.Url, "^(data:|blob:|" + Regex.Escape(Origin) + "/)"), "request: " + request.Url);
    }

    /// <summary>Whether nothing stands out at the side, once all has found its place.</summary>
    public async Task<bool> FitsAsync()
    {
        try
        {
            await Page.WaitForFunctionAsync("() => document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth");
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A picture of the page as it stands, where FACTEUR_SCREENSHOTS says so.</summary>
    public async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("FACTEUR_SCREENSHOTS") is { Length: > 0 } folder) await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    public async ValueTask DisposeAsync()
    {
        if (isShared)
        {
            await Page.CloseAsync();
            await context.ClearCookiesAsync();
        }
        else
        {
            await context.DisposeAsync();
        }
        lock (complaints) Assert.True(complaints.Count == 0, string.Join('\n', complaints));
    }

    private void Note(bool matters, string what)
    {
        if (!matters || IsExpected(what)) return;
        lock (complaints) complaints.Add(what);
    }
}
