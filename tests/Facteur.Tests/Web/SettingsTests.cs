using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Web;

/// <summary>The settings pages, as browsers without scripts use them.</summary>
public sealed class SettingsTests
{
    private const string Hostile = "\"><script>alert(1)</script><b>&amp;";

    [Fact]
    public async Task General_and_appearance_are_what_the_webmail_reads_and_the_language_is_the_account_s()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await browser.SubmitAsync("/settings/general", null, ("language", "fr"), ("page-size", "100"), ("undo", "30"), ("shortcuts", "off"));
        await browser.SubmitAsync("/settings/appearance", null, ("theme", "dark"), ("density", "compact"), ("pane", "right"));
        Assert.Equal(new WebmailSetting(30, 100, "compact", "dark", "right", false), await web.Services.Webmail.ReadAsync(web.Moi.Id, default));
        Assert.Contains("<h1>G&#xE9;n&#xE9;ral</h1>", (await browser.GetAsync("/settings/general")).Body);
        await browser.SubmitAsync("/settings/general", null, ("language", ""), ("shortcuts", "on"));
        Assert.Contains("<h1>General</h1>", (await browser.GetAsync("/settings/general")).Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync("/settings/appearance", null, ("theme", Hostile), ("density", "compact"), ("pane", "right"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync("/settings/general", null, ("language", "xx"))).Status);
    }

    [Fact]
    public async Task The_inbox_and_what_is_kept_offline_are_chosen_without_scripts()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        Assert.Equal("/settings/general", (await browser.GetAsync("/settings")).Location);
        Assert.Equal("/settings/inbox?done=saved", (await browser.SubmitAsync("/settings/inbox", null, ("order", "unread"), ("conversations", "off"))).Location);
        Assert.Equal("/settings/offline?done=saved", (await browser.SubmitAsync("/settings/offline", null, ("days", "7"))).Location);
        Assert.Equal(new WebmailSetting { Order = "unread", Conversations = false, Preview = false, OfflineDays = 7 }, await web.Services.Webmail.ReadAsync(web.Moi.Id, default));
        await browser.SubmitAsync("/settings/inbox", null, ("order", "newest"), ("conversations", "on"), ("preview", "yes"));
        Assert.Equal(new WebmailSetting { OfflineDays = 7 }, await web.Services.Webmail.ReadAsync(web.Moi.Id, default));
        foreach (var (page, field, value) in new[] { ("/settings/inbox", "order", Hostile), ("/settings/inbox", "order", ""), ("/settings/offline", "days", "31"), ("/settings/offline", "days", Hostile) })
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(page, null, (field, value))).Status);
        Assert.Equal(new WebmailSetting { OfflineDays = 7 }, await web.Services.Webmail.ReadAsync(web.Moi.Id, default));
    }

    [Fact]
    public async Task Pages_and_webmail_look_as_the_account_wants_from_the_first_drawing()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await web.Services.Webmail.WriteAsync(
            web.Moi.Id, new WebmailSetting(Density: "compact", Theme: "dark", ReadingPane: "right", ImagesAllowedFrom: ["o'brien@x.test"], Preview: false, Keys: new Dictionary<string, IReadOnlyList<string>> { ["archive"] = ["\"", "<"] }), default);
        Assert.Contains("data-theme=\"dark\">", (await browser.GetAsync("/settings/general")).Body);
        var page = (await browser.GetAsync("/mail")).Body;
        Assert.Contains("data-theme=\"dark\" data-density=\"compact\" data-pane=\"right\" data-preview=\"off\"", page);
        using var brought = System.Text.Json.JsonDocument.Parse(WebUtility.HtmlDecode(Regex.Match(page, "data-settings=\"([^\"]*)\"").Groups[1].Value));
        Assert.Equal(("dark", "o'brien@x.test", "\""), (brought.RootElement.GetProperty("theme").GetString(), brought.RootElement.GetProperty("imagesAllowedFrom")[0].GetString(), brought.RootElement.GetProperty("keys").GetProperty("archive")[0].GetString()));
    }

    [Fact]
    public async Task A_vacation_counts_its_last_day_whole_and_is_kept_when_it_is_off()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Page = "/settings/vacation";
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, null, ("vacation", "on"), ("days", "7"), ("text", ""))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, null, ("vacation", "on"), ("days", "7"), ("text", "x"), ("from", "2026-12-24"), ("until", "2026-12-01"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, null, ("vacation", "on"), ("days", "0"), ("text", "x"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, null, ("vacation", "on"), ("days", "7"), ("text", "x"), ("from", "someday"))).Status);
        var done = await browser.SubmitAsync(Page, null, ("vacation", "on"), ("days", "3"), ("subject", "Absent"), ("text", "Je suis\r\nabsent " + Hostile), ("html", "<p>Absent</p>"), ("from", "2026-12-24"), ("until", "2026-12-31"));
        Assert.Equal(Page + "?done=saved", done.Location);
        var setting = (await web.Services.Settings.VacationAsync(web.Moi.Id, default))!;
        Assert.Equal((3, "Absent", "Je suis\nabsent " + Hostile, "<p>Absent</p>", false), (setting.Days, setting.Subject, setting.Text, setting.Html, setting.IsOff));
        Assert.Equal(TimeSpan.FromDays(8), setting.Until - setting.From);
        var shown = await browser.GetAsync(Page);
        Assert.Equal(("2026-12-24", "2026-12-31"), (shown.Field("from"), shown.Field("until")));
        Assert.DoesNotContain("<script>alert", shown.Body);
        await browser.SubmitAsync(Page, null, ("vacation", "off"), ("days", "3"), ("text", "Je suis absent"));
        Assert.True((await web.Services.Settings.VacationAsync(web.Moi.Id, default))!.IsOff);
    }

    [Fact]
    public async Task Labels_are_made_renamed_coloured_and_taken_away_and_those_of_others_are_not_there()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Page = "/settings/labels";
        Assert.Equal(Page + "?done=made", (await browser.SubmitAsync(Page, Page + "?handler=Add", ("name", Hostile.Replace("/", "", StringComparison.Ordinal)), ("colored", "yes"), ("color", "#AABBCC"))).Location);
        Assert.DoesNotContain("<script>alert", (await browser.GetAsync(Page)).Body);
        var made = (await web.Store.ListMailboxesAsync(web.Moi.Id, default)).Single(one => one.Color == "#aabbcc");
        Assert.True(made.Subscribed);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, Page + "?handler=Add", ("name", "inbox"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, Page + "?handler=Add", ("name", "../../other"))).Status);
        await browser.SubmitAsync(Page, Page + "?handler=Save", ("id", $"{made.Id.Value}"), ("name", "Famille/Voyages"));
        var renamed = (await web.Store.FindMailboxAsync(web.Moi.Id, "Famille/Voyages", default))!;
        Assert.Equal((made.Id, "", false), (renamed.Id, renamed.Color, renamed.Subscribed));

        await DeliverAsync(web, renamed.Id, 3);
        await browser.SubmitAsync(Page, Page + "?handler=Remove", ("id", $"{renamed.Id.Value}"));
        Assert.Null(await web.Store.FindMailboxAsync(web.Moi.Id, "Famille/Voyages", default));
        Assert.Equal(3, (await web.Store.ListMailboxesAsync(web.Moi.Id, default)).Single(one => one.Role == MailboxRole.Archive).Messages);

        // Mailboxes with a purpose stay; those of another account are not there.
        var ami = await web.Services.Accounts.GetAccountAsync("ami@demo.test", default);
        var theirs = await web.Store.CreateMailboxAsync(ami.Id, "Secret", MailboxRole.None, default);
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!;
        foreach (var id in new[] { theirs.Id, inbox.Id })
            foreach (var handler in new[] { "Remove", "RemoveAll", "Save" })
                await browser.SubmitAsync(Page, $"{Page}?handler={handler}", ("id", $"{id.Value}"), ("name", "Mine"));
        Assert.NotNull(await web.Store.FindMailboxAsync(ami.Id, "Secret", default));
        Assert.NotNull(await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default));
        Assert.Null(await web.Store.FindMailboxAsync(web.Moi.Id, "Mine", default));
    }

    [Fact]
    public async Task Identities_are_of_own_addresses_and_signatures_are_text()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Page = "/settings/accounts";
        await web.Services.Accounts.AddAddressAsync("moi@demo.test", "contact@demo.test", null, default);
        Assert.Equal(Page + "?done=saved", (await browser.SubmitAsync(Page, Page + "?handler=Save", ("id", "0"), ("name", "Moi " + Hostile), ("address", "moi@demo.test"), ("signature", "Moi\r\n" + Hostile))).Location);
        Assert.Equal(Page + "?done=saved", (await browser.SubmitAsync(Page, Page + "?handler=Add", ("name", "Contact"), ("address", "contact@demo.test"), ("reply-to", "moi@demo.test"))).Location);
        var identities = await web.Services.Accounts.ListIdentitiesAsync("moi@demo.test", default);
        Assert.Equal(["Moi " + Hostile, "Contact"], identities.Select(one => one.Name));
        Assert.Equal("Moi\n" + Hostile, identities[0].SignatureText);
        Assert.DoesNotContain("<script>alert", (await browser.GetAsync(Page)).Body);
        var refused = await browser.SubmitAsync(Page, Page + "?handler=Add", ("name", "Ami"), ("address", "ami@demo.test"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("You may not write under this address", refused.Body);
        await browser.SubmitAsync(Page, Page + "?handler=Default", ("id", $"{identities[1].Id}"));
        await browser.SubmitAsync(Page, Page + "?handler=Remove", ("id", $"{identities[0].Id}"));
        Assert.Equal(("Contact", true), (await web.Services.Accounts.ListIdentitiesAsync("moi@demo.test", default)).Select(one => (one.Name, one.IsDefault)).Single());
    }

    [Fact]
    public async Task Disposable_addresses_are_made_switched_off_and_dropped_by_their_owner_alone()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Page = "/settings/accounts";
        Assert.Equal(Page + "?done=disposable", (await browser.SubmitAsync(Page, Page + "?handler=Disposable", ("label", Hostile))).Location);
        var mine = Assert.Single(await web.Services.Accounts.ListDisposablesAsync("moi@demo.test", default)).Address;
        Assert.Equal(Hostile, mine.Label);
        var body = (await browser.GetAsync(Page)).Body;
        Assert.Contains(mine.Address, body);
        Assert.DoesNotContain("<script>alert", body);
        await browser.SubmitAsync(Page, Page + "?handler=Switch", ("address", mine.Address), ("on", "no"));
        Assert.False((await web.Store.Directory.FindAddressAsync(mine.Address, default))!.Enabled);
        var theirs = await web.Services.Accounts.AddDisposableAsync("ami@demo.test", null, "theirs", default);
        foreach (var handler in new[] { "Switch", "Drop" })
            foreach (var address in new[] { theirs.Address, "ami@demo.test", "moi@demo.test" })
                await browser.SubmitAsync(Page, $"{Page}?handler={handler}", ("address", address), ("on", "no"));
        Assert.True((await web.Store.Directory.FindAddressAsync(theirs.Address, default))!.Enabled);
        Assert.True((await web.Store.Directory.FindAddressAsync("moi@demo.test", default))!.Enabled);
        await browser.SubmitAsync(Page, Page + "?handler=Drop", ("address", mine.Address));
        Assert.Empty(await web.Services.Accounts.ListDisposablesAsync("moi@demo.test", default));
    }

    [Fact]
    public async Task Who_wants_to_hear_of_logins_gets_a_mail()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await browser.SubmitAsync("/settings/notifications", null, ("network", "yes"));
        Assert.Equal(new AlertSetting(NewNetwork: true), await web.Services.Accounts.GetAlertsAsync(web.Moi.Id, default));
        var row = new LoginHistoryRow(1, web.Moi.Id, web.Clock.GetUtcNow(), web.Clock.GetUtcNow(), 1, "imap", "203.0.113.9", "Thunderbird", "app-password: phone", "ok");
        await web.Services.Alerts!.SendAsync(new LoginAlert(web.Moi.Id, LoginAlertKind.NewNetwork, row), default);
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!;
        Assert.Equal(1, inbox.Messages);
        await using var reader = web.Store.ReadEmails(inbox.Id, [UidRange.All], EmailFields.Preview);
        Assert.True(await reader.ReadAsync(default));
        Assert.Contains("a network that no login came from before", reader.Preview);
    }

    [Fact]
    public async Task Every_page_needs_a_session_and_every_change_a_form_of_ours()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        foreach (var (page, handlers) in new[]
        {
            ("/settings/data", new[] { "Export", "Restore" }), ("/settings/filters", ["Save", "More", "Remove", "Switch", "Move", "Start", "Stop", "Block", "Unblock"]), ("/settings/filters/scripts", ["Save", "Activate", "Deactivate", "Remove"]), ("/settings/general", [""]), ("/settings/inbox", [""]), ("/settings/offline", [""]), ("/settings/appearance", [""]), ("/settings/vacation", [""]), ("/settings/notifications", [""]), ("/settings/labels", ["Add", "Save", "Remove", "RemoveAll"]), ("/settings/contacts", ["Save", "Remove", "Export"]),
            ("/settings/accounts", ["Add", "Save", "Default", "Remove", "Disposable", "Switch", "Drop"]), ("/settings/forwarding-pop-imap", ["", "Add", "Resend", "Confirm", "Remove"]), ("/settings/forwarding-pop-imap/test", [""]),
        })
        {
            Assert.StartsWith("/signin?next=", (await web.Browse().GetAsync(page)).Location);
            foreach (var handler in handlers)
            {
                var target = handler.Length == 0 ? page : $"{page}?handler={handler}";
                Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(target, [("address", "a@b.test")])).Status);
                Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(target, [("form", (await web.Browse().GetAsync("/signin")).Field("form"))])).Status);
            }
        }
    }

    [Fact]
    public async Task Every_page_is_whole_in_both_languages()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        foreach (var language in new[] { "en", "fr" })
            foreach (var (path, _) in Facteur.Web.Pages.WebPage.Menu.Concat(Facteur.Web.Pages.WebPage.SecurityMenu).Append(("/settings/filters/scripts", "")))
            {
                var answer = await browser.GetAsync(path, ("Accept-Language", language));
                Assert.Equal(HttpStatusCode.OK, answer.Status);
                Assert.Contains($"<html lang=\"{language}\" data-theme=\"auto\">", answer.Body);
                Assert.Contains("aria-current=\"page\"", answer.Body);
                Assert.DoesNotMatch(@"\{\d\}", answer.Body);
                var ids = Regex.Matches(answer.Body, " id=\"([^\"]+)\"").Select(one => one.Groups[1].Value).ToList();
                Assert.Equal(ids.Distinct(), ids);
                // Every field is named for who cannot see the page.
                foreach (var field in Regex.Matches(answer.Body, "<(?:input|select|textarea)(?![^>]*type=\"(?:hidden|radio|checkbox)\")[^>]*>").Select(one => one.Value))
                    Assert.True(field.Contains("aria-label=", StringComparison.Ordinal) || (Regex.Match(field, "id=\"([^\"]+)\"") is { Success: true } id && answer.Body.Contains($"for=\"{id.Groups[1].Value}\"", StringComparison.Ordinal)), $"{path}: {field}");
            }
    }

    private static async Task DeliverAsync(WebFixture web, MailboxId mailbox, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await using var intake = web.Store.BeginMessage(null);
            await intake.WriteAsync(Encoding.ASCII.GetBytes($"From: a@x.test\r\nSubject: {i}\r\n\r\nbody {i}\r\n"), default);
            await intake.CompleteAsync(default);
            await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(mailbox, FlagSet.Empty, web.Clock.GetUtcNow())])], default);
        }
    }
}
