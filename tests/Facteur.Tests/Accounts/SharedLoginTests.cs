using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

/// <summary>Logins of members to a shared account.</summary>
public sealed class SharedLoginTests
{
    private static async Task<(AccountsFixture Server, AccountRecord Shared)> CreateAsync()
    {
        var server = await AccountsFixture.CreateAsync();
        await server.Administration.AddAccountAsync(new AccountDraft("info@demo.test") { Kind = AccountKind.Shared }, default);
        await server.Administration.SetShareAsync("info@demo.test", "moi@demo.test", ShareRights.Read, default);
        return (server, await server.Administration.GetAccountAsync("info@demo.test", default));
    }

    [Theory]
    [InlineData("moi@demo.test", "info@demo.test")]
    [InlineData("moi@demo.test\\info@demo.test", "")]
    [InlineData("MOI@demo.test\\Info@Demo.test", "")]
    [InlineData("info@demo.test*moi@demo.test", "")]
    [InlineData("info@demo.test*moi@demo.test", "info@demo.test")]
    public async Task A_member_is_let_in_by_its_own_password(string user, string authorizationId)
    {
        var (server, shared) = await CreateAsync();
        await using var _ = server;
        for (var remembered = 0; remembered < 2; remembered++)
        {
            var result = await server.LoginAsync(user, AccountsFixture.MoiPassword, authorizationId);
            Assert.Equal((shared.Id, "info@demo.test", (AccountId?)server.Moi.Id), (result.Account!.Id, result.Account.Address, result.Account.Member));
        }
        Assert.Equal(1, server.Logins.Hashes.Computed);
        Assert.Null((await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword)).Account!.Member);
    }

    [Theory]
    [InlineData("ami@demo.test", "info@demo.test")] // not a member
    [InlineData("ami@demo.test\\info@demo.test", "")]
    [InlineData("ami@demo.test", "moi@demo.test")] // not a shared account
    [InlineData("ami@demo.test\\nobody@demo.test", "")]
    [InlineData("ami@demo.test\\info@demo.test", "moi@demo.test")] // two at once
    [InlineData("info@demo.test", "")] // nobody has its password
    [InlineData("info@demo.test", "ami@demo.test")]
    [InlineData("info@demo.test\\ami@demo.test", "")]
    [InlineData("ami@demo.test*info@demo.test", "")]
    public async Task All_others_are_refused_alike(string user, string authorizationId)
    {
        var (server, _) = await CreateAsync();
        await using var _2 = server;
        var refused = await server.LoginAsync(user, AccountsFixture.AmiPassword, authorizationId);
        Assert.Equal((LoginRefusal.BadCredentials, "FCT-3001", "en"), (refused.Refusal, refused.Reason!.Code, refused.Locale));
        Assert.Equal(1, server.Logins.Hashes.Computed);
    }

    [Fact]
    public async Task Rules_of_both_count()
    {
        var (server, _) = await CreateAsync();
        await using var _2 = server;
        await server.Administration.SetEnabledAsync("info@demo.test", false, default);
        Assert.Equal(LoginRefusal.Disabled, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword, "info@demo.test"));
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        await server.Administration.SetEnabledAsync("info@demo.test", true, default);
        await server.Administration.SetEnabledAsync("moi@demo.test", false, default);
        Assert.Equal(LoginRefusal.Disabled, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword, "info@demo.test"));
    }

    [Fact]
    public async Task Who_is_no_member_any_more_is_out()
    {
        var (server, _) = await CreateAsync();
        await using var _2 = server;
        var account = (await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword, "info@demo.test")).Account!;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var session = server.Logins.Watch(account, () => ended.TrySetResult());
        await server.Administration.SetShareAsync("info@demo.test", "moi@demo.test", ShareRights.None, default);
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword, "info@demo.test"));
        await ended.Task;
    }
}
