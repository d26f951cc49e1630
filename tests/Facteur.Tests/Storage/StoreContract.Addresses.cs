using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_domain_alias_leads_to_the_same_local_part_of_its_domain()
    {
        var account = await AddAccountAsync("ada@demo.test");
        var directory = Store.Directory;
        var alias = await directory.AddDomainAliasAsync("demo.example", account.Domain, default);
        Assert.Equal(account.Domain, alias.AliasOf);
        var match = await directory.ResolveAsync("ada", "demo.example", default);
        Assert.Equal((alias, account.Domain, account), (match.Domain, match.Target!.Id, match.Exact!.Account));
        Assert.Null((await directory.ResolveAsync("bob", "demo.example", default)).Exact);
        Assert.Null((await directory.ResolveAsync("ada", "other.example", default)).Domain);

        await directory.AddAddressAsync(account.Id, "bob@demo.example", default);
        Assert.Equal(account, (await directory.ResolveAsync("bob", "demo.example", default)).Exact!.Account);
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await directory.AddDomainAliasAsync("demo.test", account.Domain, default)));
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.AddDomainAliasAsync("third.example", alias.Id, default)));
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.AddAccountAsync(alias.Id, "eve@demo.example", "Eve", default)));
        await directory.RemoveAccountAsync(account.Id, default);
        Assert.Equal(StoreRefusal.InUse, await RefusedAsync(async () => await directory.RemoveDomainAsync(account.Domain, default)));
        await directory.RemoveDomainAsync(alias.Id, default);
        await directory.RemoveDomainAsync(account.Domain, default);
        Assert.Null((await directory.ResolveAsync("ada", "demo.example", default)).Domain);
    }

    [Fact]
    public async Task An_address_is_an_accounts_or_an_alias_and_never_both()
    {
        var account = await AddAccountAsync("ada@demo.test");
        var directory = Store.Directory;
        var sales = await directory.AddAliasAsync("Sales@demo.test", account.Domain, ["ada@demo.test", "bob@far.test"], "shop", default);
        Assert.Equal((true, "shop", "Sales@demo.test"), (sales.Enabled, sales.Label, sales.Address));
        Assert.Equal(["ada@demo.test", "bob@far.test"], (await directory.FindAliasAsync("sales@DEMO.test", default))!.Targets);
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await directory.AddAddressAsync(account.Id, "sales@demo.test", default)));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(() => AddAccountAsync("SALES@demo.test")));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await directory.AddAliasAsync("ada@demo.test", account.Domain, ["x@far.test"], "", default)));
        Assert.Equal(StoreRefusal.BadName, await RefusedAsync(async () => await directory.AddAliasAsync("none@demo.test", account.Domain, [], "", default)));
        Assert.Null(await directory.FindByAddressAsync("sales@demo.test", default));
        var changed = await directory.UpdateAliasAsync(sales with { Targets = ["bob@far.test"], Enabled = false, Label = "" }, default);
        Assert.Equal((false, "", "bob@far.test"), (changed.Enabled, changed.Label, changed.Targets.Single()));
        Assert.Equal(StoreRefusal.InUse, await RefusedAsync(async () =>
        {
            await directory.RemoveAccountAsync(account.Id, default);
            await directory.RemoveDomainAsync(account.Domain, default);
        }));
        await directory.RemoveAliasAsync(sales.Id, default);
        Assert.Empty(await directory.ListAliasesAsync(null, default));
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.UpdateAliasAsync(sales, default)));
        await directory.RemoveDomainAsync(account.Domain, default);
    }

    [Fact]
    public async Task Aliases_lose_a_removed_account_and_go_with_their_last_target()
    {
        var account = await AddAccountAsync("ada@demo.test");
        var directory = Store.Directory;
        await directory.AddAddressAsync(account.Id, "countess@demo.test", default);
        await directory.AddAliasAsync("one@demo.test", account.Domain, ["Countess@demo.test"], "", default);
        await directory.AddAliasAsync("two@demo.test", account.Domain, ["ada@demo.test", "bob@far.test"], "", default);
        await directory.RemoveAccountAsync(account.Id, default);
        var left = Assert.Single(await directory.ListAliasesAsync(account.Domain, default));
        Assert.Equal(("two@demo.test", "bob@far.test"), (left.Address, left.Targets.Single()));
    }

    [Fact]
    public async Task A_recipient_is_resolved_exactly_then_without_its_detail_then_by_the_catch_all()
    {
        var account = await AddAccountAsync("ada@demo.test");
        var directory = Store.Directory;
        Assert.Equal("ada@demo.test", (await directory.ResolveAsync("ada+shop", "demo.test", default)).PlusBase!.Address!.Address);
        await directory.AddAddressAsync(account.Id, "ada+shop@demo.test", default);
        var exact = await directory.ResolveAsync("ada+shop", "demo.test", default);
        Assert.Equal("ada+shop@demo.test", exact.Exact!.Address!.Address);
        Assert.Null(exact.PlusBase);
        Assert.Null((await directory.ResolveAsync("eve", "demo.test", default)).CatchAll);
        var rest = await directory.AddAliasAsync("@demo.test", account.Domain, ["ada@demo.test"], "", default);
        Assert.Equal(rest.Id, (await directory.ResolveAsync("eve", "demo.test", default)).CatchAll!.Id);
        Assert.Equal(rest.Id, (await directory.ResolveAsync("eve+x", "demo.test", default)).CatchAll!.Id);
        Assert.Null((await directory.ResolveAsync("ada", "demo.test", default)).CatchAll);
        var team = await directory.AddAliasAsync("team@demo.test", account.Domain, ["ada@demo.test"], "", default);
        Assert.Equal(team.Id, (await directory.ResolveAsync("team+x", "demo.test", default)).PlusBase!.Alias!.Id);
        await directory.UpdateAliasAsync(rest with { Enabled = false }, default);
        Assert.Null((await directory.ResolveAsync("eve", "demo.test", default)).CatchAll);
        var disabled = await directory.UpdateAccountAsync(account with { Enabled = false }, default);
        Assert.Equal(disabled, (await directory.ResolveAsync("ada", "demo.test", default)).Exact!.Account);
        await directory.RemoveAccountAsync(account.Id, default);
        Assert.Null((await directory.ResolveAsync("ada", "demo.test", default)).Exact);
        Assert.Empty(await directory.ListAliasesAsync(null, default));
    }

    [Fact]
    public async Task A_disposable_address_is_switched_off_and_stays_its_owners()
    {
        var account = await AddAccountAsync("ada@demo.test");
        var directory = Store.Directory;
        await directory.AddAddressAsync(new AddressRecord("x7@demo.test", account.Id) { Label = "boutique", IsDisposable = true }, default);
        var added = (await directory.FindAddressAsync("X7@demo.test", default))!;
        Assert.Equal(("x7@demo.test", "boutique", true, true), (added.Address, added.Label, added.IsDisposable, added.Enabled));
        var off = await directory.UpdateAddressAsync(added with { Enabled = false }, default);
        Assert.Equal(off, await directory.FindAddressAsync("x7@demo.test", default));
        Assert.Equal(account, await directory.FindByAddressAsync("x7@demo.test", default));
        Assert.False((await directory.ResolveAsync("x7", "demo.test", default)).Exact!.Address!.Enabled);
        Assert.Null(await directory.FindAddressAsync("nobody@demo.test", default));
        var primary = (await directory.FindAddressAsync("ada@demo.test", default))!;
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.UpdateAddressAsync(primary with { Enabled = false }, default)));
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.UpdateAddressAsync(new AddressRecord("no@demo.test", account.Id), default)));
        Assert.Equal("me", (await directory.UpdateAddressAsync(primary with { Label = "me" }, default)).Label);
        await RestartAsync();
        Assert.Equal(off, (await Store.Directory.ListAddressesAsync(account.Id, default))[1]);
    }
}
