using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

public sealed class AccountServiceTests
{
    [Fact]
    public async Task A_generated_password_is_shown_once_and_lets_in()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await server.Administration.AddAccountAsync("Claire@Demo.Test", "Claire", null, default);
        Assert.Matches("^[a-z]+-[0-9]{4}-[a-z]+-[a-z]+-[a-z]+$", made.GeneratedPassword);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("claire@demo.test", made.GeneratedPassword!));
        var next = await server.Administration.SetPasswordAsync("claire@demo.test", null, default);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("claire@demo.test", next!));
    }

    [Fact]
    public void Generated_words_are_256_and_plain()
    {
        Assert.Equal(256, PasswordWords.All.Distinct().Count());
        Assert.All(PasswordWords.All, word => Assert.Matches("^[a-z]{3,11}$", word));
    }

    [Theory]
    [InlineData("court", "A password has at least 8 characters.")]
    [InlineData("with\ttabulator", "A password cannot hold control characters.")]
    [InlineData("NOUVEAU@demo.test", "The password cannot be the address.")]
    public async Task Passwords_have_rules(string password, string complaint)
    {
        await using var server = await AccountsFixture.CreateAsync();
        var refused = await Assert.ThrowsAsync<AccountRuleException>(async () => await server.Administration.AddAccountAsync("nouveau@demo.test", null, password, default));
        Assert.Equal(complaint, refused.Message);
        Assert.Null(await server.Directory.FindAccountAsync("nouveau@demo.test", default));
    }

    [Theory]
    [InlineData("moi")]
    [InlineData("a+b@demo.test")]
    [InlineData("\"jean dupont\"@demo.test")]
    [InlineData("moi@ailleurs.test")]
    public async Task Addresses_have_rules(string address)
    {
        await using var server = await AccountsFixture.CreateAsync();
        await Assert.ThrowsAsync<AccountRuleException>(async () => await server.Administration.AddAccountAsync(address, null, "long-enough", default));
    }

    [Fact]
    public async Task A_domain_with_accounts_stays()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await server.Administration.RemoveDomainAsync("demo.test", default));
        Assert.Equal(StoreRefusal.InUse, refused.Reason);
        await server.Administration.RemoveAccountAsync("moi@demo.test", default);
        await server.Administration.RemoveAccountAsync("ami@demo.test", default);
        await server.Administration.RemoveDomainAsync("DEMO.TEST", default);
        Assert.Empty(await server.Administration.ListDomainsAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("demo test")]
    [InlineData("-demo.test")]
    public async Task Domains_have_rules(string name)
    {
        await using var server = await AccountsFixture.CreateAsync();
        await Assert.ThrowsAsync<AccountRuleException>(async () => await server.Administration.AddDomainAsync(name, default));
    }
}
