using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Facteur.Web.Servers;

namespace Facteur.Tests.Web;

/// <summary>« Transfert et POP/IMAP », as browsers without scripts use it.</summary>
public sealed class ForwardingTests
{
    private const string Page = "/settings/forwarding-pop-imap";

    [Fact]
    public async Task A_forward_begins_with_a_code_and_goes_where_it_is_chosen()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        Assert.Equal(Page + "?done=asked", (await browser.SubmitAsync(Page, Page + "?handler=Add", ("address", "claire@elsewhere.test"))).Location);
        var (to, mail) = await SentAsync(web);
        Assert.Equal("claire@elsewhere.test", to);
        var code = Regex.Match(mail, @"^ {4}(\w{10})\r?$", RegexOptions.Multiline).Groups[1].Value;
        Assert.NotEmpty(code);
        Assert.Contains("waiting for its code", (await browser.GetAsync(Page)).Body);

        // Not chosen before it is confirmed, whatever a form says.
        var early = await browser.SubmitAsync(Page, Page, ("forward", "on"), ("forward-to", "claire@elsewhere.test"), ("forward-keep", "Archive"));
        Assert.Equal(HttpStatusCode.BadRequest, early.Status);
        var wrong = await browser.SubmitAsync(Page, Page + "?handler=Confirm", ("address", "claire@elsewhere.test"), ("code", "abcdefghjk"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal(Page + "?done=confirmed", (await browser.SubmitAsync(Page, Page + "?handler=Confirm", ("address", "claire@elsewhere.test"), ("code", code))).Location);
        var confirmed = (await web.Services.Settings.ForwardAsync(web.Moi.Id, default))!.Targets[0];
        Assert.Equal((true, false), (confirmed.IsConfirmed, confirmed.IsUsed));

        Assert.Equal(Page + "?done=saved", (await browser.SubmitAsync(Page, Page, ("forward", "on"), ("forward-to", "claire@elsewhere.test"), ("forward-keep", "Archive"))).Location);
        var setting = (await web.Services.Settings.ForwardAsync(web.Moi.Id, default))!;
        Assert.Equal((true, ForwardKeep.Archive), (setting.Targets[0].IsUsed, setting.Keep));
        await browser.SubmitAsync(Page, Page, ("forward", "off"));
        Assert.False((await web.Services.Settings.ForwardAsync(web.Moi.Id, default))!.Targets[0].IsUsed);
        await browser.SubmitAsync(Page, Page + "?handler=Remove", ("address", "claire@elsewhere.test"));
        Assert.Empty((await web.Services.Settings.ForwardAsync(web.Moi.Id, default))!.Targets);
    }

    [Fact]
    public async Task A_code_can_be_sent_again_and_not_for_ever()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        for (var i = 0; i < 10; i++) Assert.Equal(Page + "?done=asked", (await browser.SubmitAsync(Page, Page + "?handler=Resend", ("address", "claire@elsewhere.test"))).Location);
        var refused = await browser.SubmitAsync(Page, Page + "?handler=Resend", ("address", "claire@elsewhere.test"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("as many codes as a day allows", refused.Body);
    }

    [Fact]
    public async Task An_address_that_cannot_be_is_not_asked()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        foreach (var (address, why) in new[]
        {
            ("nobody@demo.test", "There is no such address on this server."), ("moi@demo.test", "an address of this account itself"), ("<script>alert(1)</script>", "not a whole address"),
            ("a@b\r\nBcc: c@d.test", "not a whole address"),
        })
        {
            var answer = await browser.SubmitAsync(Page, Page + "?handler=Add", ("address", address));
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains(why, answer.Body);
            Assert.DoesNotContain("<script>alert", answer.Body);
        }
        Assert.Empty(await web.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
    }

    [Fact]
    public async Task POP_is_for_all_mail_from_now_on_or_off()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await web.Store.CreateMailboxAsync(web.Moi.Id, "Factures", MailboxRole.None, default);
        Assert.Equal(Page + "?done=saved", (await browser.SubmitAsync(Page, Page, ("pop", "now"), ("pop-after", "MarkRead"), ("pop-days", "14"), ("pop-folder", "Factures"))).Location);
        var first = await web.Services.Settings.PopAsync(web.Moi, default);
        Assert.Equal((PopScope.FromNow, PopAfterDownload.MarkRead, 14), (first.Scope, first.AfterDownload, first.DeleteAfterDays));
        Assert.Equal(["Factures"], first.Folders!);
        Assert.Contains("POP is on for mail that has come since", (await browser.GetAsync(Page)).Body);

        // What is kept does not move the mark; what is chosen anew does.
        web.Clock.Advance(TimeSpan.FromMinutes(5));
        await browser.SubmitAsync(Page, Page, ("pop", "keep"), ("pop-after", "Keep"), ("pop-days", ""));
        var second = await web.Services.Settings.PopAsync(web.Moi, default);
        Assert.Equal((first.Since, PopAfterDownload.Keep, (int?)null, 0), (second.Since, second.AfterDownload, second.DeleteAfterDays, second.Folders?.Count ?? 0));
        await browser.SubmitAsync(Page, Page, ("pop", "now"));
        Assert.True((await web.Services.Settings.PopAsync(web.Moi, default)).Since > first.Since);
        await browser.SubmitAsync(Page, Page, ("pop", "off"));
        Assert.Equal(PopScope.Off, (await web.Services.Settings.PopAsync(web.Moi, default)).Scope);
        var refused = await browser.SubmitAsync(Page, Page, ("pop", "all"), ("pop-days", "99999"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(PopScope.Off, (await web.Services.Settings.PopAsync(web.Moi, default)).Scope);
    }

    [Fact]
    public async Task IMAP_is_switched_off_and_marks_may_remove()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await browser.SubmitAsync(Page, Page, ("imap", "off"), ("imap-expunge", "now"));
        Assert.Equal(new ImapSetting(true, true), await web.Services.Settings.ImapAsync(web.Moi.Id, default));
        Assert.Contains("You have switched this off above.", (await browser.GetAsync(Page)).Body);
        await browser.SubmitAsync(Page, Page, ("imap", "on"), ("imap-expunge", "wait"));
        Assert.Equal(new ImapSetting(), await web.Services.Settings.ImapAsync(web.Moi.Id, default));
    }

    [Fact]
    public async Task Programs_see_so_many_messages_of_a_folder_or_all()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await browser.SubmitAsync(Page, Page, ("imap", "on"), ("imap-limit", "2000"));
        Assert.Equal(new ImapSetting(MaxMessages: 2_000), await web.Services.Settings.ImapAsync(web.Moi.Id, default));
        Assert.Matches("<option value=\"2000\" selected=\"selected\">", (await browser.GetAsync(Page)).Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, Page, ("imap", "on"), ("imap-limit", "5"))).Status);
        await browser.SubmitAsync(Page, Page, ("imap", "on"));
        Assert.Equal(2_000, (await web.Services.Settings.ImapAsync(web.Moi.Id, default)).MaxMessages);
        await browser.SubmitAsync(Page, Page, ("imap", "on"), ("imap-limit", "0"));
        Assert.Equal(new ImapSetting(), await web.Services.Settings.ImapAsync(web.Moi.Id, default));
    }

    [Fact]
    public async Task The_profile_for_Apple_s_devices_has_servers_and_name_and_no_password()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Profile = Page + "?handler=Apple";
        var answer = await browser.GetAsync(Profile);
        Assert.Equal("application/x-apple-aspen-config", answer.Header("Content-Type"));
        Assert.Contains("attachment; filename=facteur.mobileconfig", answer.Header("Content-Disposition"));
        var entries = XDocument.Parse(answer.Body[answer.Body.IndexOf("<plist", StringComparison.Ordinal)..]).Descendants("key").ToList();
        string? Value(string key) => entries.FirstOrDefault(one => one.Value == key)?.ElementsAfterSelf().First() is { } value ? value.IsEmpty ? value.Name.LocalName : value.Value : null;
        var servers = await ServerTable.OfAsync(web.Services, web.Moi, default);
        Assert.Equal(("EmailTypeIMAP", "moi@demo.test", "true"), (Value("EmailAccountType"), Value("IncomingMailServerUsername"), Value("IncomingMailServerUseSSL")));
        Assert.Equal($"{servers.Best(MailProtocol.Imap)!.Port} {servers.Best(MailProtocol.Submission)!.Port}", $"{Value("IncomingMailServerPortNumber")} {Value("OutgoingMailServerPortNumber")}");
        Assert.DoesNotContain(entries, one => one.Value is "IncomingPassword" or "OutgoingPassword");
        Assert.Equal(answer.Body, (await browser.GetAsync(Profile)).Body);
        foreach (var page in new[] { Page, Page + "/iphone", Page + "/apple-mail" }) Assert.Contains("handler=Apple", (await browser.GetAsync(page)).Body);
        Assert.StartsWith("/signin", (await web.Browse().GetAsync(Profile)).Location);
        // Without IMAP it is POP; without anything to fetch with there is none.
        await browser.SubmitAsync(Page, Page, ("imap", "off"), ("pop", "keep"));
        Assert.Contains("EmailTypePOP", (await browser.GetAsync(Profile)).Body);
        await browser.SubmitAsync(Page, Page, ("imap", "off"), ("pop", "off"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Profile)).Status);
        Assert.DoesNotContain("handler=Apple", (await browser.GetAsync(Page)).Body);
    }

    [Fact]
    public async Task What_an_administrator_switched_off_is_grey_with_the_policy_s_name_and_stays()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var document = """{"name": "Ventes <b>", "pop3": {"on": false}, "imap": {"appPassword": true}}""";
        await web.Store.Settings.SetAsync(SettingScope.Of(web.Moi.Domain), PolicyDocument.Setting, Encoding.UTF8.GetBytes(document), default);
        var body = WebUtility.HtmlDecode((await browser.GetAsync(Page, ("Accept-Language", "fr"))).Body).Replace('\u00a0', ' ').Replace('\u202f', ' ');
        Assert.Contains("Désactivé par votre administrateur (politique « Ventes <b> »)", body);
        Assert.Contains("Ventes &lt;b&gt;", (await browser.GetAsync(Page)).Body);
        Assert.Contains("Create an app password", (await browser.GetAsync(Page)).Body);
        Assert.Equal(Page + "?done=saved", (await browser.SubmitAsync(Page, Page, ("pop", "now"), ("pop-days", "3"))).Location);
        Assert.Equal(new PopSetting(), await web.Services.Settings.PopAsync(web.Moi, default));
    }

    [Fact]
    public async Task The_table_has_the_ports_that_are_open_and_each_program_its_steps()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var body = (await browser.GetAsync(Page)).Body;
        foreach (var port in new[] { "993", "143", "995", "110", "465", "587", "2525" }) Assert.Contains($"<code>{port}</code>", body);
        Assert.Contains("<code>mail.demo.test</code>", body);
        foreach (var language in new[] { "en", "fr" })
            foreach (var guide in ProgramGuide.All)
            {
                var page = (await browser.GetAsync($"{Page}/{guide.Name}", ("Accept-Language", language))).Body;
                Assert.Contains("port 993, SSL/TLS", page);
                Assert.Contains("mail.demo.test", page);
                Assert.Contains("moi@demo.test", page);
                Assert.DoesNotMatch(@"\{\d\}", page);
            }
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Page + "/%3Cscript%3E")).Status);
    }

    [Fact]
    public async Task A_test_without_listeners_says_what_does_not_answer()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var answer = await browser.SubmitAsync(Page, Page + "/test", ("password", WebFixture.Password));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("Something does not work.", answer.Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, Page + "/test", ("password", ""))).Status);
    }

    /// <summary>The one message that waits for another host.</summary>
    private static async Task<(string To, string Text)> SentAsync(WebFixture web)
    {
        var item = Assert.Single(await web.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        await using var body = (await web.Store.OpenBodyAsync(item.Message.Content, default))!;
        var octets = new byte[body.Length];
        for (var read = 0; read < octets.Length;) read += await body.ReadAsync(read, octets.AsMemory(read), default);
        return (item.Recipient.Address, Encoding.UTF8.GetString(octets));
    }
}
