using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Control;

/// <summary>facteur alias, address and domain add --alias-of.</summary>
public sealed class AddressVerbTests
{
    [Fact]
    public async Task An_alias_is_made_changed_switched_and_removed()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("contact@demo.test leads to moi@demo.test, far@example.org.\n", await line.SayAsync("alias", "add", "Contact@demo.test", "moi@demo.test", "far@example.org", "--label", "the web site"));
        Assert.Equal("contact@demo.test leads to ami@demo.test.\n", await line.SayAsync("alias", "set", "contact@demo.test", "ami@demo.test"));
        Assert.Equal("Alias contact@demo.test is disabled.\n", await line.SayAsync("alias", "disable", "contact@demo.test"));
        Assert.Contains("contact@demo.test │ ami@demo.test │ the web site │ disabled", await line.SayAsync("alias", "list", "--domain", "demo.test"), StringComparison.Ordinal);
        Assert.Equal("Alias contact@demo.test is enabled.\n", await line.SayAsync("alias", "enable", "contact@demo.test"));
        var listed = (await line.JsonAsync("alias", "list"))[0]!;
        Assert.Equal("""{"address":"contact@demo.test","targets":["ami@demo.test"],"label":"the web site","enabled":true}""", listed.ToJsonString());
        Assert.Equal("Alias contact@demo.test removed.\n", await line.SayAsync("alias", "rm", "contact@demo.test"));
        Assert.Equal("There are no aliases.\n", await line.SayAsync("alias", "list"));
    }

    [Fact]
    public async Task A_catch_all_is_an_alias_without_a_local_part()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("@demo.test leads to moi@demo.test.\n", await line.SayAsync("alias", "add", "@demo.test", "moi@demo.test"));
        var match = await new RecipientDirectory(line.Store.Directory).FindAsync("whoever", "demo.test", default);
        Assert.True(match.IsCatchAll);
        Assert.Equal("Alias @demo.test removed.\n", await line.SayAsync("alias", "rm", "@demo.test"));
    }

    [Fact]
    public async Task Long_lists_are_cut_for_people_and_whole_for_scripts()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var targets = Enumerable.Range(1, 9).Select(i => $"t{i}@example.org").ToArray();
        Assert.Equal("list@demo.test leads to t1@example.org, t2@example.org, t3@example.org, t4@example.org and 5 more.\n", await line.SayAsync(["alias", "add", "list@demo.test", .. targets]));
        Assert.Equal(9, (await line.JsonAsync("alias", "list"))[0]!["targets"]!.AsArray().Count);
    }

    [Fact]
    public async Task What_cannot_be_an_alias_is_refused_in_one_sentence()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("The address moi@demo.test is taken.", await line.RefusedAsync("alias", "add", "moi@demo.test", "ami@demo.test"));
        Assert.Equal("There is no address nobody@demo.test on this server.", await line.RefusedAsync("alias", "add", "a@demo.test", "nobody@demo.test"));
        Assert.Equal("There is no alias b@demo.test.", await line.RefusedAsync("alias", "set", "b@demo.test", "moi@demo.test"));
        Assert.Equal(2, (await line.RunAsync("alias", "add", "a@demo.test")).Exit);
    }

    [Fact]
    public async Task Addresses_of_an_account_are_listed_with_what_came_to_the_disposable_ones()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await line.SayAsync("address", "add", "moi@demo.test", "je@demo.test", "--label", "older");
        await line.SayAsync("address", "disposable", "moi@demo.test", "shop@demo.test", "--label", "Shop [1]");
        var made = await line.JsonAsync("address", "disposable", "moi@demo.test");
        Assert.EndsWith("@demo.test", (string)made["address"]!, StringComparison.Ordinal);
        var owner = await line.Accounts.GetAccountAsync("moi@demo.test", default);
        await line.Store.State.AddAsync(AccountService.DisposableSpace(owner.Id), [new StateChange("shop@demo.test", 12, 0)], default);
        Assert.Equal("shop@demo.test is off.\n", await line.SayAsync("address", "off", "shop@demo.test"));
        var shown = await line.SayAsync("address", "list", "moi@demo.test");
        Assert.Matches("je@demo.test +│ further +│ older +│ on +│ +│", shown);
        Assert.Matches(@"shop@demo.test +│ disposable │ Shop \[1\] │ off +│ +12 │", shown);
        Assert.Contains("2 disposable addresses, 1 off.", shown, StringComparison.Ordinal);
        Assert.Equal("shop@demo.test is on.\n", await line.SayAsync("address", "on", "shop@demo.test"));
        Assert.Equal("Address shop@demo.test removed.\n", await line.SayAsync("address", "rm", "shop@demo.test"));
        Assert.Equal("moi@demo.test is the primary address of its account and goes with it.", await line.RefusedAsync("address", "rm", "moi@demo.test"));
        Assert.StartsWith("moi@demo.test is the primary address", await line.RefusedAsync("address", "off", "moi@demo.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_can_be_another_name_of_one()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("Domain exämple.test added as another name of demo.test.\n", await line.SayAsync("domain", "add", "exämple.test", "--alias-of", "demo.test"));
        Assert.Matches("exämple.test +│ +│ another name of demo.test │", await line.SayAsync("domain", "list"));
        Assert.Equal("demo.test", (string?)(await line.JsonAsync("domain", "list")).AsArray().Single(one => (string)one!["display"]! == "exämple.test")!["aliasOf"]);
        Assert.StartsWith("The domain demo.test still has accounts or aliases, or another domain stands for it", await line.RefusedAsync("domain", "rm", "demo.test"), StringComparison.Ordinal);
        Assert.Equal("The domain nowhere.test is not one of this server; add it first with: facteur domain add nowhere.test", await line.RefusedAsync("domain", "add", "x.test", "--alias-of", "nowhere.test"));
    }
}
