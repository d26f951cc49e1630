using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>The webmail without a connection, and what signing out leaves of it.</summary>
public sealed class OfflineTests(BrowserWorld world)
{
    /// <summary>The worker controls the page, and the mail of the inbox is kept.</summary>
    private const string IsReady = """
        async () => {
          if (navigator.serviceWorker.controller === null) return false;
          const kept = (await indexedDB.databases()).find((one) => one.name.startsWith("facteur-mail-"));
          if (kept === undefined) return false;
          const base = await new Promise((resolve, reject) => { const request = indexedDB.open(kept.name); request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
          try {
            if (!base.objectStoreNames.contains("values")) return false;
            return await new Promise((resolve) => { const request = base.transaction("values").objectStore("values").get("extent"); request.onsuccess = () => resolve(request.result !== undefined); request.onerror = () => resolve(false); });
          } finally { base.close(); }
        }
        """;

    /// <summary>What was done without a connection is kept: a page that goes before that takes it along.</summary>
    private static Task QueuedAsync(MailBrowser mail) => HasAsync(mail, "queue");

    /// <summary>Something is kept in a store of the browser.</summary>
    private static Task HasAsync(MailBrowser mail, string store) => mail.UntilAsync(Has.Replace("STORE", store, StringComparison.Ordinal));

    private const string Has = """
        async () => {
          const kept = (await indexedDB.databases()).find((one) => one.name.startsWith("facteur-mail-"));
          const base = await new Promise((resolve, reject) => { const request = indexedDB.open(kept.name); request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
          try {
            return await new Promise((resolve) => { const request = base.transaction("STORE").objectStore("STORE").count(); request.onsuccess = () => resolve(request.result > 0); });
          } finally { base.close(); }
        }
        """;

    [Fact]
    public async Task Without_a_connection_the_mail_is_there_and_what_is_done_is_sent_when_it_is_back()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        mail.IsExpected = static what => what.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal) || what.Contains("ERR_FAILED", StringComparison.Ordinal);
        await ReadyAsync(mail);
        await mail.Page.Context.SetOfflineAsync(true);
        await mail.Page.ReloadAsync();
        await mail.ListedAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
        await mail.ShootAsync("offline");
        await mail.BegunAsync();
        await mail.PressAsync("j", "e");
        await mail.ShootAsync("offline-archived");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await QueuedAsync(mail);
        await mail.Page.ReloadAsync();
        await mail.BegunAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await mail.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Connected again");
        await mail.Page.GetByRole(AriaRole.Link, new() { Name = "Archive" }).ClickAsync();
        await Assertions.Expect(mail.Row("Message 3")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_was_read_can_be_read_again_without_a_connection()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(new TestMessage("A letter", Text: "<p>Dear reader,</p><p>here it is.</p>") { ContentType = "text/html; charset=utf-8" }));
        mail.IsExpected = static what => what.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal) || what.Contains("ERR_FAILED", StringComparison.Ordinal);
        await ReadyAsync(mail);
        await mail.Row("A letter").ClickAsync();
        await Assertions.Expect(mail.Page.FrameLocator(".conversation iframe").GetByText("Dear reader,")).ToBeVisibleAsync();
        await mail.PressAsync("u");
        await HasAsync(mail, "bodies");
        await mail.Page.Context.SetOfflineAsync(true);
        await mail.Page.ReloadAsync();
        await mail.Row("A letter").ClickAsync();
        await Assertions.Expect(mail.Page.FrameLocator(".conversation iframe").GetByText("Dear reader,")).ToBeVisibleAsync();
        await mail.ShootAsync("offline-reading");
    }

    [Fact]
    public async Task What_came_in_meanwhile_follows_the_list_that_was_kept()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(2));
        await ReadyAsync(mail);
        await mail.Page.GotoAsync("about:blank");
        await mail.Mailbox.DeliverAsync(new TestMessage("Came meanwhile"));
        await mail.Page.GotoAsync(mail.Origin + "/mail");
        await Assertions.Expect(mail.Row("Came meanwhile")).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Signing_out_deletes_all_that_was_kept()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(1));
        await ReadyAsync(mail);
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Account " + mail.Address }).ClickAsync();
        await mail.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await Patience.ArrivesAsync(mail.Page, "**/signin*");
        await Assertions.Expect(mail.Page.Locator("#user")).ToBeVisibleAsync();
        await mail.UntilAsync("async () => (await indexedDB.databases()).length + (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length === 0");
    }

    [Fact]
    public async Task The_page_can_be_installed_and_asks_for_notifications_only_when_told()
    {
        await using var mail = await MailBrowser.OpenAsync(world, width: 375, height: 720, locale: "fr-FR");
        var manifest = await mail.Page.EvaluateAsync<string>("""async () => (await (await fetch(document.querySelector("link[rel=manifest]").href)).json()).icons.length + " " + (await fetch("/mail/sw.js")).headers.get("Service-Worker-Allowed")""");
        Assert.Equal("4 /mail", manifest);
        Assert.Equal("default", await mail.Page.EvaluateAsync<string>("() => Notification.permission === 'denied' ? 'default' : Notification.permission"));
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Compte " + mail.Address }).ClickAsync();
        await mail.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Notifications et hors ligne" }).ClickAsync();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync("away-375");
    }

    [Fact]
    public async Task What_the_server_refuses_afterwards_is_told_and_shown_as_it_is()
    {
        await using var mail = await MailBrowser.OpenAsync(world, async box =>
        {
            await box.ImapAsync("CREATE Clients");
            await box.AppendManyAsync(2);
        });
        mail.IsExpected = static what => what.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal) || what.Contains("ERR_FAILED", StringComparison.Ordinal);
        await ReadyAsync(mail);
        await mail.BegunAsync();
        await mail.Page.Context.SetOfflineAsync(true);
        await mail.PressAsync("j", "v");
        await mail.Page.Locator("dialog input").WaitForAsync();
        await mail.Page.Keyboard.TypeAsync("Clients");
        await Assertions.Expect(mail.Page.Locator(".picker-row")).ToHaveCountAsync(1);
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await QueuedAsync(mail);
        // Meanwhile the label goes.
        await mail.Mailbox.ImapAsync("DELETE Clients");
        await mail.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(mail.Page.GetByText("was refused")).ToBeVisibleAsync();
        await mail.ShootAsync("offline-refused");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await mail.Page.ReloadAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
    }

    /// <summary>Waits until the page can be loaded without a connection.</summary>
    internal static Task ReadyAsync(MailBrowser mail) => mail.UntilAsync(IsReady);
}
