using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Labels, and what comes back later.</summary>
public sealed class FilingTests(BrowserWorld world)
{
    [Fact]
    public async Task A_label_is_made_and_put_on_by_keyboard_and_taken_off_again()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        await mail.BegunAsync();
        await mail.PressAsync("j", "x", "j", "x", "l");
        var picker = mail.Page.GetByRole(AriaRole.Combobox, new() { Name = "Part of a name" });
        await Assertions.Expect(picker).ToBeFocusedAsync();
        await mail.Page.Keyboard.TypeAsync("Clients/Durand");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Option, new() { Name = "Clients/Durand" })).ToHaveAttributeAsync("aria-selected", "true");
        await mail.ShootAsync("labels");
        await mail.PressAsync("Escape");
        await Assertions.Expect(mail.Page.Locator(".row .label")).ToHaveCountAsync(2);
        await Assertions.Expect(mail.Page.Locator(".place", new() { HasText = "Durand" })).ToBeVisibleAsync();
        await mail.PressAsync("z");
        await Assertions.Expect(mail.Page.Locator(".row .label")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task V_moves_to_what_a_part_of_its_name_finds()
    {
        await using var mail = await MailBrowser.OpenAsync(world, async box =>
        {
            await box.AppendManyAsync(3);
            await box.ImapAsync("CREATE Factures", "CREATE Voyages");
        }, locale: "fr-FR");
        await mail.BegunAsync();
        await mail.PressAsync("j", "v");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Combobox, new() { Name = "Une partie du nom" })).ToBeFocusedAsync();
        await mail.Page.Keyboard.TypeAsync("voy");
        await mail.ShootAsync("move-fr");
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Déplacée vers « Voyages ».");
        await mail.Page.Locator(".place", new() { HasText = "Voyages" }).ClickAsync();
        await Assertions.Expect(mail.Row("Message 3")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_is_snoozed_leaves_waits_and_comes_back_on_top()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        await mail.BegunAsync();
        await mail.Row("Message 1").HoverAsync();
        await mail.Row("Message 1").GetByRole(AriaRole.Button, new() { Name = "Snooze" }).ClickAsync();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await mail.ShootAsync("snooze");
        await mail.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Tomorrow") }).ClickAsync();
        await Assertions.Expect(mail.Row("Message 1")).ToHaveCountAsync(0);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Snoozed");
        await mail.PressAsync("z");
        await Assertions.Expect(mail.Row("Message 1")).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Rows.Nth(2)).ToContainTextAsync("Message 1");
        await mail.PressAsync("j", "j", "j");
        await Assertions.Expect(mail.Page.Locator(".row.is-focused")).ToContainTextAsync("Message 1");
        await mail.PressAsync("b");
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await mail.PressAsync("Enter");
        await Assertions.Expect(mail.Row("Message 1")).ToHaveCountAsync(0);
        await mail.PressAsync("g", "b");
        await Assertions.Expect(mail.Row("Message 1")).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Page.Locator(".wakes")).ToBeVisibleAsync();
        await mail.ShootAsync("snoozed");
        await WakeSoonAsync(mail);
        await mail.PressAsync("g", "i");
        await Assertions.Expect(mail.Rows.Nth(0)).ToContainTextAsync("Message 1");
    }

    [Fact]
    public async Task On_a_telephone_labels_and_times_fit()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(2), width: 375, height: 720, locale: "fr-FR", isTouch: true);
        await mail.BegunAsync();
        await mail.Row("Message 1").GetByRole(AriaRole.Checkbox).TapAsync();
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Mettre en attente" }).First.TapAsync();
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync("snooze-375");
        await mail.LeaveDialogAsync();
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Libellé" }).First.TapAsync();
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync("labels-375");
    }

    /// <summary>Another program of the same person lets what is snoozed come back in a moment.</summary>
    private static async Task WakeSoonAsync(MailBrowser mail) => await mail.Page.EvaluateAsync("""
        async () => {
          const session = await (await fetch("/.well-known/jmap")).json();
          const accountId = session.primaryAccounts["urn:ietf:params:jmap:mail"];
          const call = async (method, args) => (await (await fetch(session.apiUrl, { method: "POST", headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ using: Object.keys(session.capabilities), methodCalls: [[method, { accountId, ...args }, "0"]] }) })).json()).methodResponses[0][1];
          let ids = [];
          // What is shown at once is on its way to the server.
          while (ids.length === 0) ids = (await call("Email/query", { filter: { isSnoozed: true } })).ids;
          const snoozedUntil = new Date(Date.now() + 2000).toISOString().replace(/\.\d+Z/, "Z");
          return await call("Email/set", { update: Object.fromEntries(ids.map((id) => [id, { snoozedUntil }])) });
        }
        """);
}
