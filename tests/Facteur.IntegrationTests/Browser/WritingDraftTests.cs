using System.Globalization;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>What is being written stays: through a reload, a lost connection, a closed window; with its files.</summary>
public sealed class WritingDraftTests(BrowserWorld world)
{
    private const string DropFile = """
        (target, [name, type, content]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
          for (const kind of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
        """;

    private const string PasteFile = """
        (target, [name, type, content]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
          target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """;

    /// <summary>A red dot.</summary>
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

    [Fact]
    public async Task A_draft_survives_a_reload_and_is_there_once()
    {
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync("ami@demo.test", "Longue lettre", "Chère amie, voici");
        await Assertions.Expect(desk.Window.Locator(".compose-status")).ToContainTextAsync("Draft saved");
        await browser.Page.Keyboard.TypeAsync(" la suite");
        await browser.Page.ReloadAsync();
        await browser.ListedAsync();
        await Assertions.Expect(desk.Text).ToContainTextAsync("Chère amie, voici la suite");
        await Assertions.Expect(desk.Field("subject")).ToHaveValueAsync("Longue lettre");
        await Assertions.Expect(desk.Window.Locator(".chip")).ToContainTextAsync("ami@demo.test");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Save and close" }).ClickAsync();
        await desk.GoneAsync();
        await desk.ToastAsync("Draft saved.");
        await desk.HoldAsync(drafts: 1, sent: 0);
        // Closed for good: nothing comes back.
        await browser.Page.ReloadAsync();
        await browser.ListedAsync();
        await browser.BegunAsync();
        await desk.MarkedAsync("$draft", 1);
        await desk.GoneAsync();
    }

    [Fact]
    public async Task A_draft_that_is_discarded_can_be_had_back()
    {
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync("ami@demo.test", "Brouillon", "À jeter");
        await Assertions.Expect(desk.Window.Locator(".compose-status")).ToContainTextAsync("Draft saved");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Discard the draft" }).ClickAsync();
        await desk.ToastAsync("Draft discarded.");
        // As long as the pointer is on it, it stays.
        await browser.Toast.HoverAsync();
        await desk.HoldAsync(drafts: 0, sent: 0);
        await browser.Toast.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(desk.Text).ToContainTextAsync("À jeter");
        await Assertions.Expect(desk.Window.Locator(".compose-status")).ToContainTextAsync("Draft saved");
        await desk.HoldAsync(drafts: 1, sent: 0);
    }

    [Fact]
    public async Task Without_a_connection_it_waits_and_leaves_when_there_is_one()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world);
        browser.IsExpected = what => what.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Hors ligne", "Dans un tunnel");
        await browser.Page.Context.SetOfflineAsync(true);
        await desk.Send.ClickAsync();
        await desk.ToastAsync("as soon as there is one");
        await Assertions.Expect(browser.Page.Locator(".compose-waiting")).ToContainTextAsync("1 message waits");
        await browser.Page.Context.SetOfflineAsync(false);
        await desk.ToastAsync("Message sent.");
        Assert.Contains("Dans un tunnel", await desk.ArrivedAsync(friend), StringComparison.Ordinal);
        await Assertions.Expect(browser.Page.Locator(".compose-waiting")).ToHaveCountAsync(0);
        await desk.HoldAsync(drafts: 0, sent: 1);
    }

    [Fact]
    public async Task A_file_is_dropped_and_arrives_whole()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Plan", "Voici le plan");
        var content = Convert.ToBase64String(Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray());
        await desk.Window.EvaluateAsync(DropFile, new[] { "plan été.pdf", "application/pdf", content });
        await Assertions.Expect(desk.Window.Locator(".attached-file")).ToContainTextAsync("plan été.pdf");
        await Assertions.Expect(desk.Window.Locator(".attached-file progress")).ToHaveCountAsync(0);
        await browser.ShootAsync("compose-attached");
        // Saved once more with the file in it: what it is made of moves with each version.
        await Assertions.Expect(desk.Window.Locator(".compose-status")).ToContainTextAsync("Draft saved");
        await desk.Send.ClickAsync();
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("application/pdf", message, StringComparison.Ordinal);
        Assert.Contains(content[..1000], message.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.Contains(content[^1000..], message.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_is_pasted_into_the_text()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(friend, "Image", "Regarde : ");
        await desk.Text.EvaluateAsync(PasteFile, new[] { "point.png", "image/png", Png });
        await Assertions.Expect(desk.Text.Locator("img[src]")).ToHaveCountAsync(1);
        Assert.Equal(5, await desk.Text.Locator("img").EvaluateAsync<int>("async (one) => { await one.decode(); return one.naturalWidth; }"));
        await browser.ShootAsync("compose-image");
        await desk.Send.ClickAsync();
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("multipart/related", message, StringComparison.Ordinal);
        Assert.Contains("Content-Disposition: inline", message, StringComparison.Ordinal);
        var cid = System.Text.RegularExpressions.Regex.Match(message, "Content-ID: <([^>]+)>").Groups[1].Value;
        Assert.Contains($"cid:{cid}", message.Replace("=\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_one_writes_to_are_offered()
    {
        await using var browser = await MailBrowser.OpenAsync(world, mailbox => mailbox.AppendToAsync("Sent", new TestMessage("Ancien", From: "anna@demo.test") { To = "Hélène Martin <helene@exemple.test>", Flags = "\\Seen" }));
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await Assertions.Expect(desk.Field("to")).ToBeFocusedAsync();
        await desk.Field("to").PressSequentiallyAsync("hel");
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Option)).ToContainTextAsync("helene@exemple.test");
        await browser.ShootAsync("compose-offers");
        await browser.PressAsync("Enter");
        await Assertions.Expect(desk.Window.Locator(".chip")).ToContainTextAsync("Hélène Martin");
    }

    [Fact]
    public async Task The_signature_goes_with_the_identity_and_a_text_is_kept_as_a_template()
    {
        await using var browser = await MailBrowser.OpenAsync(world);
        var desk = new WritingDesk(browser);
        var added = await desk.JmapAsync("Identity/set", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"create": {"a": {"name": "Anna au bureau", "email": "{{{browser.Address}}}", "textSignature": "Anna\nBureau 12", "htmlSignature": "<b>Anna</b><br>Bureau 12<img src=x onerror=alert(1)>"} } }
            """));
        Assert.True(added.GetProperty("created").TryGetProperty("a", out _), added.ToString());
        await desk.OpenAsync();
        await Assertions.Expect(desk.Text).Not.ToContainTextAsync("Bureau 12");
        await desk.Window.GetByLabel("From").SelectOptionAsync(new SelectOptionValue { Label = $"Anna au bureau <{browser.Address}>" });
        await Assertions.Expect(desk.Text).ToContainTextAsync("Bureau 12");
        await browser.ShootAsync("compose-signature");
        await desk.Field("subject").FillAsync("Lettre type");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "More options" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Templates" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Keep as a template" }).ClickAsync();
        await desk.ToastAsync("Template “Lettre type” saved.");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Discard the draft" }).ClickAsync();
        await desk.GoneAsync();
        await desk.OpenAsync();
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "More options" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Templates" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Lettre type", Exact = true }).ClickAsync();
        await Assertions.Expect(desk.Field("subject")).ToHaveValueAsync("Lettre type");
        await Assertions.Expect(desk.Text).ToContainTextAsync("Bureau 12");
    }
}
