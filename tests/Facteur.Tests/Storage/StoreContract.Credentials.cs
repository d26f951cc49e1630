using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    private static CredentialRecord AppPassword(AccountId account, string lookup, string label = "téléphone") =>
        new(0, account, "app-password", "hash of " + lookup, default) { Label = label, Lookup = lookup, Detail = "{\"protocols\":[\"imap\"]}" };

    [Fact]
    public async Task Credentials_stand_beside_each_other_and_are_found_without_their_account()
    {
        var (ada, bob) = (await AddAccountAsync("ada@demo.test"), await AddAccountAsync("bob@demo.test"));
        var directory = Store.Directory;
        await directory.SetCredentialAsync(ada.Id, "password", "p", default);
        var before = await directory.GetAccountAsync(ada.Id, default);
        var phone = await directory.AddCredentialAsync(AppPassword(ada.Id, "one"), default);
        var tablet = await directory.AddCredentialAsync(AppPassword(ada.Id, "two", "tablette"), default);
        await directory.AddCredentialAsync(AppPassword(bob.Id, "two") with { Kind = "certificate" }, default);
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await directory.AddCredentialAsync(AppPassword(bob.Id, "two"), default)));
        Assert.Equal(Time.GetUtcNow(), phone.Created);
        Assert.Equal(phone, await directory.FindCredentialAsync("app-password", "one", default));
        Assert.Equal(bob.Id, (await directory.FindCredentialAsync("certificate", "two", default))!.Account);
        Assert.Null(await directory.FindCredentialAsync("certificate", "one", default));
        Assert.Equal(["password", "app-password", "app-password"], (await directory.ListCredentialsAsync(ada.Id, default)).Select(one => one.Kind));
        Assert.True(await directory.UpdateCredentialAsync(tablet with { Value = "v", Label = "l", Detail = "{}" }, default));
        Assert.Equal(("v", "l", "{}"), await directory.FindCredentialAsync("app-password", "two", default) is { } now ? (now.Value, now.Label, now.Detail) : default);
        Assert.Equal(before, await directory.GetAccountAsync(ada.Id, default));
        await RestartAsync();
        Assert.Equal(phone, await Store.Directory.FindCredentialAsync("app-password", "one", default));
    }

    [Fact]
    public async Task Last_uses_of_credentials_are_noted_together()
    {
        var ada = await AddAccountAsync();
        var directory = Store.Directory;
        var (phone, tablet) = (await directory.AddCredentialAsync(AppPassword(ada.Id, "one"), default), await directory.AddCredentialAsync(AppPassword(ada.Id, "two"), default));
        var at = Time.GetUtcNow();
        await directory.NoteCredentialsUsedAsync([(phone.Id, at, "192.0.2.1"), (tablet.Id, at, "2001:db8::1"), (999, at, "192.0.2.1")], default);
        await directory.NoteCredentialsUsedAsync([(tablet.Id, at - TimeSpan.FromMinutes(1), "192.0.2.9")], default);
        Assert.Equal((at, "192.0.2.1"), await directory.FindCredentialAsync("app-password", "one", default) is { } one ? (one.LastUsed!.Value, one.LastUsedFrom) : default);
        Assert.Equal((at, "2001:db8::1"), await directory.FindCredentialAsync("app-password", "two", default) is { } two ? (two.LastUsed!.Value, two.LastUsedFrom) : default);
    }

    [Fact]
    public async Task A_removed_credential_is_told_of_and_lets_nobody_in_from_memory()
    {
        var ada = await AddAccountAsync();
        var directory = Store.Directory;
        var phone = await directory.AddCredentialAsync(AppPassword(ada.Id, "one"), default);
        var told = new List<(AccountId, long)>();
        directory.CredentialRemoved += (account, credential) => told.Add((account, credential));
        directory.AccountSecurityChanged += _ => told.Add(default);
        Assert.True(await directory.RemoveCredentialAsync(phone, default));
        Assert.False(await directory.RemoveCredentialAsync(phone, default));
        Assert.False(await directory.UpdateCredentialAsync(phone, default));
        Assert.Equal([(ada.Id, phone.Id)], told);
        Assert.Null(await directory.FindCredentialAsync("app-password", "one", default));
        Assert.Equal(ada.CredentialVersion + 1, (await directory.GetAccountAsync(ada.Id, default))!.CredentialVersion);
    }

    [Fact]
    public async Task A_password_set_meanwhile_wins_over_its_hash_made_anew()
    {
        var ada = await AddAccountAsync();
        var directory = Store.Directory;
        await directory.SetCredentialAsync(ada.Id, "password", "one", default);
        var old = Assert.Single(await directory.ListCredentialsAsync(ada.Id, default));
        Assert.True(await directory.ReplaceHashAsync(old, "one anew", default));
        await directory.SetCredentialAsync(ada.Id, "password", "two", default);
        Assert.False(await directory.ReplaceHashAsync(old with { Value = "one anew" }, "one once more", default));
        Assert.Equal("two", Assert.Single(await directory.ListCredentialsAsync(ada.Id, default)).Value);
    }
}
