using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Writing where the line is bad: what is sent leaves once, files go on where they broke off, and signing out loses nothing.</summary>
public sealed class WritingOfflineTests(BrowserWorld world)
{
    /// <summary>The server takes the first message that is sent; its answer is lost.</summary>
    private const string LoseAnswer = """
        () => {
          const real = window.fetch;
          let isLost = false;
          window.fetch = async (url, options) => {
            const answer = await real(url, options);
            if (isLost || typeof options?.body !== "string" || !options.body.includes("EmailSubmission/set")) return answer;
            isLost = true;
            throw new TypeError("the line is lost");
          };
        }
        """;

    /// <summary>The second piece of a file is cut off until the line is said to be back; notes what arrives.</summary>
    private const string CutUploads = """
        () => {
          const real = XMLHttpRequest.prototype.send;
          window.sentOctets = [];
          window.isCut = false;
          XMLHttpRequest.prototype.send = function (body) {
            if (window.sentOctets.length === 1 && !window.wasCut) window.isCut = window.wasCut = true;
            if (window.isCut) return void setTimeout(() => this.onerror(new ProgressEvent("error")));
            window.sentOctets.push(body.size);
            return real.call(this, body);
          };
        }
        """;

    [Fact]
    public async Task What_is_sent_without_a_connection_waits_and_leaves_once()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await OpenAsync();
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Sans connexion", "Rien ne se perd.");
        await browser.Page.Context.SetOfflineAsync(true);
        await desk.Send.ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".compose-waiting")).ToContainTextAsync("1 message waits");
        await browser.ShootAsync("compose-waiting");
        await browser.Page.Context.SetOfflineAsync(false);
        await desk.ToastAsync("Message sent.");
        await Assertions.Expect(browser.Page.Locator(".compose-waiting")).ToHaveCountAsync(0);
        Assert.Contains("Rien ne se perd.", await desk.ArrivedAsync(friend), StringComparison.Ordinal);
        await desk.HoldAsync(drafts: 0, sent: 1);
        Assert.Equal(1, await SubmissionsAsync(desk));
    }

    [Fact]
    public async Task What_waits_outlives_a_page_that_is_loaded_again()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await OpenAsync();
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Plus tard", "Toujours ici.");
        await OfflineTests.ReadyAsync(browser);
        await browser.Page.Context.SetOfflineAsync(true);
        await desk.Send.ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".compose-waiting")).ToHaveCountAsync(1);
        await browser.Page.ReloadAsync();
        await Assertions.Expect(browser.Page.Locator(".compose-waiting")).ToHaveCountAsync(1);
        await browser.Page.Context.SetOfflineAsync(false);
        await desk.ToastAsync("Message sent.");
        Assert.Contains("Toujours ici.", await desk.ArrivedAsync(friend), StringComparison.Ordinal);
        Assert.Equal(1, await SubmissionsAsync(desk));
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_not_sent_again()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await OpenAsync();
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Une fois", "Une seule fois.");
        await browser.Page.EvaluateAsync(LoseAnswer);
        await desk.Send.ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".compose-waiting")).ToHaveCountAsync(1);
        await browser.Page.Locator(".compose-waiting").GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await desk.ToastAsync("Message sent.");
        await desk.HoldAsync(drafts: 0, sent: 1);
        Assert.Equal(1, await SubmissionsAsync(desk));
    }

    [Fact]
    public async Task A_large_file_goes_on_where_its_upload_broke_off()
    {
        const int Size = 3_000_000;
        var friend = await world.AddAccountAsync();
        await using var browser = await OpenAsync();
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Gros fichier", "Le voici, attaché.");
        await browser.Page.EvaluateAsync(CutUploads);
        var content = new byte[Size];
        new Random(7).NextBytes(content);
        await desk.Window.Locator("[data-attach]").SetInputFilesAsync(new FilePayload { Name = "film.bin", MimeType = "application/octet-stream", Buffer = content });
        var file = desk.Window.Locator(".attached-file");
        await Assertions.Expect(file).ToContainTextAsync("waiting for the connection");
        // What has arrived counts.
        await Assertions.Expect(file.Locator("progress")).ToHaveJSPropertyAsync("value", 1024 * 1024 / (double)Size);
        await browser.ShootAsync("compose-upload-paused");
        await browser.Page.EvaluateAsync("() => { window.isCut = false; window.dispatchEvent(new Event('online')); }");
        await Assertions.Expect(file.Locator("progress")).ToHaveCountAsync(0);
        Assert.Equal(Size, await browser.Page.EvaluateAsync<int>("() => window.sentOctets.reduce((sum, one) => sum + one, 0)"));
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message sent.");
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("film.bin", message, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(content, Size - 57 - Size % 57, 57), message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_asks_before_it_loses_what_could_not_be_saved()
    {
        await using var browser = await OpenAsync();
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        // No draft is saved from here on, as where the mailbox is full.
        await browser.Page.EvaluateAsync("""
            () => {
              const real = window.fetch;
              window.fetch = (url, options) => typeof options?.body === "string" && options.body.includes('"create":{"draft"') ? Promise.reject(new TypeError("no")) : real(url, options);
            }
            """);
        await desk.Field("subject").FillAsync("À garder");
        await SignOutAsync(browser);
        var dialog = browser.Page.GetByRole(AriaRole.Dialog, new() { Name = "Sign out?" });
        await Assertions.Expect(dialog).ToContainTextAsync("Draft: À garder");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Stay signed in" })).ToBeFocusedAsync();
        await browser.ShootAsync("sign-out-question");
        await browser.PressAsync("Enter");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(desk.Field("subject")).ToHaveValueAsync("À garder");
        // Out of a page that knows nothing of mail: the webmail saves what it left, now that it can, and asks nothing any more.
        await browser.Page.GotoAsync(browser.Origin + "/settings/security");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).First.ClickAsync();
        await Assertions.Expect(browser.Page.Locator("#user")).ToBeVisibleAsync();
        await browser.SignInAsync();
        await desk.HoldAsync(drafts: 1, sent: 0);
        await browser.UntilAsync("() => Object.keys(localStorage).every((name) => !name.startsWith('facteur.left.'))");
    }

    private async Task<MailBrowser> OpenAsync()
    {
        var browser = await MailBrowser.OpenAsync(world);
        browser.IsExpected = static what => what.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal) || what.Contains("ERR_FAILED", StringComparison.Ordinal);
        await browser.BegunAsync();
        return browser;
    }

    private static async Task SignOutAsync(MailBrowser browser)
    {
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Account " + browser.Address }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
    }

    private static async Task<int> SubmissionsAsync(WritingDesk desk) => (await desk.JmapAsync("EmailSubmission/query", "{}")).GetProperty("ids").GetArrayLength();
}
