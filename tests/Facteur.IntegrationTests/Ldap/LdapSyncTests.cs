using Facteur.Accounts;
using Facteur.Accounts.Ldap;

namespace Facteur.IntegrationTests.Ldap;

/// <summary>Accounts of a domain made and kept as the directory has them.</summary>
public sealed class LdapSyncTests
{
    private static LdapSetting Setting(LdapServer server) => new(
        [server.Url], StartTls: false, BindDn: LdapServer.SearchDn, Password: LdapServer.SearchPassword, Base: LdapServer.Base, Attributes: new LdapAttributes(Groups: "memberOf"));

    [Fact]
    public async Task A_trial_says_what_a_synchronisation_does()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server));
        var trial = await house.Ldap.SyncAsync(house.Domain, isTrial: true, isForced: false, default);
        Assert.Empty(await house.AccountsAsync());
        var done = await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default);
        Assert.Equal(trial.Changes, done.Changes);
        Assert.Equal(["AddAccount claire@example.test Claire Martin", "AddAddress claire@example.test c.martin@example.test", "AddGroup  ventes", "AddMember claire@example.test ventes", "AddAccount paul@example.test Paul Durand"],
            done.Changes.Select(change => $"{change.Kind} {change.Account} {change.Value}"));
        Assert.Equal(["claire@example.test \"Claire Martin\" [c.martin@example.test] [ventes]", "paul@example.test \"Paul Durand\" [] []"], await house.AccountsAsync());
        Assert.Empty((await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default)).Changes);
        Assert.True(await house.CheckAsync("paul@example.test", "nuage-17-crayon"));
    }

    [Fact]
    public async Task What_goes_there_goes_here_and_what_was_made_here_stays()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server));
        await house.Accounts.AddAccountAsync("marie@example.test", "Marie", "a-password-of-ours", default);
        await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default);
        await house.Accounts.AddAddressAsync("claire@example.test", "vente@example.test", "", default);
        await server.ModifyAsync($"""
            dn: uid=claire,{LdapServer.Base}
            changetype: modify
            replace: mail
            mail: claire@example.test
            mail: martin@example.test
            -
            replace: displayName
            displayName: Claire Dupont
            -

            dn: uid=paul,{LdapServer.Base}
            changetype: delete

            """);
        await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default);
        Assert.Equal(
            ["claire@example.test \"Claire Dupont\" [martin@example.test vente@example.test] [ventes]", "marie@example.test \"Marie\" [] []", "paul@example.test \"Paul Durand\" [] [] off"],
            await house.AccountsAsync());
        await server.ModifyAsync(LdapServer.Person("paul", "Paul Durand", "nuage-17-crayon"));
        await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default);
        Assert.Contains("paul@example.test \"Paul Durand\" [] []", await house.AccountsAsync());
    }

    [Fact]
    public async Task A_directory_that_lost_most_of_its_users_switches_nobody_off_unless_forced()
    {
        await using var server = await LdapServer.StartAsync(entries: string.Concat(Enumerable.Range(1, 12).Select(i => LdapServer.Person($"user{i}", $"User {i}", "mot-de-passe"))));
        await using var house = await LdapHouse.OpenAsync(Setting(server));
        await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default);
        Assert.Equal(12, (await house.AccountsAsync()).Count);
        await server.ModifyAsync(string.Concat(Enumerable.Range(1, 10).Select(i => $"dn: uid=user{i},{LdapServer.Base}\nchangetype: delete\n\n")));
        var e = await Assert.ThrowsAsync<AccountRuleException>(async () => await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default));
        Assert.Equal("10 of 12 accounts that came from the directory are not in it any more; nothing is changed. If that is right, use --force.", e.Message);
        await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: true, default);
        Assert.Equal(10, (await house.AccountsAsync()).Count(line => line.EndsWith(" off", StringComparison.Ordinal)));
        await server.ModifyAsync(string.Concat(Enumerable.Range(11, 2).Select(i => $"dn: uid=user{i},{LdapServer.Base}\nchangetype: delete\n\n")));
        await Assert.ThrowsAsync<AccountRuleException>(async () => await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: true, default));
    }

    [Fact]
    public async Task All_users_are_seen_page_by_page_where_a_search_gives_few()
    {
        await using var server = await LdapServer.StartAsync(entries: string.Concat(Enumerable.Range(1, 1_203).Select(i => LdapServer.Person($"user{i}", $"User {i}", "mot-de-passe"))));
        await using var house = await LdapHouse.OpenAsync(Setting(server));
        Assert.Equal(1_203, (await house.Ldap.SyncAsync(house.Domain, isTrial: true, isForced: false, default)).Changes.Count);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_passed_over()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server));
        await house.Accounts.AddAccountAsync("marie@example.test", "Marie", "a-password-of-ours", default);
        await house.Accounts.AddAddressAsync("marie@example.test", "c.martin@example.test", "", default);
        await house.Accounts.AddAliasAsync("paul@example.test", ["marie@example.test"], "", default);
        var report = await house.Ldap.SyncAsync(house.Domain, isTrial: false, isForced: false, default);
        Assert.Equal(2, report.PassedOver.Count);
        Assert.Equal(["claire@example.test \"Claire Martin\" [] [ventes]", "marie@example.test \"Marie\" [c.martin@example.test] []"], await house.AccountsAsync());
    }

    [Fact]
    public async Task A_first_login_makes_the_account_when_that_is_wanted()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server) with { CreateAccounts = true });
        Assert.False(await house.CheckAsync("claire@example.test", "wrong"));
        Assert.Empty(await house.AccountsAsync());
        Assert.False(await house.CheckAsync("c.martin@example.test", "soleil-42-papier")); // it is hers, and not the name she logs in by
        Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
        Assert.Equal(["claire@example.test \"Claire Martin\" [c.martin@example.test] [ventes]"], await house.AccountsAsync());
        await house.SetAsync(new LdapSetting([server.TlsUrl], CaFile: server.Authority, UserDn: "uid={local}," + LdapServer.Base, CreateAccounts: true));
        Assert.True(await house.CheckAsync("paul@example.test", "nuage-17-crayon"));
        Assert.Equal(2, (await house.AccountsAsync()).Count);
    }
}
