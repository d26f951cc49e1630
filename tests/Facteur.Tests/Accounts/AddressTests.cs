using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

public sealed class AddressTests
{
    [Theory]
    [InlineData("Moi@Demo.TEST", "moi@demo.test")]
    [InlineData("jos\u0065\u0301@demo.test", "jos\u00e9@demo.test")]
    [InlineData("a@EXÄMPLE.fr", "a@xn--exmple-cua.fr")]
    [InlineData("a@XN--EXMPLE-CUA.fr", "a@xn--exmple-cua.fr")]
    [InlineData("\"jean.dupont\"@demo.test", "jean.dupont@demo.test")]
    [InlineData("\"a\\\"b\"@demo.test", "a\"b@demo.test")]
    [InlineData("\"u@ext\"@demo.test", "u@ext@demo.test")]
    public void Addresses_have_one_form(string written, string normal)
    {
        Assert.True(EmailAddress.TryParse(written, out var address));
        Assert.Equal(normal, address.ToString());
    }

    [Theory]
    [InlineData("moi")]
    [InlineData("@demo.test")]
    [InlineData("\"\"@demo.test")]
    [InlineData("\"abc@demo.test")]
    [InlineData("\"a\"b\"@demo.test")]
    [InlineData("a b@demo.test")]
    [InlineData(".a@demo.test")]
    [InlineData("a..b@demo.test")]
    [InlineData("a@demo.test.")]
    [InlineData("a@-demo.test")]
    [InlineData("a@demo..test")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a@demo_x.test")]
    [InlineData("a@")]
    [InlineData("a\u202eb@demo.test")]
    public void What_is_no_address_is_refused(string written) => Assert.False(EmailAddress.TryParse(written, out _));

    [Theory]
    [InlineData("moi", "demo.test", RecipientKind.Local, null)]
    [InlineData("MOI", "DEMO.test", RecipientKind.Local, null)]
    [InlineData("moi+Factures", "demo.test", RecipientKind.Local, "Factures")]
    [InlineData("moi+a+b", "demo.test", RecipientKind.Local, "a+b")]
    [InlineData("moi+", "demo.test", RecipientKind.Local, "")]
    [InlineData("+moi", "demo.test", RecipientKind.UnknownUser, null)]
    [InlineData("inconnu", "demo.test", RecipientKind.UnknownUser, null)]
    [InlineData("user%ext", "demo.test", RecipientKind.UnknownUser, null)]
    [InlineData("u@ext", "demo.test", RecipientKind.UnknownUser, null)]
    [InlineData("", "demo.test", RecipientKind.UnknownUser, null)]
    [InlineData("moi", "ailleurs.test", RecipientKind.Foreign, null)]
    [InlineData("moi", "[127.0.0.1]", RecipientKind.Foreign, null)]
    [InlineData("moi", "demo.test.", RecipientKind.Foreign, null)]
    public async Task Recipients_resolve(string local, string domain, RecipientKind kind, string? detail)
    {
        await using var server = await AccountsFixture.CreateAsync();
        var resolution = await new RecipientDirectory(server.Directory).ResolveAsync(local, domain, default);
        Assert.Equal((kind, detail), (resolution.Kind, resolution.Detail));
        Assert.Equal(kind == RecipientKind.Local ? server.Moi.Id : null, resolution.Account?.Id);
    }

    [Fact]
    public async Task An_address_of_its_own_comes_before_a_sub_address()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Directory.AddAddressAsync(server.Ami.Id, "moi+ami@demo.test", default);
        var resolution = await new RecipientDirectory(server.Directory).ResolveAsync("moi+ami", "demo.test", default);
        Assert.Equal((server.Ami.Id, (string?)null), (resolution.Account!.Id, resolution.Detail));
    }

    [Fact]
    public async Task A_domain_in_u_labels_is_found()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Administration.AddDomainAsync("Bücher.test", default);
        await server.Administration.AddAccountAsync("moi@bücher.test", null, "soleil-42-papier", default);
        var resolution = await new RecipientDirectory(server.Directory).ResolveAsync("moi", "BÜCHER.test", default);
        Assert.Equal("moi@xn--bcher-kva.test", resolution.Account!.Address);
    }

    [Fact]
    public async Task Mail_for_a_disabled_account_is_put_off()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Administration.SetEnabledAsync("moi@demo.test", false, default);
        Assert.Equal(RecipientKind.Unavailable, (await new RecipientDirectory(server.Directory).ResolveAsync("moi", "demo.test", default)).Kind);
    }

    [Theory] // S-20
    [InlineData("moi@demo.test", true)]
    [InlineData("MOI+x@demo.test", true)]
    [InlineData("ami@demo.test", false)]
    [InlineData("moi@ailleurs.test", false)]
    [InlineData("", false)]
    public async Task Sending_is_as_oneself(string address, bool allowed)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(allowed, await new RecipientDirectory(server.Directory).MaySendAsAsync(server.Moi.Id, address, default));
    }
}
