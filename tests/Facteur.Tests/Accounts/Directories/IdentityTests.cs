using Facteur.Accounts;

namespace Facteur.Tests.Accounts.Directories;

/// <summary>Names and addresses that an account writes under.</summary>
public sealed class IdentityTests
{
    private static async Task<string> RefusedAsync(Func<Task> verb) => (await Assert.ThrowsAsync<AccountRuleException>(verb)).Message;

    [Fact]
    public async Task An_account_without_identities_has_the_one_of_its_name()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal([new Identity(0, "Moi", "moi@demo.test") { IsDefault = true }], await server.Administration.ListIdentitiesAsync("moi@demo.test", default));
    }

    [Fact]
    public async Task One_of_the_identities_is_the_default_and_numbers_are_not_given_again()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        await administration.AddAddressAsync("moi@demo.test", "je@demo.test", null, default);
        var first = await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "Moi", "moi@demo.test"), default);
        var second = await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "Je", "JE@demo.test") { ReplyTo = [new(null, "Moi@demo.test")], SignatureText = "--\nJe" }, default);
        Assert.Equal((1, true), (first.Id, first.IsDefault));
        Assert.Equal((2, false, "je@demo.test", "moi@demo.test"), (second.Id, second.IsDefault, second.Address, second.ReplyTo![0].Email));
        await administration.SetDefaultIdentityAsync("moi@demo.test", "je@demo.test", default);
        Assert.Equal([2], (await administration.ListIdentitiesAsync("moi@demo.test", default)).Where(one => one.IsDefault).Select(one => one.Id));
        await administration.RemoveIdentityAsync("moi@demo.test", "2", default);
        Assert.True(Assert.Single(await administration.ListIdentitiesAsync("moi@demo.test", default)).IsDefault);
        Assert.Equal(3, (await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "", "moi+x@demo.test") { IsDefault = true }, default)).Id);
        Assert.Equal([3], (await administration.ListIdentitiesAsync("moi@demo.test", default)).Where(one => one.IsDefault).Select(one => one.Id));
        var changed = await administration.UpdateIdentityAsync("moi@demo.test", new Identity(3, "Atelier", "moi@demo.test"), default);
        Assert.Equal(("Atelier", true), (changed.Name, changed.IsDefault));
        Assert.StartsWith("moi@demo.test has several identities", await RefusedAsync(async () => await administration.RemoveIdentityAsync("moi@demo.test", "moi@demo.test", default)), StringComparison.Ordinal);
        Assert.Equal("moi@demo.test has no identity 2.", await RefusedAsync(async () => await administration.RemoveIdentityAsync("moi@demo.test", "2", default)));
    }

    [Fact]
    public async Task The_identity_of_the_account_itself_is_kept_when_it_is_changed_or_gets_company()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        var changed = await administration.UpdateIdentityAsync("moi@demo.test", new Identity(0, "Moi-même", "moi@demo.test") { Bcc = [new("Archive", "Archive@demo.test")] }, default);
        Assert.Equal((0, "archive@demo.test", true), (changed.Id, changed.Bcc![0].Email, changed.IsDefault));
        Assert.Equal([changed], await administration.ListIdentitiesAsync("moi@demo.test", default));
        await administration.RemoveIdentityAsync("moi@demo.test", "0", default);
        var added = await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "Autre", "moi+x@demo.test"), default, besideOwn: true);
        Assert.Equal((1, false), (added.Id, added.IsDefault));
        Assert.Equal([(0, "Moi", true), (1, "Autre", false)], (await administration.ListIdentitiesAsync("moi@demo.test", default)).Select(one => (one.Id, one.Name, one.IsDefault)));
        Assert.True(added.Covers("MOI+x@demo.test"));
        Assert.False(added.Covers("moi@demo.test"));
    }

    [Fact]
    public async Task A_reply_address_as_earlier_versions_wrote_it_is_read()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var account = await server.Administration.GetAccountAsync("moi@demo.test", default);
        var json = """{"identities":[{"id":1,"name":"Moi","address":"moi@demo.test","replyTo":"je@demo.test","isDefault":true}],"nextId":2}"""u8.ToArray();
        await server.Store.Settings.SetAsync(Facteur.Storage.SettingScope.Of(account.Id), "identities", json, default);
        Assert.Equal([new NamedAddress(null, "je@demo.test")], Assert.Single(await server.Administration.ListIdentitiesAsync("moi@demo.test", default)).ReplyTo);
    }

    [Fact]
    public async Task Only_addresses_of_the_account_can_be_written_under()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        foreach (var address in new[] { "ami@demo.test", "moi@example.org", "nobody@demo.test" })
            Assert.StartsWith($"moi@demo.test may not send as {address}", await RefusedAsync(async () => await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "", address), default)), StringComparison.Ordinal);
        Assert.Contains("one line", await RefusedAsync(async () => await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "a\nb", "moi@demo.test"), default)), StringComparison.Ordinal);
        Assert.Contains("not an address", await RefusedAsync(async () => await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "", "moi@demo.test") { ReplyTo = [new(null, "x")] }, default)), StringComparison.Ordinal);
        Assert.Contains("at most", await RefusedAsync(async () => await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "", "moi@demo.test") { SignatureHtml = new string('x', 20_001) }, default)), StringComparison.Ordinal);
        await administration.AddAccountAsync(new AccountDraft("accueil@demo.test") { Kind = Facteur.Storage.AccountKind.Shared }, default);
        await administration.SetShareAsync("accueil@demo.test", "moi@demo.test", Facteur.Storage.ShareRights.All, default);
        Assert.Equal("accueil@demo.test", (await administration.AddIdentityAsync("moi@demo.test", new Identity(0, "Accueil", "accueil@demo.test"), default)).Address);
    }
}
