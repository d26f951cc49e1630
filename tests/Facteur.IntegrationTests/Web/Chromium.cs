using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    public static async Task<Chromium> OpenAsync(FacteurServer server, int width = 1280, string locale = "en-GB")
    {
        Programs.Require("chromium");
        var playwright = await Playwright.CreateAsync();
        // The key of the server's certificate counts as good, as if the authority were installed: with errors merely passed over there are no passkeys.
        var key = await KeyHashAsync(server);
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", $"--ignore-certificate-errors-spki-list={key}"],
        });
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, Locale = locale });
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

    private static async Task<string> KeyHashAsync(FacteurServer server)
    {
        var shown = await Programs.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{server.Port("https")}", "-servername", "localhost"], "");
        const string Begin = "-----BEGIN CERTIFICATE-----", End = "-----END CERTIFICATE-----";
        var from = shown.Output.IndexOf(Begin, StringComparison.Ordinal);
        using var certificate = X509Certificate2.CreateFromPem(shown.Output.AsSpan(from, shown.Output.IndexOf(End, StringComparison.Ordinal) + End.Length - from));
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
