using System.Text;
using Facteur.Accounts;
using Facteur.Sieve;
using Facteur.Sieve.Rules;

namespace Facteur.Tests.Sieve.Rules;

/// <summary>The script of rules: what it carries, what it says of settings, what cannot be a rule.</summary>
public sealed class RuleScriptTests
{
    private static readonly MailRule rule = new("r1", "Bills") { Conditions = [new RuleCondition(RuleField.From, RuleComparison.Contains) { Values = ["shop"] }], Actions = [new RuleAction(RuleActionType.Move) { Mailbox = "Bills" }] };
    private static readonly RuleDocument document = new(1, [rule]);

    private static readonly RuleSettings settings = new()
    {
        Forward = new ForwardSetting([new ForwardTarget("far@example.org", true), new ForwardTarget("waiting@example.org", false), new ForwardTarget("rules@example.org", true) { IsOff = true }], ForwardKeep.Keep),
        Vacation = new VacationSetting("Away", "I am \"away\" ${until} \\ Monday.\nAnn", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(10), 4),
        Blocked = ["bad@example.org", "@worse.example"],
    };

    private static string Compose(RuleSettings? with = null, RuleDocument? of = null) => RuleScript.Compose(of ?? document, with ?? RuleSettings.None);

    private static RuleDocument? Read(string script) => RuleScript.Read(Encoding.UTF8.GetBytes(script));

    private static async Task<IReadOnlyList<SieveAction>> RunAsync(string script, string from, DateTimeOffset? now = null, bool isHere = false)
    {
        var compilation = SieveScript.Compile(Encoding.UTF8.GetBytes(script), SieveLimits.Default);
        Assert.True(compilation.Script is not null, string.Join('\n', compilation.Errors) + "\n" + script);
        var context = new SieveContext
        {
            Now = now ?? DateTimeOffset.UnixEpoch.AddDays(20), EnvelopeFrom = from, EnvelopeTo = "moi@demo.test",
            Environment = isHere ? new Dictionary<string, string> { [RuleScript.SettingsItem] = RuleScript.SettingsDone } : new Dictionary<string, string>(),
        };
        var result = await compilation.Script!.RunAsync(SieveMessage.Parse(Encoding.UTF8.GetBytes($"From: {from}\r\nTo: moi@demo.test\r\nSubject: x\r\n\r\ny\r\n")), context, new ConversationHost([], new Dictionary<string, string>()), SieveLimits.Default, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
        return result.Actions;
    }

    [Fact]
    public void It_is_known_as_its_own_until_a_hand_changes_it()
    {
        var script = Compose();
        Assert.Equal("Bills", Assert.Single(Read(script)!.Rules).Name);
        // Programs that only put it back may end lines otherwise.
        Assert.NotNull(Read(script.Replace("\r\n", "\n", StringComparison.Ordinal)));
        Assert.NotNull(Read(script + "\r\n\r\n"));
        foreach (var edited in (string[])[script + "keep;\r\n", script.Replace("shop", "shoP", StringComparison.Ordinal), script.Replace("\"Bills\"};", "\"Other\"};", StringComparison.Ordinal) + " #", script[10..], "", "keep;", "# facteur-rules 1 ", "# facteur-rules 1 x {}\r\n"])
            Assert.Null(Read(edited));
        Assert.Equal("Bills", Assert.Single(RuleScript.ReadEdited(Encoding.UTF8.GetBytes(script + "keep;\r\n"))!.Rules).Name);
    }

    [Fact]
    public async Task Anywhere_else_it_does_what_the_settings_do_here()
    {
        var script = Compose(settings);
        var actions = await RunAsync(script, "ann@example.net", DateTimeOffset.UnixEpoch.AddDays(5));
        Assert.Equal("far@example.org", Assert.Single(actions.OfType<RedirectAction>()).Address.ToString());
        Assert.Single(actions.OfType<KeepAction>());
        var vacation = Assert.Single(actions.OfType<VacationAction>());
        Assert.Equal(("Away", "I am \"away\" ${until} \\ Monday.\nAnn", TimeSpan.FromDays(4)), (vacation.Subject, vacation.Reason.ReplaceLineEndings("\n"), vacation.Interval));
        foreach (var day in (int[])[-1, 10, 20]) Assert.Empty((await RunAsync(script, "ann@example.net", DateTimeOffset.UnixEpoch.AddDays(day))).OfType<VacationAction>());
        foreach (var blocked in (string[])["bad@example.org", "any@worse.example"])
            Assert.Equal(@"\Junk", Assert.IsType<FileIntoAction>(Assert.Single(await RunAsync(script, blocked))).Target.SpecialUse);
    }

    [Fact]
    public async Task Here_it_leaves_settings_to_the_server()
    {
        foreach (var from in (string[])["ann@example.net", "bad@example.org"])
            Assert.True(Assert.IsType<KeepAction>(Assert.Single(await RunAsync(Compose(settings), from, DateTimeOffset.UnixEpoch.AddDays(5), isHere: true))).IsImplicit);
    }

    [Theory]
    [InlineData(ForwardKeep.Archive, @"\Archive")]
    [InlineData(ForwardKeep.Delete, "")]
    public async Task What_stays_of_forwarded_mail_is_said(ForwardKeep keep, string place)
    {
        var actions = await RunAsync(Compose(settings with { Forward = settings.Forward! with { Keep = keep }, Vacation = null }), "ann@example.net");
        Assert.Empty(actions.OfType<KeepAction>());
        Assert.Equal(place, string.Join('|', actions.OfType<FileIntoAction>().Select(into => into.Target.SpecialUse)));
    }

    [Fact]
    public async Task A_reply_in_html_is_a_mime_entity_and_one_without_words_has_ours()
    {
        var html = await RunAsync(Compose(new RuleSettings { Vacation = new VacationSetting("", "Away.") { Html = "<p>Away.</p>" } }), "ann@example.net");
        var reply = Assert.Single(html.OfType<VacationAction>());
        Assert.True(reply.IsMime);
        Assert.StartsWith("Content-Type: multipart/alternative", reply.Reason, StringComparison.Ordinal);
        Assert.Equal("Ours.", Assert.Single((await RunAsync(Compose(new RuleSettings { Vacation = new VacationSetting("", ""), Away = "Ours." }), "ann@example.net")).OfType<VacationAction>()).Reason);
    }

    [Fact]
    public async Task An_address_that_is_not_agreed_to_any_more_gets_nothing()
    {
        var of = new RuleDocument(1, [rule with { Conditions = [], Actions = [new RuleAction(RuleActionType.Forward) { Address = "far@example.org" }, new RuleAction(RuleActionType.Notify) { Address = "far@example.org" }] }]);
        Assert.Equal(2, (await RunAsync(Compose(new RuleSettings { MaySendTo = static _ => true }, of), "ann@example.net")).Count(action => action is RedirectAction or NotifyAction));
        Assert.True(Assert.IsType<KeepAction>(Assert.Single(await RunAsync(Compose(null, of), "ann@example.net"))).IsImplicit);
    }

    private static readonly (string Place, MailRule Rule)[] refused =
    [
        ("name", rule with { Name = "" }),
        ("name", rule with { Name = "a\nkeep;" }),
        ("actions", rule with { Actions = [] }),
        ("sortOrder", rule with { SortOrder = -1 }),
        ("conditions/0/values/0", rule with { Conditions = [new RuleCondition(RuleField.Subject, RuleComparison.Is) { Values = ["a\r\nb"] }] }),
        ("conditions/0/values/0", rule with { Conditions = [new RuleCondition(RuleField.Subject, RuleComparison.Is) { Values = ["\ud800"] }] }),
        ("conditions/0/values", rule with { Conditions = [new RuleCondition(RuleField.Subject, RuleComparison.Is)] }),
        ("conditions/0/header", rule with { Conditions = [new RuleCondition(RuleField.Header, RuleComparison.Exists)] }),
        ("conditions/0/header", rule with { Conditions = [new RuleCondition(RuleField.Header, RuleComparison.Exists) { Header = "X: y" }] }),
        ("conditions/0/header", rule with { Conditions = [new RuleCondition(RuleField.Header, RuleComparison.Exists) { Header = "${x}" }] }),
        ("conditions/0/octets", rule with { Conditions = [new RuleCondition(RuleField.Size, RuleComparison.Over)] }),
        ("conditions/0/comparison", rule with { Conditions = [new RuleCondition(RuleField.Body, RuleComparison.Is) { Values = ["x"] }] }),
        ("actions/0/mailbox", rule with { Actions = [new RuleAction(RuleActionType.Move)] }),
        ("actions/0/mailboxId", rule with { Actions = [new RuleAction(RuleActionType.Move) { Mailbox = "x", MailboxId = "\"; stop;" }] }),
        ("actions/0/keyword", rule with { Actions = [new RuleAction(RuleActionType.Flag) { Keyword = "\\Deleted" }] }),
        ("actions/0/address", rule with { Actions = [new RuleAction(RuleActionType.Forward) { Address = "nobody" }] }),
        ("actions/0/text", rule with { Actions = [new RuleAction(RuleActionType.Reply)] }),
        ("actions/0/days", rule with { Actions = [new RuleAction(RuleActionType.Reply) { Text = "x", Days = 0 }] }),
    ];

    [Fact]
    public void What_is_no_rule_is_refused_with_its_place()
    {
        foreach (var (place, wrong) in refused) Assert.Equal((RuleRefusal.Invalid, place), Refusal(() => RuleCheck.Check(wrong)));
    }

    private static (RuleRefusal, string) Refusal(Action check)
    {
        var e = Assert.Throws<RuleRefusedException>(check);
        return (e.Reason, e.Place);
    }

    [Fact]
    public void There_are_not_too_many()
    {
        Assert.Equal(RuleRefusal.TooMany, Refusal(() => RuleCheck.Check([.. Enumerable.Repeat(rule, RuleCheck.MaxRules + 1)], SieveLimits.Default)).Item1);
        var body = new RuleCondition(RuleField.Body, RuleComparison.Contains) { Values = [new string('x', 450), new string('y', 450)] };
        Assert.Equal(RuleRefusal.TooMany, Refusal(() => RuleCheck.Check([rule with { Conditions = [body] }], SieveLimits.Default)).Item1);
        var forwards = Enumerable.Range(0, 11).Select(i => new RuleAction(RuleActionType.Forward) { Address = $"a{i}@example.org" });
        Assert.Equal(RuleRefusal.TooMany, Refusal(() => RuleCheck.Check([rule with { Actions = [.. forwards] }], SieveLimits.Default)).Item1);
    }

    [Fact]
    public async Task The_most_that_rules_can_ask_of_a_large_message_is_within_the_bound_of_a_run()
    {
        var body = new RuleCondition(RuleField.Body, RuleComparison.Contains) { Values = [.. Enumerable.Range(0, 8).Select(i => new string('a', 100) + i)] };
        var rules = Enumerable.Range(1, RuleCheck.MaxRules).Select(i => rule with
        {
            Id = RuleSet.IdOf(i), SortOrder = i, Conditions = i == 1 ? [body] : [new RuleCondition(RuleField.Subject, RuleComparison.Contains) { Values = [.. Enumerable.Range(0, 20).Select(value => $"word {value}")] }],
        });
        RuleCheck.Check([.. rules], SieveLimits.Default);
        var compilation = SieveScript.Compile(Encoding.UTF8.GetBytes(Compose(of: new RuleDocument(200, [.. rules]))), SieveLimits.Default);
        Assert.NotNull(compilation.Script);
        var message = SieveMessage.Parse(Encoding.UTF8.GetBytes($"From: a@example.org\r\nSubject: {new string('w', 900)}\r\n\r\n{string.Concat(Enumerable.Repeat(new string('a', 70) + "\r\n", 50_000))}"));
        var result = await compilation.Script.RunAsync(message, new SieveContext { Now = DateTimeOffset.UnixEpoch }, EmptySieveHost.Instance, SieveLimits.Default, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
    }
}
