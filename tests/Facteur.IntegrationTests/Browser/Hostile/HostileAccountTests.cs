using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>
/// Payloads in all that somebody can call by a name of his own, or a program of his: labels, identities and signatures, templates, rules, scripts, addresses, programs, files. Every screen that shows them
/// shows texts (S-15): the webmail with its pickers and suggestions, and all pages of the settings.
/// </summary>
public sealed class HostileAccountTests(WatchedWorld world)
{
    [Fact]
    public async Task No_name_is_taken_for_markup_in_the_webmail()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendManyAsync(3));
        var account = new HostileAccount(mail);
        mail.IsExpected = HostileChecks.IsSandbox;
        await account.FillAsync();
        await account.UseProgramsAsync();
        var page = mail.Page;
        await page.ReloadAsync();
        await mail.BegunAsync();
        await HostileChecks.ShowsTextsAsync(page, 15, "#sidebar");
        await LabelsAsync(mail);
        await SearchesAsync(mail, account);
        await HostileChecks.NothingRanAsync(mail, world);
    }

    [Fact]
    public async Task No_name_is_taken_for_markup_in_the_settings()
    {
        await using var mail = await MailBrowser.OpenAsync(world);
        var account = new HostileAccount(mail);
        mail.IsExpected = what => what.Contains("Failed to load resource", StringComparison.Ordinal);
        await account.FillAsync();
        await account.UseProgramsAsync();
        await account.UsePagesAsync();
        var page = mail.Page;
        foreach (var (path, least) in new[]
        {
            ("labels", 15), ("contacts", 30), ("accounts", 6), ("filters", 40), ("filters/scripts", 4), ("vacation", 2), ("forwarding-pop-imap", 15), ("security", 2), ("security/app-passwords", 2), ("security/passkeys", 1),
            ("security/programs", 1), ("data", 4),
        })
        {
            await page.GotoAsync($"{mail.Origin}/settings/{path}");
            await HostileChecks.ShowsTextsAsync(page, least);
        }
        await EditingAsync(mail, account);
        await HostileChecks.NothingRanAsync(mail, world);
    }

    /// <summary>Pickers, the palette, a label's own list, and addresses that somebody made up.</summary>
    private static async Task LabelsAsync(MailBrowser mail)
    {
        var page = mail.Page;
        await mail.PressAsync("j");
        foreach (var key in new[] { "l", "v", "Control+k" })
        {
            await mail.PressAsync(key);
            await page.Locator("dialog input").WaitForAsync();
            await page.Keyboard.TypeAsync("alert");
            await HostileChecks.ShowsTextsAsync(page, 3, "dialog");
            await mail.LeaveDialogAsync();
        }
        await page.Locator("#sidebar .place", new() { HasText = "onerror" }).First.ClickAsync();
        await mail.ListedAsync();
        await HostileChecks.PageIsCleanAsync(page);
    }

    private static async Task SearchesAsync(MailBrowser mail, HostileAccount account)
    {
        var page = mail.Page;
        for (var i = 0; i < 12; i++)
        {
            var text = Regex.Replace(account.Next(), @"[\s\p{Cc}]+", "_");
            await page.EvaluateAsync("([kind, text]) => { location.hash = `#/${kind}${encodeURIComponent(text)}`; }", new[] { i % 6 == 5 ? "m/" : "search/", text });
        }
        await page.GotoAsync(mail.Origin + "/mail#/search/" + Uri.EscapeDataString(account.Short() + " subject:" + account.Short() + " in:<svg> form:x"));
        await page.Locator(".chip").First.WaitForAsync();
        await HostileChecks.ShowsTextsAsync(page, 2, ".search");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create a filter" }).ClickAsync();
        await HostileChecks.ShowsTextsAsync(page, 1, "dialog");
        await mail.LeaveDialogAsync();
        // What was searched for before, and what completes the word.
        await mail.PressAsync("/", "Control+a");
        await page.Keyboard.TypeAsync("<img");
        await page.Locator(".search-row").First.WaitForAsync();
        await HostileChecks.ShowsTextsAsync(page, 1, ".search");
        await mail.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("in:");
        await page.Locator(".search-row", new() { HasText = "alert" }).First.WaitForAsync();
        await HostileChecks.ShowsTextsAsync(page, 1, ".search");
        await mail.PressAsync("Escape", "Escape");
        await page.GotoAsync(mail.Origin + "/mail#/inbox");
        await Assertions.Expect(mail.Row("Message 1")).ToBeVisibleAsync();
    }

    /// <summary>What is edited stands in fields; what is wrong is told with the words that are.</summary>
    private static async Task EditingAsync(MailBrowser mail, HostileAccount account)
    {
        var page = mail.Page;
        await page.GotoAsync(mail.Origin + "/settings/filters");
        await page.Locator("ol.entries a.button").First.ClickAsync();
        await HostileChecks.ShowsTextsAsync(page, 3, "#rule");
        await page.GotoAsync(mail.Origin + "/settings/contacts");
        await page.Locator(".entries a.button").First.ClickAsync();
        await HostileChecks.ShowsTextsAsync(page, 3, "#contact");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = $"{account.Short()}.vcf", MimeType = "text/vcard", Buffer = System.Text.Encoding.UTF8.GetBytes($"BEGIN:VCARD\nFN:{account.Short()}\nEND:VCARD\nBEGIN:VCARD\nFN:{account.Short()}\n") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await page.Locator("#import [role=status]").WaitForAsync();
        await HostileChecks.ShowsTextsAsync(page, 30);
        await page.GotoAsync(mail.Origin + "/settings/filters/scripts");
        await page.Locator(".entries a").First.ClickAsync();
        await HostileChecks.ShowsTextsAsync(page, 2, "#script");
        await page.Locator("#source").FillAsync($"fileinto \"{account.Short()}\";\n</textarea>{account.Short()}\nrequire \"<img src=x onerror=alert(200000)>\";");
        await page.Locator("#script button.primary").ClickAsync();
        await page.Locator("form .complaint").First.WaitForAsync();
        await HostileChecks.ShowsTextsAsync(page, 2, "#script");
        foreach (var path in new[] { "/nothing/" + Uri.EscapeDataString(account.Short()), "/signin?next=" + Uri.EscapeDataString("//evil.test/" + account.Short()), "/settings/labels?done=" + Uri.EscapeDataString(account.Short()), "/device?code=" + Uri.EscapeDataString("\">" + account.Short()) })
        {
            await page.GotoAsync(mail.Origin + path);
            await HostileChecks.PageIsCleanAsync(page);
        }
    }
}
