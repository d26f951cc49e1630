using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Addresses_lead_to_their_account_in_any_case()
    {
        var account = await AddAccountAsync("Ada.Lovelace@demo.test");
        Assert.Equal(account, await Store.Directory.FindAccountAsync("ada.lovelace@DEMO.test", default));
        await Store.Directory.AddAddressAsync(account.Id, "countess@demo.test", default);
        Assert.Equal(account, await Store.Directory.FindByAddressAsync("Countess@demo.test", default));
        Assert.Null(await Store.Directory.FindAccountAsync("countess@demo.test", default));
        Assert.Equal(["Ada.Lovelace@demo.test", "countess@demo.test"], (await Store.Directory.ListAddressesAsync(account.Id, default)).Select(one => one.Address));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(() => AddAccountAsync("COUNTESS@demo.test")));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await Store.Directory.AddAddressAsync(account.Id, "ada.lovelace@demo.test", default)));
        Assert.Equal(StoreRefusal.InUse, await RefusedAsync(async () => await Store.Directory.RemoveAddressAsync("ada.lovelace@demo.test", default)));
        await Store.Directory.RemoveAddressAsync("countess@demo.test", default);
        Assert.Null(await Store.Directory.FindByAddressAsync("countess@demo.test", default));
    }

    [Fact]
    public async Task Domains_are_unique_and_stay_while_in_use()
    {
        var account = await AddAccountAsync();
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await Store.Directory.AddDomainAsync("demo.test", default)));
        Assert.Equal(StoreRefusal.InUse, await RefusedAsync(async () => await Store.Directory.RemoveDomainAsync(account.Domain, default)));
        await Store.Directory.RemoveAccountAsync(account.Id, default);
        await Store.Directory.RemoveDomainAsync(account.Domain, default);
        Assert.Empty(await Store.Directory.ListDomainsAsync(default));
    }

    [Fact]
    public async Task Credentials_are_replaced_and_tell_open_sessions()
    {
        var account = await AddAccountAsync();
        var told = new TaskCompletionSource<AccountId>();
        Store.Directory.AccountSecurityChanged += id => told.TrySetResult(id);
        await Store.Directory.SetCredentialAsync(account.Id, "password", "one", default);
        Assert.Equal(account.Id, await told.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await Store.Directory.SetCredentialAsync(account.Id, "password", "two", default);
        Assert.Equal("two", Assert.Single(await Store.Directory.ListCredentialsAsync(account.Id, default)).Value);
        var after = (await Store.Directory.GetAccountAsync(account.Id, default))!;
        Assert.Equal(account.CredentialVersion + 2, after.CredentialVersion);
        var disabled = await Store.Directory.UpdateAccountAsync(after with { Enabled = false, DisplayName = "Ada L." }, default);
        Assert.Equal((false, "Ada L.", after.CredentialVersion + 1), (disabled.Enabled, disabled.DisplayName, disabled.CredentialVersion));
        Assert.Equal(disabled, await Store.Directory.UpdateAccountAsync(disabled, default));
    }

    [Fact]
    public async Task A_removed_account_is_gone_at_once_and_its_mail_soon()
    {
        var ada = await AddAccountAsync("ada@demo.test");
        var bob = await AddAccountAsync("bob@demo.test");
        var inbox = await InboxAsync(ada.Id);
        await using (var intake = await IntakeAsync(Message(body: new string('x', 30_000))))
            await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [Target(inbox), Target(await InboxAsync(bob.Id))])], default);
        await AddAsync(inbox);
        await Store.Directory.RemoveAccountAsync(ada.Id, default);
        Assert.Null(await Store.Directory.GetAccountAsync(ada.Id, default));
        Assert.Null(await Store.Directory.FindByAddressAsync("ada@demo.test", default));
        Assert.Equal(["bob@demo.test"], (await Store.Directory.ListAccountsAsync(bob.Domain, default)).Select(account => account.Address));
        Assert.Empty(await Store.ListMailboxesAsync(ada.Id, default));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(() => AddAsync(inbox)));
        Assert.Equal(StoreRefusal.NoSuchAccount, await RefusedAsync(async () => await Store.GetQuotaAsync(ada.Id, default)));
        await PurgeAsync();
        Assert.Single(await BodiesAsync((await InboxAsync(bob.Id)).Id));
        Assert.NotEqual(ada.Id, (await AddAccountAsync("ada@demo.test")).Id);
    }
}
