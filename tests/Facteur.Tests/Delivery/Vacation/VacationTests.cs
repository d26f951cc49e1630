using System.Text;
using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Vacation;
using Facteur.Mail;
using Facteur.Tests.Delivery.Recipients;

namespace Facteur.Tests.Delivery.Vacation;

public sealed class VacationTests
{
    private const string Personal = "From: Marie <marie@example.net>\nTo: Claire <claire@exemple.fr>\nSubject: =?utf-8?Q?D=C3=A9jeuner_=3F?=\nMessage-ID: <m1@example.net>\nReferences: <m0@example.net>\n";

    [Theory]
    [InlineData("", VacationDecision.Reply)]
    [InlineData("Auto-Submitted: no\n", VacationDecision.Reply)]
    [InlineData("Auto-Submitted: auto-generated (cron)\n", VacationDecision.Automatic)]
    [InlineData("AUTO-SUBMITTED: Auto-Replied; x=y\n", VacationDecision.Automatic)]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", VacationDecision.Automatic)]
    [InlineData("X-Auto-Response-Suppress: DR, OOF\n", VacationDecision.Automatic)]
    [InlineData("X-Auto-Response-Suppress: DR, RN\n", VacationDecision.Reply)]
    [InlineData("List-Id: <news.example.net>\n", VacationDecision.List)]
    [InlineData("List-Unsubscribe: <mailto:x@example.net>\n", VacationDecision.List)]
    [InlineData("Precedence: Bulk\n", VacationDecision.List)]
    [InlineData("Precedence: first-class\n", VacationDecision.Reply)]
    public void The_header_tells_persons_from_machines_and_lists(string field, VacationDecision decision) => Assert.Equal(decision, Decide(Personal + field));

    [Theory]
    [InlineData("", VacationDecision.NullSender)]
    [InlineData("MAILER-DAEMON@example.net", VacationDecision.SystemSender)]
    [InlineData("owner-news@example.net", VacationDecision.SystemSender)]
    [InlineData("news-request@example.net", VacationDecision.SystemSender)]
    [InlineData("no-reply@example.net", VacationDecision.SystemSender)]
    [InlineData("bounces+123@example.net", VacationDecision.SystemSender)]
    [InlineData("not an address", VacationDecision.SystemSender)]
    [InlineData("postmaster@example.net", VacationDecision.Reply)]
    [InlineData("SRS0=abcd=TT=example.org=jean@example.net", VacationDecision.Reply)]
    public void The_sender_tells_too(string sender, VacationDecision decision) => Assert.Equal(decision, Decide(Personal, sender));

    [Fact]
    public void Absences_begin_and_end()
    {
        var now = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
        var setting = new VacationSetting("", "away", now, now.AddDays(14));
        Assert.Equal(VacationDecision.NotNow, At(now.AddTicks(-1)));
        Assert.Equal(VacationDecision.Reply, At(now));
        Assert.Equal(VacationDecision.Reply, At(now.AddDays(14).AddTicks(-1)));
        Assert.Equal(VacationDecision.NotNow, At(now.AddDays(14)));

        VacationDecision At(DateTimeOffset at) => VacationRules.Decide(setting, Read(Personal), "marie@example.net", "claire@exemple.fr", false, false, false, at);
    }

    [Fact]
    public async Task A_reply_goes_once_in_the_days_that_are_set()
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.SetVacationAsync("claire@exemple.fr", new("", "Je suis absente.\nClaire", Days: 3), default);
        await site.Administration.SetAccountLocaleAsync("claire@exemple.fr", "fr", default);
        var reply = await ReplyAsync(site, Personal);
        Assert.NotNull(reply);
        Assert.Equal(("marie@example.net", "Réponse automatique : Déjeuner ?", false), (reply.To, reply.Subject, reply.NeedsSmtpUtf8));
        var text = Encoding.UTF8.GetString(reply.Content.Span);
        Assert.Contains("From: claire <claire@exemple.fr>\r\nTo: marie@example.net\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied\r\n", text, StringComparison.Ordinal);
        Assert.Contains("In-Reply-To: <m1@example.net>\r\nReferences: <m0@example.net> <m1@example.net>\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("Je suis absente.\r\nClaire\r\n", text, StringComparison.Ordinal);
        Assert.Null(await ReplyAsync(site, Personal, "Marie@Example.net"));
        Assert.NotNull(await ReplyAsync(site, Personal, "paul@example.net"));
        await site.Administration.SetVacationAsync("claire@exemple.fr", new("", "Je reste absente."), default);
        Assert.NotNull(await ReplyAsync(site, Personal));
        await site.Administration.SetVacationAsync("claire@exemple.fr", null, default);
        Assert.Null(await ReplyAsync(site, Personal, "lise@example.net"));
    }

    [Fact]
    public async Task Html_stands_beside_its_text_and_words_that_were_left_to_us_are_ours()
    {
        await using var site = await RouterFixture.CreateAsync();
        var settings = new VacationSettings(new AccountSettings(site.Store.Settings));
        var claire = (await site.Administration.GetAccountAsync("claire@exemple.fr", default)).Id;
        await settings.WriteAsync(claire, new("Away", "") { Html = "<div>I am <b>away</b>.</div>\n<div>Claire</div>" }, default);
        var both = Encoding.UTF8.GetString((await ReplyAsync(site, Personal))!.Content.Span);
        Assert.Contains("multipart/alternative", both, StringComparison.Ordinal);
        Assert.Contains("I am away.\r\nClaire", both, StringComparison.Ordinal);
        Assert.Contains("<b>away</b>", both, StringComparison.Ordinal);
        await settings.WriteAsync(claire, new("", ""), default);
        await site.Administration.SetAccountLocaleAsync("claire@exemple.fr", "en", default);
        Assert.Contains("I am away and may read your message only later.", Encoding.UTF8.GetString((await ReplyAsync(site, Personal))!.Content.Span), StringComparison.Ordinal);
        await settings.WriteAsync(claire, new("", "kept") { IsOff = true }, default);
        Assert.Null(await ReplyAsync(site, Personal));
    }

    [Theory]
    [InlineData("To: claire+x@exemple.fr\n", true)]
    [InlineData("Cc: x@example.net, \"C\" <CLAIRE@exemple.fr>\n", true)]
    [InlineData("To: seule@exemple.fr\n", true)]
    [InlineData("To: equipe@exemple.fr\n", false)]
    [InlineData("To: jean@exemple.fr\n", false)]
    [InlineData("To: undisclosed-recipients:;\n", false)]
    [InlineData("", false)]
    public async Task Only_what_is_addressed_to_the_account_is_replied_to(string header, bool isReplied)
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.AddAliasAsync("equipe@exemple.fr", ["claire@exemple.fr", "jean@exemple.fr"], null, default);
        await site.Administration.AddAliasAsync("seule@exemple.fr", ["claire@exemple.fr"], null, default);
        await site.Administration.SetVacationAsync("claire@exemple.fr", new("Away", "I am away."), default);
        Assert.Equal(isReplied, await ReplyAsync(site, header) is not null);
    }

    [Fact]
    public async Task Junk_and_ones_own_mail_have_no_reply()
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.SetVacationAsync("claire@exemple.fr", new("Away", "I am away."), default);
        Assert.Null(await ReplyAsync(site, Personal, "claire+moi@exemple.fr"));
        Assert.Null(await ReplyAsync(site, Personal, isJunk: true));
        Assert.NotNull(await ReplyAsync(site, Personal));
    }

    [Fact]
    public async Task Nothing_in_a_message_adds_fields_to_its_reply()
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.SetVacationAsync("claire@exemple.fr", new("", "away\r\n.\r\nBcc: x@example.org"), default);
        var reply = await ReplyAsync(site, "To: claire@exemple.fr\nSubject: =?utf-8?Q?x=0D=0ABcc:_v@example.org=E2=80=A8Cc:_w@example.org?=\nMessage-ID: <a b\u0001@c>\n");
        var header = Encoding.UTF8.GetString(reply!.Content.Span).Split("\r\n\r\n")[0];
        Assert.DoesNotContain("\nBcc", header, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\nCc", header, StringComparison.OrdinalIgnoreCase);
    }

    private static VacationMessage Read(string header) => VacationMessage.Read(Encoding.UTF8.GetBytes(header.ReplaceLineEndings("\r\n")));

    private static VacationDecision Decide(string header, string sender = "marie@example.net") =>
        VacationRules.Decide(new VacationSetting("", "away"), Read(header), sender, "claire@exemple.fr", false, false, false, DateTimeOffset.UnixEpoch);

    private static async Task<AutomaticReply?> ReplyAsync(RouterFixture site, string header, string sender = "marie@example.net", bool isJunk = false)
    {
        var responder = new VacationResponder(site.Directory, new AccountSettings(site.Store.Settings), site.Store.State, new DeliveryOptions { HostName = "mail.exemple.fr" }, site.Time);
        return await responder.ReplyAsync(await site.AccountAsync("claire@exemple.fr"), sender, Encoding.UTF8.GetBytes(header.ReplaceLineEndings("\r\n")), isJunk, default);
    }
}
