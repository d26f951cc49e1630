using System.Net;
using System.Text;
using Facteur.Accounts;

namespace Facteur.Tests.Accounts;

public sealed class SaslTests
{
    private static SaslServer Begin(AccountsFixture server, string mechanism) =>
        SaslServer.Create(mechanism, server.Logins, new LoginClient(MailProtocol.Submission, IPAddress.Loopback))!;

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task Plain_with_an_initial_response()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var plain = Begin(server, "plain");
        Assert.Equal(SaslStep.Done, await plain.StartAsync(Bytes($"\0moi@demo.test\0{AccountsFixture.MoiPassword}"), default));
        Assert.Equal("moi@demo.test", plain.Result.Account!.Address);
    }

    [Fact]
    public async Task Plain_without_one_begins_with_an_empty_challenge()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var plain = Begin(server, "PLAIN");
        Assert.Equal(SaslStep.Continue, await plain.StartAsync(null, default));
        Assert.True(plain.Challenge.IsEmpty);
        Assert.Equal(SaslStep.Done, await plain.NextAsync(Bytes("ami@demo.test\0moi@demo.test\0" + AccountsFixture.MoiPassword), default));
        Assert.Equal(LoginRefusal.BadCredentials, plain.Result.Refusal); // authzid of another
    }

    [Theory]
    [InlineData("")]
    [InlineData("moi@demo.test")]
    [InlineData("moi@demo.test\0soleil-42-papier")]
    [InlineData("\0moi@demo.test\0soleil-42-papier\0")]
    [InlineData("\0moi@demo.test\0soleil\0papier")]
    [InlineData("\0\0soleil-42-papier")]
    public async Task Plain_of_another_form_is_malformed(string message)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(SaslStep.Malformed, await Begin(server, "PLAIN").StartAsync(Bytes(message), default));
        Assert.Equal(0, server.Logins.Hashes.Computed);
    }

    [Fact]
    public async Task Neither_bad_utf8_nor_a_giant_is_a_message()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(SaslStep.Malformed, await Begin(server, "PLAIN").StartAsync(new byte[] { 0, (byte)'a', 0, 0xff }, default));
        Assert.Equal(SaslStep.Malformed, await Begin(server, "PLAIN").StartAsync(new byte[SaslServer.MaxMessageOctets + 1], default));
    }

    [Fact] // CLIENTS.md 2
    public async Task Login_prompts_as_outlook_wants_it()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var login = Begin(server, "LOGIN");
        Assert.Equal(SaslStep.Continue, await login.StartAsync(null, default));
        Assert.Equal("Username:", Encoding.UTF8.GetString(login.Challenge.Span));
        Assert.Equal(SaslStep.Continue, await login.NextAsync(Bytes("moi@demo.test"), default));
        Assert.Equal("Password:", Encoding.UTF8.GetString(login.Challenge.Span));
        Assert.Equal(SaslStep.Done, await login.NextAsync(Bytes(AccountsFixture.MoiPassword), default));
        Assert.NotNull(login.Result.Account);
    }

    [Fact]
    public async Task Login_takes_the_user_name_as_initial_response()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var login = Begin(server, "login");
        Assert.Equal(SaslStep.Continue, await login.StartAsync(Bytes("moi@demo.test"), default));
        Assert.Equal("Password:", Encoding.UTF8.GetString(login.Challenge.Span));
        Assert.Equal(SaslStep.Done, await login.NextAsync(Bytes("wrong-password"), default));
        Assert.Equal(LoginRefusal.BadCredentials, login.Result.Refusal);
    }

    [Fact]
    public async Task Other_mechanisms_are_not_offered()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Null(SaslServer.Create("ANONYMOUS", server.Logins, new LoginClient(MailProtocol.Imap, IPAddress.Loopback)));
    }
}
