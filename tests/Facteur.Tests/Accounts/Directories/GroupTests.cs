using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts.Directories;

/// <summary>Groups, defaults of domains and kinds of accounts.</summary>
public sealed class GroupTests
{
    private static async Task<string> RefusedAsync(Func<Task> verb) => (await Assert.ThrowsAsync<AccountRuleException>(verb)).Message;

    [Fact]
    public async Task A_group_is_named_with_its_domain()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        var sales = await administration.AddGroupAsync("Demo.Test/ Ventes ", default);
        Assert.Equal("Ventes", sales.Name);
        Assert.Equal(sales, await administration.GetGroupAsync("demo.test/VENTES", default));
        Assert.Equal("The group demo.test/ventes is there already.", await RefusedAsync(async () => await administration.AddGroupAsync("demo.test/ventes", default)));
        Assert.Equal("There is no group demo.test/achats.", await RefusedAsync(async () => await administration.GetGroupAsync("demo.test/achats", default)));
        Assert.Equal("\"ventes\" is no group; write its domain before it, such as exemple.fr/ventes.", await RefusedAsync(async () => await administration.AddGroupAsync("ventes", default)));
        foreach (var name in new[] { "", "a/b", "a,b", "a\nb", new string('x', 101) })
            Assert.Contains("is no name of a group", await RefusedAsync(async () => await administration.AddGroupAsync("demo.test/" + name, default)), StringComparison.Ordinal);
        await administration.AddDomainAsync("other.test", default);
        await administration.AddAccountAsync("eve@other.test", null, null, default);
        Assert.Equal("eve@other.test is not of the domain of the group demo.test/ventes.", await RefusedAsync(async () => await administration.SetMemberAsync("demo.test/ventes", "eve@other.test", true, default)));
        await administration.SetMemberAsync("demo.test/ventes", "moi@demo.test", true, default);
        Assert.Equal([server.Moi.Id], (await administration.ListMembersAsync(sales.Id, default)).Select(one => one.Id));
    }

    [Fact]
    public async Task New_accounts_begin_with_the_defaults_of_their_domain()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        await administration.AddGroupAsync("demo.test/Ventes", default);
        await administration.AddGroupAsync("demo.test/Bureau", default);
        await administration.SetDefaultsAsync("demo.test", new DomainDefaults(1000, "fr", ["ventes"]), default);
        var made = (await administration.AddAccountAsync("claire@demo.test", null, null, default)).Account;
        Assert.Equal(1000, (await administration.GetAccountAsync("claire@demo.test", default)).QuotaOctets);
        Assert.Equal("fr", await administration.GetLocaleAsync("claire@demo.test", default));
        Assert.Equal(["Ventes"], (await administration.ListGroupsOfAsync(made.Id, default)).Select(group => group.Name));
        Assert.Equal("en", await administration.GetLocaleAsync("moi@demo.test", default));

        var other = (await administration.AddAccountAsync(new AccountDraft("marc@demo.test") { QuotaOctets = 5, Groups = ["bureau"] }, default)).Account;
        Assert.Equal((5L, "Bureau"), (other.QuotaOctets, (await administration.ListGroupsOfAsync(other.Id, default)).Single().Name));
        var scanner = (await administration.AddAccountAsync(new AccountDraft("scan@demo.test") { Kind = AccountKind.System }, default)).Account;
        Assert.Empty(await administration.ListGroupsOfAsync(scanner.Id, default));

        await administration.RenameGroupAsync("demo.test/ventes", "Atelier", default);
        Assert.Equal(["Atelier"], (await administration.GetDefaultsAsync("demo.test", default)).Groups!);
        await administration.RemoveGroupAsync("demo.test/atelier", default);
        Assert.Equal(new DomainDefaults(1000, "fr"), await administration.GetDefaultsAsync("demo.test", default));
        Assert.Equal("There is no group demo.test/nix.", await RefusedAsync(async () => await administration.SetDefaultsAsync("demo.test", new DomainDefaults(Groups: ["nix"]), default)));
        Assert.Contains("\"de\" is not a language", await RefusedAsync(async () => await administration.SetDefaultsAsync("demo.test", new DomainDefaults(Locale: "de"), default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_account_takes_mail_at_both_addresses_and_sends_as_both()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var recipients = new RecipientDirectory(server.Directory, server.Store.Settings);
        Assert.Equal(server.Moi.Id, (await recipients.ResolveAsync("moi", "demo.test", default)).Account!.Id);
        var renamed = await server.Administration.RenameAccountAsync("moi@demo.test", "Claire@demo.test", default);
        Assert.Equal((server.Moi.Id, "claire@demo.test"), (renamed.Id, renamed.Address));
        foreach (var address in new[] { "moi@demo.test", "claire@demo.test", "moi+x@demo.test" })
        {
            Assert.True(await recipients.MaySendAsAsync(server.Moi.Id, address, default));
            Assert.Equal(server.Moi.Id, (await recipients.ResolveAsync(address[..address.IndexOf('@')], "demo.test", default)).Account!.Id);
        }
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("claire@demo.test", AccountsFixture.MoiPassword));
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await server.Administration.RenameAccountAsync("claire@demo.test", "ami@demo.test", default));
        Assert.Equal("moi@demo.test", (await server.Administration.RenameAccountAsync("claire@demo.test", "moi@demo.test", default)).Address);
    }
}
