using System.Net;
using Facteur.Sieve.Rules;
using Facteur.Storage;

namespace Facteur.Tests.Web;

/// <summary>« Filtres et adresses bloquées » and the scripts behind it, as browsers without scripts use them.</summary>
public sealed class FilterPageTests
{
    private const string Page = "/settings/filters", Scripts = "/settings/filters/scripts", Hostile = "\"><script>alert(1)</script>";

    [Fact]
    public async Task A_rule_is_made_changed_moved_switched_off_and_taken_away()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var answer = await SaveAsync(browser, "", "Factures " + Hostile, [("From", "contains", "shop@example.org\r\nbill@example.org", ""), ("Subject", "notContains", "pub", ""), ("Size", "over", "1.5", "")], [("Move", "Factures", ""), ("Star", "", "")], stops: true);
        Assert.Equal(Page + "?done=saved", answer.Location);
        var rule = Assert.Single((await RulesAsync(web)).Rules);
        Assert.Equal(["shop@example.org", "bill@example.org"], rule.Conditions[0].Values);
        Assert.Equal((RuleField.Subject, true, RuleField.Size, 1_572_864L), (rule.Conditions[1].Field, rule.Conditions[1].IsNegated, rule.Conditions[2].Field, rule.Conditions[2].Octets));
        Assert.Equal((true, RuleStanding.Running), (rule.Stops, (await RulesAsync(web)).Standing));
        var shown = (await browser.GetAsync(Page)).Body;
        Assert.DoesNotContain("<script>alert", shown);
        Assert.Contains("move to the label Factures", shown);

        Assert.Equal(Page + "?done=saved", (await SaveAsync(browser, "", "Tout lire", [], [("MarkRead", "", "")])).Location);
        var second = (await RulesAsync(web)).Rules[1];
        await browser.SubmitAsync(Page, Page + "?handler=Move", ("id", second.Id), ("place", "1"));
        Assert.Equal(second.Id, (await RulesAsync(web)).Rules[0].Id);
        await browser.SubmitAsync(Page, Page + "?handler=Switch", ("id", second.Id), ("on", "no"));
        Assert.False((await RulesAsync(web)).Find(second.Id)!.IsOn);

        // The form of a rule says it again as it is.
        var form = await browser.GetAsync($"{Page}?edit={rule.Id}");
        Assert.Contains("shop@example.org\nbill@example.org</textarea>", WebUtility.HtmlDecode(form.Body));
        await SaveAsync(browser, rule.Id, "Factures", [("DeliveredTo", "is", "moi@demo.test", ""), ("Header", "exists", "", "X-Shop")], [("Archive", "", "")]);
        Assert.Equal(("Factures", "X-Shop"), ((await RulesAsync(web)).Find(rule.Id)!.Name, (await RulesAsync(web)).Find(rule.Id)!.Conditions[1].Header));
        await browser.SubmitAsync(Page, Page + "?handler=Remove", ("id", rule.Id));
        Assert.Null((await RulesAsync(web)).Find(rule.Id));
    }

    [Fact]
    public async Task A_rule_that_cannot_be_is_shown_again_with_why()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        foreach (var (action, target, why) in new[]
        {
            ("Forward", "stranger@elsewhere.test", "nobody has agreed yet"), ("Move", "", "Action 1 lacks something"), ("Flag", "bad keyword", "Action 1 lacks something"), ("Reply", "", "Action 1 lacks something"),
            ("", "", "Choose what the rule does"),
        })
        {
            var answer = await SaveAsync(browser, "", "Essai", [("From", "contains", "a@b.test", "")], [(action, target, "")]);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains(why, WebUtility.HtmlDecode(answer.Body));
            Assert.Contains("a@b.test</textarea>", answer.Body);
        }
        Assert.Empty((await RulesAsync(web)).Rules);
    }

    [Fact]
    public async Task More_rows_keep_what_is_written()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var answer = await browser.SubmitAsync(Page, Page + "?handler=More", ("name", "Essai"), ("field", "Subject"), ("comparison", "is"), ("value", "facture"), ("header", ""), ("action", "Star"), ("target", ""), ("text", ""));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(3, System.Text.RegularExpressions.Regex.Count(answer.Body, "name=\"comparison\""));
        Assert.Contains("facture</textarea>", answer.Body);
    }

    [Fact]
    public async Task Senders_are_blocked_and_let_in_again()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await browser.SubmitAsync(Page, Page + "?handler=Block", ("sender", "spam@example.org"));
        await browser.SubmitAsync(Page, Page + "?handler=Block", ("sender", "@Example.NET"));
        var body = (await browser.GetAsync(Page)).Body;
        Assert.Contains("spam@example.org", body);
        Assert.Contains("@example.net", body);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync(Page, Page + "?handler=Block", ("sender", Hostile))).Status);
        await browser.SubmitAsync(Page, Page + "?handler=Unblock", ("sender", "spam@example.org"));
        Assert.DoesNotContain("spam@example.org", (await browser.GetAsync(Page)).Body);
    }

    [Fact]
    public async Task A_script_is_kept_when_it_is_right_and_its_mistakes_have_a_place()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var wrong = await browser.SubmitAsync(Scripts, Scripts + "?handler=Save", ("name", "Essai"), ("content", "require \"fileinto\";\r\n  fileinto;\r\n# " + Hostile));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Matches("Line 2, column \\d+:", wrong.Body);
        Assert.DoesNotContain("<script>alert", wrong.Body);
        var right = await browser.SubmitAsync(Scripts, Scripts + "?handler=Save", ("name", "Essai"), ("content", "# " + new string('x', 100_000) + "\r\nkeep;\r\n"), ("activate", "yes"));
        Assert.EndsWith("&done=saved", right.Location);
        var folder = await web.Services.Delivery!.Sieve.Scripts.ListAsync(SettingScope.Of(web.Moi.Id), default);
        Assert.Equal("Essai", folder.Active?.Name);
        var refused = await browser.SubmitAsync(Scripts, Scripts + "?handler=Remove", ("id", $"{folder.Active!.Id}"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        await browser.SubmitAsync(Scripts, Scripts + "?handler=Deactivate");
        await browser.SubmitAsync(Scripts, Scripts + "?handler=Remove", ("id", $"{folder.Active.Id}"));
        Assert.Empty((await web.Services.Delivery.Sieve.Scripts.ListAsync(SettingScope.Of(web.Moi.Id), default)).Scripts);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitAsync(Scripts, Scripts + "?handler=Save", ("name", "Essai"), ("content", new string('x', 900_000)))).Status);
    }

    private static ValueTask<RuleSet> RulesAsync(WebFixture web) => web.Services.Delivery!.Sieve.Rules.ReadAsync(web.Moi.Id, default);

    private static Task<WebAnswer> SaveAsync(WebBrowser browser, string id, string name, (string Field, string Comparison, string Value, string Header)[] conditions, (string Action, string Target, string Text)[] actions, bool stops = false) =>
        browser.SubmitAsync(Page, Page + "?handler=Save",
        [
            ("id", id), ("name", name), ("match", "all"), ("on", "yes"), ("order", "10"), ("stops", stops ? "yes" : ""),
            .. conditions.SelectMany(one => new[] { ("field", one.Field), ("comparison", one.Comparison), ("value", one.Value), ("header", one.Header) }),
            ("field", "From"), ("comparison", "contains"), ("value", ""), ("header", ""),
            .. actions.SelectMany(one => new[] { ("action", one.Action), ("target", one.Target), ("text", one.Text) }), ("action", ""), ("target", ""), ("text", ""),
        ]);
}
