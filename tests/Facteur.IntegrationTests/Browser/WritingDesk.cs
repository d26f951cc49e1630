using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Writing in the webmail: the window in front, its parts by what they are for, and what arrives where it is sent.</summary>
internal sealed class WritingDesk(MailBrowser browser)
{
    private const string Call = """
        async ([method, args]) => {
          const session = await (await fetch("/.well-known/jmap")).json();
          const accountId = session.primaryAccounts["urn:ietf:params:jmap:mail"];
          const body = JSON.stringify({ using: Object.keys(session.capabilities), methodCalls: [[method, { accountId, ...JSON.parse(args) }, "0"]] });
          const answer = await (await fetch(session.apiUrl, { method: "POST", headers: { "Content-Type": "application/json" }, body })).json();
          return JSON.stringify(answer.methodResponses[0][1]);
        }
        """;

    public IPage Page => browser.Page;

    /// <summary>The window that was opened last.</summary>
    public ILocator Window => Page.Locator(".compose").Last;

    public ILocator Field(string name) => Window.Locator($"[data-field={name}] input");

    public ILocator Text => Window.Locator(".editor-rich");

    public ILocator Send => Window.Locator(".send-button");

    /// <summary>Asks the server something as the page would.</summary>
    public async Task<JsonElement> JmapAsync(string method, string arguments) =>
        JsonDocument.Parse(await Page.EvaluateAsync<string>(Call, new[] { method, arguments })).RootElement;

    /// <summary>For how long sending can be undone; at once unless a test is about that. The page is loaded again where it was otherwise: it would hear of it some time.</summary>
    public async Task UndoAsync(int seconds)
    {
        var settings = await JmapAsync("WebmailSettings/get", """{"ids": null}""");
        if (settings.GetProperty("list")[0].GetProperty("undoSeconds").GetInt32() == seconds) return;
        await JmapAsync("WebmailSettings/set", $$"""{"update": {"singleton": {"undoSeconds": {{seconds}} } } }""");
        await Page.ReloadAsync();
        await browser.BegunAsync();
    }

    public async Task OpenAsync(int undoSeconds = 0)
    {
        await UndoAsync(undoSeconds);
        await Page.Locator("[role=grid]").FocusAsync();
        await Page.Keyboard.PressAsync("c");
        await Text.WaitForAsync();
    }

    /// <summary>Opens the conversation of a row and answers it with a key.</summary>
    public async Task AnswerAsync(string subject, string key)
    {
        await UndoAsync(0);
        await browser.Row(subject).First.ClickAsync();
        await Patience.ArrivesAsync(Page, "**/t/*");
        await Page.Locator(".reply-box").First.WaitForAsync();
        await Page.Keyboard.PressAsync(key);
        await Text.WaitForAsync();
    }

    public async Task FillAsync(string to, string subject, string text)
    {
        await Field("to").FillAsync(to);
        await Field("to").PressAsync("Enter");
        await Field("subject").FillAsync(subject);
        await Text.ClickAsync();
        await Page.Keyboard.TypeAsync(text);
    }

    public Task ToastAsync(string text) => Assertions.Expect(browser.Toast).ToContainTextAsync(text);

    public Task GoneAsync() => Assertions.Expect(Page.Locator(".compose")).ToHaveCountAsync(0);

    /// <summary>Waits until the mailboxes have so many emails: windows close and toasts come before the last answer.</summary>
    public Task HoldAsync(int drafts, int sent) => Patience.UntilAsync((drafts, sent), async () => (await CountAsync("drafts"), await CountAsync("sent")));

    /// <summary>Waits until so many emails have a keyword.</summary>
    public Task MarkedAsync(string keyword, int count) =>
        Patience.UntilAsync(count, async () => (await JmapAsync("Email/query", $$"""{"filter": {"hasKeyword": "{{keyword}}"} }""")).GetProperty("ids").GetArrayLength());

    /// <summary>How many emails a mailbox of a role has.</summary>
    public async Task<int> CountAsync(string role)
    {
        var mailboxes = await JmapAsync("Mailbox/get", """{"ids": null, "properties": ["role", "totalEmails"]}""");
        return mailboxes.GetProperty("list").EnumerateArray().Where(one => one.GetProperty("role").GetString() == role).Select(one => one.GetProperty("totalEmails").GetInt32()).Single();
    }

    /// <summary>The newest message of an account's inbox, once there is one.</summary>
    public async Task<string> ArrivedAsync(string address)
    {
        await using var imap = await TestClient.ConnectAsync(browser.Server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {address} {BrowserWorld.Password}");
        var selected = await imap.ImapAsync("SELECT INBOX");
        if (selected.Contains("* 0 EXISTS"))
        {
            await imap.WriteAsync("idle IDLE\r\n");
            while (await imap.ReadLineAsync() is { } line && !line.EndsWith(" EXISTS", StringComparison.Ordinal))
                Assert.False(line.StartsWith("* BYE", StringComparison.Ordinal), line);
            await imap.WriteAsync("DONE\r\n");
            while (await imap.ReadLineAsync() is { } line && !line.StartsWith("idle OK", StringComparison.Ordinal)) continue;
        }
        await foreach (var octets in imap.ImapBodiesAsync("*")) return Encoding.UTF8.GetString(octets);
        throw new InvalidOperationException("nothing arrived");
    }
}
