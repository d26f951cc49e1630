using System.Text;
using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Rules;
using Facteur.Sieve.Rules;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>Rules of accounts as mail goes through them, beside scripts that are written by hand.</summary>
public sealed class AccountRulesTests : IAsyncLifetime
{
    private static readonly MailRule bills = new("", "Bills")
    {
        Conditions = [new RuleCondition(RuleField.From, RuleComparison.Contains) { Values = ["claire@"] }], Actions = [new RuleAction(RuleActionType.Move) { Mailbox = "Bills" }, new RuleAction(RuleActionType.Star)],
    };

    private ScriptFixture fixture = null!;
    private AccountId me;
    private AccountService accounts = null!;

    public async ValueTask InitializeAsync()
    {
        fixture = await ScriptFixture.CreateAsync();
        me = (await fixture.AccountAsync()).Id;
        accounts = new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new FakeTime());
    }

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    private AccountRules Rules => fixture.Server.Handoff.Services.Sieve.Rules;

    private SettingScope Owner => SettingScope.Of(me);

    private ValueTask<MailRule> AddAsync(MailRule rule) => Rules.AddAsync(me, rule, isLast: true, default);

    private async Task<ScriptFolder> FolderAsync() => await fixture.Scripts.ListAsync(Owner, default);

    private async Task<RuleStanding> StandingAsync() => (await Rules.ReadAsync(me, default)).Standing;

    private static async Task<RuleRefusal> RefusedAsync(Func<Task> change) => (await Assert.ThrowsAsync<RuleRefusedException>(change)).Reason;

    [Fact]
    public async Task Mail_goes_through_the_rules_as_soon_as_there_is_one()
    {
        Assert.Equal(RuleStanding.None, await StandingAsync());
        var added = await AddAsync(bills);
        Assert.Equal(("r1", RuleStanding.Running), (added.Id, await StandingAsync()));
        await fixture.SendAsync();
        Assert.Equal([@"bonjour \Flagged"], await fixture.InAsync("Bills"));
        await Rules.ReplaceAsync(me, added with { IsOn = false }, default);
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
        await Rules.RemoveAsync(me, "r1", default);
        Assert.Equal("r2", (await AddAsync(bills)).Id);
        Assert.Equal(RuleRefusal.NonExistent, await RefusedAsync(async () => await Rules.RemoveAsync(me, "r1", default)));
    }

    [Fact]
    public async Task A_mailbox_is_found_under_its_new_name()
    {
        await fixture.Store.CreateMailboxAsync(me, "Bills", MailboxRole.None, default);
        await AddAsync(bills);
        await fixture.Store.RenameMailboxAsync(me, "Bills", "Paid", default);
        await fixture.SendAsync();
        Assert.Equal([@"bonjour \Flagged"], await fixture.InAsync("Paid"));
    }

    [Fact]
    public async Task Rules_begin_again_where_settings_do_something()
    {
        await AddAsync(bills);
        await fixture.Scripts.PutAsync(Owner, "rules", Encoding.UTF8.GetBytes(await Rules.ShowAsync(me, default) + "# mine\r\n"), default);
        await accounts.SetForwardAsync("moi@demo.test", ["far@example.org"], ForwardKeep.Keep, default);
        await Rules.StartAsync(me, default);
        Assert.Equal("Bills", Assert.Single((await Rules.ReadAsync(me, default)).Rules).Name);
        Assert.Contains("far@example.org", await Rules.ShowAsync(me, default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_changes_meanwhile_costs_no_rule()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(i => (Task[])[
            AddAsync(bills with { Name = $"n{i}" }).AsTask(),
            Task.Run(async () =>
            {
                await accounts.SetVacationAsync("moi@demo.test", new VacationSetting("", $"Away {i}."), default);
                await FolderAsync();
            })]));
        Assert.Equal(4, (await Rules.ReadAsync(me, default)).Rules.Count);
        Assert.Equal(RuleStanding.Running, await StandingAsync());
    }

    [Fact]
    public async Task Rules_have_an_order()
    {
        foreach (var name in (string[])["a", "b", "c"]) await AddAsync(bills with { Name = name });
        await Rules.MoveAsync(me, "r3", 1, default);
        Assert.Equal(["c", "a", "b"], (await Rules.ReadAsync(me, default)).Rules.Select(rule => rule.Name));
        await Rules.MoveAsync(me, "r3", 99, default);
        await Rules.AddAsync(me, bills with { Name = "first", SortOrder = 0 }, isLast: false, default);
        Assert.Equal(["first", "a", "b", "c"], (await Rules.ReadAsync(me, default)).Rules.Select(rule => rule.Name));
    }

    [Fact]
    public async Task A_script_by_hand_stays_what_mail_goes_through()
    {
        await fixture.ActivateAsync("require \"fileinto\"; fileinto :create \"Mine\";".Replace(" :create", "", StringComparison.Ordinal));
        await AddAsync(bills);
        Assert.Equal(RuleStanding.OtherScript, await StandingAsync());
        Assert.Equal("main", (await FolderAsync()).Active!.Name);
        await fixture.SendAsync();
        Assert.Empty(await fixture.InAsync("Bills"));
        // By their own words they go together.
        await fixture.ActivateAsync("require \"include\"; if true { include \"second\"; }");
        await fixture.Scripts.PutAsync(Owner, "second", "require \"include\"; include :personal \"rules\";"u8.ToArray(), default);
        Assert.Equal(RuleStanding.Running, await StandingAsync());
        await fixture.SendAsync();
        Assert.Equal([@"bonjour \Flagged"], await fixture.InAsync("Bills"));
        await Rules.StartAsync(me, default);
        Assert.Equal(("rules", 3), ((await FolderAsync()).Active!.Name, (await FolderAsync()).Scripts.Count));
        await Rules.StopAsync(me, default);
        Assert.Equal(RuleStanding.Inactive, await StandingAsync());
    }

    [Fact]
    public async Task What_a_hand_changed_is_never_written_over()
    {
        await AddAsync(bills);
        var edited = Encoding.UTF8.GetBytes(await Rules.ShowAsync(me, default) + "# mine\r\n");
        await fixture.Scripts.PutAsync(Owner, "rules", edited, default);
        Assert.Equal(RuleStanding.Edited, await StandingAsync());
        Assert.Empty((await Rules.ReadAsync(me, default)).Rules);
        Assert.Equal(RuleRefusal.Edited, await RefusedAsync(async () => await AddAsync(bills)));
        await accounts.SetVacationAsync("moi@demo.test", new VacationSetting("", "Away."), default);
        Assert.Equal(Encoding.UTF8.GetString(edited), await Rules.ShowAsync(me, default));
        await fixture.SendAsync();
        Assert.Single(await fixture.InAsync("Bills"));

        await Rules.StartAsync(me, default);
        Assert.Equal((RuleStanding.Running, "Bills"), (await StandingAsync(), Assert.Single((await Rules.ReadAsync(me, default)).Rules).Name));
        var kept = (await FolderAsync()).Find("rules-2")!;
        Assert.Equal(edited, (await fixture.Scripts.ReadAsync(Owner, kept, default))!.Value.ToArray());
        Assert.Equal("r2", (await AddAsync(bills)).Id);
    }

    [Fact]
    public async Task A_script_of_that_name_that_is_somebodys_own_stays_so()
    {
        await fixture.ActivateAsync("keep;", name: "rules");
        Assert.Equal(RuleRefusal.Edited, await RefusedAsync(async () => await AddAsync(bills)));
        await accounts.SetForwardAsync("moi@demo.test", ["far@example.org"], ForwardKeep.Keep, default);
        Assert.Equal("keep;", await Rules.ShowAsync(me, default));
        await Rules.StartAsync(me, default);
        Assert.Empty((await Rules.ReadAsync(me, default)).Rules);
        Assert.NotNull((await FolderAsync()).Find("rules-2"));
    }

    [Fact]
    public async Task Settings_are_in_the_script_and_are_done_once()
    {
        Assert.Empty((await FolderAsync()).Scripts);
        await accounts.SetForwardAsync("moi@demo.test", ["far@example.org"], ForwardKeep.Keep, default);
        Assert.Equal("rules", (await FolderAsync()).Active!.Name);
        await accounts.SetVacationAsync("moi@demo.test", new VacationSetting("", "I am away."), default);
        await new BlockedSenders(fixture.Store.Settings).AddAsync(me, "bad@example.org", default);
        var script = await Rules.ShowAsync(me, default);
        foreach (var said in (string[])["redirect :copy \"far@example.org\"", "I am away.", "\"bad@example.org\""]) Assert.Contains(said, script, StringComparison.Ordinal);
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
        Assert.Equal(["claire@example.org", "far@example.org"], (await fixture.QueueAsync()).Select(item => item.Recipient.Address).Order());
        await fixture.SendAsync(ScriptFixture.Letter.Replace("claire@", "bad@", StringComparison.Ordinal), from: "bad@example.org");
        Assert.Single(await fixture.InAsync("Junk"));
        await accounts.SetForwardAsync("moi@demo.test", [], ForwardKeep.Keep, default);
        Assert.DoesNotContain("far@example.org", await Rules.ShowAsync(me, default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_is_sent_on_only_to_who_agreed()
    {
        var forward = bills with { Actions = [new RuleAction(RuleActionType.Forward) { Address = "far@example.org" }] };
        Assert.Equal(RuleRefusal.NotConfirmed, await RefusedAsync(async () => await AddAsync(forward)));
        Assert.Equal(RuleRefusal.NotConfirmed, await RefusedAsync(async () => await AddAsync(bills with { Actions = [new RuleAction(RuleActionType.Forward) { Address = "moi@demo.test" }] })));
        var code = await accounts.AskForwardAsync("moi@demo.test", "far@example.org", default, use: false);
        await accounts.ConfirmForwardAsync("moi@demo.test", "far@example.org", code!, default);
        await AddAsync(forward);
        await fixture.SendAsync();
        Assert.Equal("far@example.org", Assert.Single(await fixture.QueueAsync()).Recipient.Address);
        Assert.Single(await fixture.InAsync("INBOX"));
        await accounts.RemoveForwardAsync("moi@demo.test", "far@example.org", default);
        await fixture.SendAsync();
        Assert.Single(await fixture.QueueAsync());
    }

    [Fact]
    public async Task Changes_at_one_moment_are_all_made()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AddAsync(bills with { Name = $"n{i}" }).AsTask()));
        Assert.Equal(8, (await Rules.ReadAsync(me, default)).Rules.Select(rule => rule.Id).Distinct().Count());
    }

    [Fact]
    public async Task Senders_are_blocked_and_unblocked_beside_what_else_the_setting_says()
    {
        var blocked = new BlockedSenders(fixture.Store.Settings);
        await fixture.Store.Settings.SetAsync(Owner, "filter", "{\"junkAt\":7,\"Blocked\":[\"old@example.org\"]}"u8.ToArray(), default);
        Assert.Equal("bad@example.org", await blocked.AddAsync(me, " Bad@Example.ORG ", default));
        await blocked.AddAsync(me, "bad@example.org", default);
        await blocked.AddAsync(me, "@Worse.example", default);
        Assert.Equal(["old@example.org", "bad@example.org", "@worse.example"], await blocked.ListAsync(me, default));
        Assert.True(await blocked.RemoveAsync(me, "OLD@example.org", default));
        Assert.False(await blocked.RemoveAsync(me, "old@example.org", default));
        await blocked.RemoveAsync(me, "bad@example.org", default);
        await blocked.RemoveAsync(me, "@worse.example", default);
        Assert.Equal("{\"junkAt\":7}", Encoding.UTF8.GetString((await fixture.Store.Settings.GetAsync(Owner, "filter", default))!.Value.Span));
        foreach (var wrong in (string[])["", "@", "nobody", "a@b@c", "x\ny@example.org"]) await Assert.ThrowsAsync<AccountRuleException>(async () => await blocked.AddAsync(me, wrong, default));
    }
}
