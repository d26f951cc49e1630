using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Groups_are_of_a_domain_and_have_its_accounts_as_members()
    {
        var (ada, bob, eve) = (await AddAccountAsync("ada@demo.test"), await AddAccountAsync("bob@demo.test"), await AddAccountAsync("eve@other.test"));
        var directory = Store.Directory;
        var sales = await directory.AddGroupAsync(ada.Domain, "Ventes", default);
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await directory.AddGroupAsync(ada.Domain, "VENTES", default)));
        Assert.NotEqual(sales.Id, (await directory.AddGroupAsync(eve.Domain, "ventes", default)).Id);
        var all = await directory.AddGroupAsync(ada.Domain, "Bureau", default);
        Assert.Empty(await directory.ListGroupsOfAsync(ada.Id, default));
        foreach (var group in new[] { sales, all }) await directory.SetMemberAsync(group.Id, ada.Id, isMember: true, default);
        await directory.SetMemberAsync(sales.Id, bob.Id, isMember: true, default);
        await directory.SetMemberAsync(sales.Id, bob.Id, isMember: true, default);
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.SetMemberAsync(sales.Id, eve.Id, isMember: true, default)));
        Assert.Equal(["Bureau", "Ventes"], (await directory.ListGroupsOfAsync(ada.Id, default)).Select(group => group.Name));
        Assert.Equal([ada, bob], await directory.ListMembersAsync(sales.Id, default));
        var renamed = await directory.RenameGroupAsync(sales.Id, "Atelier", default);
        Assert.Equal(sales with { Name = "Atelier" }, renamed);
        Assert.Equal(["Atelier", "Bureau"], (await directory.ListGroupsOfAsync(ada.Id, default)).Select(group => group.Name));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await directory.RenameGroupAsync(sales.Id, "bureau", default)));
        Assert.Equal("ATELIER", (await directory.RenameGroupAsync(sales.Id, "ATELIER", default)).Name);
        await directory.SetMemberAsync(sales.Id, ada.Id, isMember: false, default);
        Assert.Equal([all], await directory.ListGroupsOfAsync(ada.Id, default));
        await RestartAsync();
        Assert.Equal([all], await Store.Directory.ListGroupsOfAsync(ada.Id, default));
        Assert.Equal(3, (await Store.Directory.ListGroupsAsync(null, default)).Count);
    }

    [Fact]
    public async Task A_removed_group_takes_its_settings_and_leaves_its_members()
    {
        var ada = await AddAccountAsync();
        var group = await Store.Directory.AddGroupAsync(ada.Domain, "Ventes", default);
        await Store.Directory.SetMemberAsync(group.Id, ada.Id, isMember: true, default);
        await Store.Settings.SetAsync(SettingScope.Of(group.Id), "policy", OldJson, default);
        var told = new List<AccountId>();
        Store.Directory.MembershipChanged += told.Add;
        await Store.Directory.RemoveGroupAsync(group.Id, default);
        Assert.Equal([ada.Id], told);
        Assert.Empty(await Store.Directory.ListGroupsOfAsync(ada.Id, default));
        Assert.Null(await Store.Settings.GetAsync(SettingScope.Of(group.Id), "policy", default));
        Assert.NotNull(await Store.Directory.GetAccountAsync(ada.Id, default));
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.Directory.RenameGroupAsync(group.Id, "x", default)));

        var second = await Store.Directory.AddGroupAsync(ada.Domain, "Ventes", default);
        await Store.Directory.SetMemberAsync(second.Id, ada.Id, isMember: true, default);
        await Store.Directory.RemoveAccountAsync(ada.Id, default);
        Assert.Empty(await Store.Directory.ListMembersAsync(second.Id, default));
        await Store.Directory.RemoveDomainAsync(ada.Domain, default);
        Assert.Empty(await Store.Directory.ListGroupsAsync(null, default));
    }

    [Fact]
    public async Task A_shared_account_is_used_by_its_members()
    {
        var (ada, bob) = (await AddAccountAsync("ada@demo.test"), await AddAccountAsync("bob@demo.test"));
        var directory = Store.Directory;
        var desk = await directory.AddAccountAsync(ada.Domain, "accueil@demo.test", "Accueil", AccountKind.Shared, default);
        Assert.Equal(AccountKind.Shared, desk.Kind);
        Assert.Equal(AccountKind.Personal, ada.Kind);
        var told = new List<AccountId>();
        directory.MembershipChanged += told.Add;
        Assert.Empty(await directory.ListSharesOfAsync(ada.Id, default));
        await directory.SetShareAsync(new ShareRecord(desk.Id, ada.Id, ShareRights.Read), default);
        await directory.SetShareAsync(new ShareRecord(desk.Id, ada.Id, ShareRights.All), default);
        await directory.SetShareAsync(new ShareRecord(desk.Id, ada.Id, ShareRights.All), default);
        await directory.SetShareAsync(new ShareRecord(desk.Id, bob.Id, ShareRights.Read), default);
        Assert.Equal([ada.Id, ada.Id, bob.Id], told);
        Assert.Equal(new ShareRecord(desk.Id, ada.Id, ShareRights.All), Assert.Single(await directory.ListSharesOfAsync(ada.Id, default)));
        Assert.Equal([ada.Id, bob.Id], (await directory.ListSharesAsync(desk.Id, default)).Select(share => share.Member));
        foreach (var wrong in new[] { new ShareRecord(ada.Id, bob.Id, ShareRights.Read), new ShareRecord(desk.Id, desk.Id, ShareRights.Read) })
            Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.SetShareAsync(wrong, default)));
        await directory.SetShareAsync(new ShareRecord(desk.Id, bob.Id, ShareRights.None), default);
        Assert.Empty(await directory.ListSharesOfAsync(bob.Id, default));
        await directory.RemoveAccountAsync(desk.Id, default);
        Assert.Empty(await directory.ListSharesOfAsync(ada.Id, default));
        Assert.Equal([ada.Id, ada.Id, bob.Id, bob.Id, ada.Id], told);
        await PurgeAsync();
    }

    [Fact]
    public async Task A_renamed_account_keeps_its_former_address_and_all_that_clients_know()
    {
        var ada = await AddAccountAsync("ada@demo.test");
        var directory = Store.Directory;
        var other = await directory.AddDomainAsync("other.test", default);
        var inbox = await InboxAsync(ada.Id);
        var entry = await AddAsync(inbox);
        await directory.AddAddressAsync(new AddressRecord("countess@demo.test", ada.Id) { IsDisposable = true, Enabled = false }, default);
        var group = await directory.AddGroupAsync(ada.Domain, "Ventes", default);
        await directory.SetMemberAsync(group.Id, ada.Id, isMember: true, default);
        await AddAccountAsync("bob@demo.test");
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await directory.RenameAccountAsync(ada.Id, ada.Domain, "BOB@demo.test", default)));

        Assert.Equal(ada with { Address = "countess@demo.test" }, await directory.RenameAccountAsync(ada.Id, ada.Domain, "countess@demo.test", default));
        Assert.Equal((true, false), (await directory.FindAddressAsync("countess@demo.test", default)) is { } now ? (now.Enabled, now.IsDisposable) : default);
        Assert.Equal([group], await directory.ListGroupsOfAsync(ada.Id, default));
        var moved = await directory.RenameAccountAsync(ada.Id, other.Id, "Ada@other.test", default);
        Assert.Equal((other.Id, "Ada@other.test", ada.CredentialVersion), (moved.Domain, moved.Address, moved.CredentialVersion));
        Assert.Empty(await directory.ListGroupsOfAsync(ada.Id, default));
        Assert.Equal(moved, await directory.FindAccountAsync("ada@other.test", default));
        Assert.Null(await directory.FindAccountAsync("ada@demo.test", default));
        Assert.Equal(moved, (await directory.ResolveAsync("ada", "demo.test", default)).Exact!.Account);
        Assert.Equal(["Ada@other.test", "ada@demo.test", "countess@demo.test"], (await directory.ListAddressesAsync(ada.Id, default)).Select(one => one.Address).Order(StringComparer.Ordinal));
        var after = await RefreshAsync(inbox);
        Assert.Equal((inbox.UidValidity, inbox.Id), (after.UidValidity, after.Id));
        await using var reader = Store.ReadEmails(inbox.Id, All, EmailFields.Entry);
        Assert.True(await reader.ReadAsync(default));
        Assert.Equal((entry.Uid, entry.Email), (reader.Entry.Uid, reader.Entry.Email));
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await directory.RenameAccountAsync(ada.Id, new DomainId(99), "x@no.test", default)));
    }

    [Fact]
    public async Task Accounts_and_settings_of_an_owner_are_gone_through()
    {
        var made = new List<AccountRecord>();
        foreach (var name in new[] { "c", "a", "b" }) made.Add(await AddAccountAsync($"{name}@demo.test"));
        var page = await Store.Directory.PageAccountsAsync(default, 2, default);
        Assert.Equal(made[..2], page);
        Assert.Equal(made[2..], await Store.Directory.PageAccountsAsync(page[^1].Id, 2, default));
        foreach (var name in new[] { "vacation", "forward" }) await Store.Settings.SetAsync(SettingScope.Of(made[0].Id), name, OldJson, default);
        await Store.Settings.SetAsync(SettingScope.Of(made[1].Id), "pop", NewJson, default);
        Assert.Equal(["forward", "vacation"], (await Store.Settings.ListOfAsync(SettingScope.Of(made[0].Id), default)).Select(one => one.Name));
        Assert.Equal(NewJson, Assert.Single(await Store.Settings.ListOfAsync(SettingScope.Of(made[1].Id), default)).Json.ToArray());
    }
}
