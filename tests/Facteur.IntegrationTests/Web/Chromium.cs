using Facteur.IntegrationTests.Browser;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Web;

/// <summary>Debian's Chromium over a running server: what it complains of in its console, and what it asks of others, fails the test.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly IBrowserContext context;

    private Chromium(IPlaywright playwright, IBrowser browser, IBrowserContext context, IPage page, string origin) =>
        (this.playwright, this.browser, this.context, Page, Origin) = (playwright, browser, context, page, origin);

    public IPage Page { get; }
    public string Origin { get; }

    /// <summary>Console errors, violations of the policy, dialogs and requests to other origins, in order.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Chromium> OpenAsync(FacteurServer server, int width = 1280, string locale = "en-GB", bool scripts = true)
    {
        Programs.Require("chromium");
        var playwright = await Playwright.CreateAsync();
        var browser = await LocalChromium.LaunchAsync(playwright, server.Port("https"));
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, Locale = locale, JavaScriptEnabled = scripts });
        Patience.Begin(context);
        var page = await context.NewPageAsync();
        var opened = new Chromium(playwright, browser, context, page, $"https://localhost:{server.Port("https")}");
        page.Console += (_, message) => opened.Note(message.Type == "error", "console: " + message.Text);
        page.PageError += (_, error) => opened.Note(true, "script: " + error);
        page.Dialog += (_, dialog) => opened.Note(true, "dialog: " + dialog.Message);
        page.Request += (_, request) => opened.Note(!request.Url.StartsWith(opened.Origin + "/", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), "request: " + request.Url);
        return opened;
    }

    /// <summary>A device of the browser's own that holds passkeys and verifies its user without asking.</summary>
    public async Task AddAuthenticatorAsync()
    {
        var session = await context.NewCDPSessionAsync(Page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
    }

    /// <summary>A picture of the page as it stands, where FACTEUR_SCREENSHOTS says so.</summary>
    public async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("FACTEUR_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private void Note(bool matters, string what)
    {
        if (matters) Complaints.Add(what);
    }
}
