using System.Text;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

public sealed class AddressVerbTests
{
    [Theory]
    [InlineData("a@demo.test", "a@demo.test", "a@demo.test cannot lead to itself.")]
    [InlineData("a@demo.test", "personne@demo.test", "There is no address personne@demo.test on this server.")]
    [InlineData("a@demo.test", "no address", "\"no address\" is not an address in full, such as claire@exemple.fr.")]
    [InlineData("a+b@demo.test", "moi@demo.test", "An address with \"+\" belongs to the account before it and needs none of its own.")]
    [InlineData("a@ailleurs.test", "moi@demo.test", "The domain ailleurs.test is not one of this server; add it first with: facteur domain add ailleurs.test")]
    [InlineData("@ailleurs.test", "moi@demo.test", "The domain ailleurs.test is not one of this server; add it first with: facteur domain add ailleurs.test")]
    public async Task Aliases_have_rules(string alias, string target, string complaint)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(complaint, await ComplaintAsync(async () => await server.Administration.AddAliasAsync(alias, [target], null, default)));
    }

    [Fact]
    public async Task Aliases_are_added_changed_listed_and_removed()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        await admin.AddAliasAsync("Equipe@Demo.test", ["MOI@demo.test", "moi@demo.test", "x@ailleurs.test"], "the team", default);
        await admin.AddAliasAsync("@demo.test", ["moi@demo.test"], null, default);
        Assert.Equal(StoreRefusal.AlreadyExists, (await Assert.ThrowsAsync<StoreRefusedException>(async () => await admin.AddAliasAsync("ami@demo.test", ["moi@demo.test"], null, default))).Reason);
        Assert.Equal(["@demo.test", "equipe@demo.test"], (await admin.ListAliasesAsync("demo.test", default)).Select(alias => alias.Address));
        Assert.Equal(["moi@demo.test", "x@ailleurs.test"], (await admin.SetAliasTargetsAsync("equipe@demo.test", ["moi@demo.test", "x@ailleurs.test"], default)).Targets);
        Assert.False((await admin.SetAliasEnabledAsync("@demo.test", false, default)).Enabled);
        await admin.RemoveAliasAsync("@DEMO.test", default);
        Assert.Equal("There is no alias @demo.test.", await ComplaintAsync(async () => await admin.RemoveAliasAsync("@demo.test", default)));
    }

    [Fact]
    public async Task Disposable_addresses_are_made_counted_and_switched_off()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        var made = await admin.AddDisposableAsync("moi@demo.test", null, "the shop", default);
        Assert.Matches("^[a-z]+-[a-z]+-[0-9]{4}@demo.test$", made.Address);
        var chosen = await admin.AddDisposableAsync("moi@demo.test", "boutique@demo.test", null, default);
        await server.Store.State.AddAsync(AccountService.DisposableSpace(server.Moi.Id), [new StateChange(made.Address, 3, 0)], default);
        var listed = await admin.ListDisposablesAsync("moi@demo.test", default);
        Assert.Equal([(made.Address, 3L), (chosen.Address, 0L)], listed.Select(one => (one.Address.Address, one.Messages)).OrderByDescending(one => one.Item2));
        Assert.False((await admin.SetAddressEnabledAsync(made.Address, false, default)).Enabled);
        Assert.Equal("moi@demo.test is the primary address of its account and stays on; disable the account instead.", await ComplaintAsync(async () => await admin.SetAddressEnabledAsync("moi@demo.test", false, default)));
        await admin.RemoveAddressAsync(chosen.Address, default);
        Assert.Single(await admin.ListDisposablesAsync("moi@demo.test", default));
    }

    [Fact]
    public async Task Who_may_send_as_what()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        await admin.AddDomainAliasAsync("autre.test", "demo.test", default);
        await admin.AddDomainAsync("tout.test", default);
        await admin.AddAliasAsync("equipe@demo.test", ["moi@demo.test", "ami@demo.test"], null, default);
        await admin.AddAliasAsync("@tout.test", ["moi@demo.test"], null, default);
        var off = await admin.AddDisposableAsync("moi@demo.test", "jetable@demo.test", null, default);
        var directory = new RecipientDirectory(server.Directory, server.Store.Settings);
        foreach (var address in (string[])["moi@demo.test", "moi+x@autre.test", "equipe@demo.test", "libre@tout.test", "jetable@demo.test", "postmaster@demo.test"])
            Assert.True(await directory.MaySendAsAsync(server.Moi.Id, address, default), address);
        foreach (var address in (string[])["moi@demo.test", "libre@tout.test", "jetable@demo.test", "inconnu@demo.test", "postmaster@demo.test"])
            Assert.False(await directory.MaySendAsAsync(server.Ami.Id, address, default), address);
        Assert.True(await directory.MaySendAsAsync(server.Ami.Id, "equipe@autre.test", default));
        Assert.False(await directory.OwnsAsync(server.Ami.Id, "equipe@demo.test", default));
        await admin.SetAddressEnabledAsync(off.Address, false, default);
        Assert.False(await directory.MaySendAsAsync(server.Moi.Id, off.Address, default));
    }

    [Fact]
    public async Task Forwards_are_confirmed_by_who_gets_them()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        var code = await admin.AskForwardAsync("moi@demo.test", "moi@ailleurs.test", default);
        Assert.False(await admin.ConfirmForwardAsync("moi@demo.test", "moi@ailleurs.test", "wrong", default));
        Assert.False(await admin.ConfirmForwardAsync("moi@demo.test", "autre@ailleurs.test", code!, default));
        var later = await admin.AskForwardAsync("moi@demo.test", "moi@ailleurs.test", default);
        Assert.False(await admin.ConfirmForwardAsync("moi@demo.test", "moi@ailleurs.test", code!, default));
        server.Clock.Advance(TimeSpan.FromDays(8));
        Assert.False(await admin.ConfirmForwardAsync("moi@demo.test", "moi@ailleurs.test", later!, default));
        var last = await admin.AskForwardAsync("moi@demo.test", "moi@ailleurs.test", default);
        Assert.True(await admin.ConfirmForwardAsync("moi@demo.test", "moi@ailleurs.test", $" {last} ", default));
        Assert.Null(await admin.AskForwardAsync("moi@demo.test", "ami@demo.test", default));
        Assert.Equal([true, true], (await admin.GetForwardAsync("moi@demo.test", default))!.Targets.Select(target => target.IsConfirmed));
        Assert.Equal("moi@demo.test forwards to this account already; mail would go in circles.", await ComplaintAsync(async () => await admin.SetForwardAsync("ami@demo.test", ["moi@demo.test"], ForwardKeep.Keep, default)));
        Assert.Equal("moi+x@demo.test is an address of the account itself.", await ComplaintAsync(async () => await admin.SetForwardAsync("moi@demo.test", ["moi+x@demo.test"], ForwardKeep.Keep, default)));
        await admin.SetForwardAsync("moi@demo.test", [], ForwardKeep.Keep, default);
        Assert.Empty((await admin.GetForwardAsync("moi@demo.test", default))!.Targets);
    }

    [Fact]
    public async Task A_code_is_guessed_at_a_few_times_and_a_few_go_out_in_a_day()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        var code = await admin.AskForwardAsync("moi@demo.test", "moi@ailleurs.test", default);
        for (var i = 0; i < AccountService.MaxCodeTries; i++) Assert.False(await admin.ConfirmForwardAsync("moi@demo.test", "moi@ailleurs.test", "wrong", default));
        Assert.False(await admin.ConfirmForwardAsync("moi@demo.test", "moi@ailleurs.test", code!, default));
        for (var i = 1; i < AccountService.MaxCodesADay; i++) code = await admin.AskForwardAsync("moi@demo.test", "moi@ailleurs.test", default);
        Assert.StartsWith("At most 10 codes", await ComplaintAsync(async () => await admin.AskForwardAsync("moi@demo.test", "autre@ailleurs.test", default)), StringComparison.Ordinal);
        await admin.RemoveForwardAsync("moi@demo.test", "moi@ailleurs.test", default);
        Assert.StartsWith("At most 10 codes", await ComplaintAsync(async () => await admin.AskForwardAsync("moi@demo.test", "autre@ailleurs.test", default)), StringComparison.Ordinal);
        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(await admin.AskForwardAsync("moi@demo.test", "autre@ailleurs.test", default));
        Assert.DoesNotContain(code!, Encoding.UTF8.GetString((await server.Store.Settings.GetAsync(SettingScope.Of(server.Moi.Id), "forward", default))!.Value.Span), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Addresses_of_rules_take_no_mail_by_themselves()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        Assert.Null(await admin.AskForwardAsync("moi@demo.test", "ami@demo.test", default, use: false));
        Assert.True(await admin.MaySendOnAsync(server.Moi.Id, "ami@demo.test", default));
        Assert.False(await admin.MaySendOnAsync(server.Moi.Id, "moi+x@demo.test", default));
        var code = await admin.AskForwardAsync("moi@demo.test", "far@example.org", default, use: false);
        Assert.False(await admin.MaySendOnAsync(server.Moi.Id, "far@example.org", default));
        Assert.True(await admin.ConfirmForwardAsync("moi@demo.test", "far@example.org", code!, default));
        Assert.True(await admin.MaySendOnAsync(server.Moi.Id, "far@example.org", default));
        Assert.DoesNotContain((await admin.GetForwardAsync("moi@demo.test", default))!.Targets, one => one.IsUsed);
        await admin.SetForwardAsync("moi@demo.test", ["there@example.org"], ForwardKeep.Archive, default);
        Assert.Equal(["there@example.org"], (await admin.GetForwardAsync("moi@demo.test", default))!.Targets.Where(one => one.IsUsed).Select(one => one.Address));
        Assert.True(await admin.MaySendOnAsync(server.Moi.Id, "far@example.org", default));
        Assert.Null(await admin.AskForwardAsync("moi@demo.test", "far@example.org", default));
        Assert.Equal(["there@example.org", "far@example.org"], (await admin.GetForwardAsync("moi@demo.test", default))!.Targets.Where(one => one.IsUsed).Select(one => one.Address));
        await admin.RemoveForwardAsync("moi@demo.test", "far@example.org", default);
        Assert.False(await admin.MaySendOnAsync(server.Moi.Id, "far@example.org", default));
    }

    [Fact]
    public async Task Vacations_have_rules()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        var now = DateTimeOffset.UnixEpoch;
        foreach (var bad in (VacationSetting[])[new("", " "), new("a\nb", "x"), new("", "x", Days: 0), new("", "x", Days: 400), new("", "x", now, now)])
            Assert.NotEmpty(await ComplaintAsync(async () => await admin.SetVacationAsync("moi@demo.test", bad, default)));
        var good = new VacationSetting("Away", "I am away.", now, now.AddDays(3), 2);
        await admin.SetVacationAsync("moi@demo.test", good, default);
        Assert.Equal(good, await admin.GetVacationAsync("moi@demo.test", default));
    }

    [Fact]
    public async Task The_narrowest_language_counts()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var admin = server.Administration;
        Assert.Equal("en", await admin.GetLocaleAsync("moi@demo.test", default));
        await admin.SetLocaleAsync(null, "fr", default);
        Assert.Equal("fr", await admin.GetLocaleAsync("moi@demo.test", default));
        await admin.SetLocaleAsync("demo.test", "en", default);
        Assert.Equal("en", await admin.GetLocaleAsync("moi@demo.test", default));
        await admin.SetAccountLocaleAsync("moi@demo.test", "fr", default);
        Assert.Equal("fr", await admin.GetLocaleAsync("moi@demo.test", default));
        Assert.Equal("\"de\" is not a language of this server; it has en and fr.", await ComplaintAsync(async () => await admin.SetLocaleAsync(null, "de", default)));
        await server.Store.Settings.SetAsync(SettingScope.Of(server.Moi.Id), "locale", "{"u8.ToArray(), default);
        Assert.Equal("en", await admin.GetLocaleAsync("moi@demo.test", default));
    }

    private static async Task<string> ComplaintAsync(Func<Task> verb) => (await Assert.ThrowsAsync<AccountRuleException>(verb)).Message;
}
