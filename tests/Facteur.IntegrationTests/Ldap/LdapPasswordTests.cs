using System.Net;
using System.Net.Sockets;
using Facteur.Accounts;
using Facteur.Accounts.Ldap;
using Facteur.Net.Ldap;
using Facteur.Storage;

namespace Facteur.IntegrationTests.Ldap;

/// <summary>Passwords checked by Debian's slapd.</summary>
public sealed class LdapPasswordTests
{
    private static LdapSetting Setting(LdapServer server) => new(
        [server.Url], CaFile: server.Authority, BindDn: LdapServer.SearchDn, Password: LdapServer.SearchPassword, Base: LdapServer.Base);

    [Fact]
    public async Task A_password_is_right_or_wrong_and_an_empty_one_is_wrong()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server));
        await house.Accounts.AddAccountAsync("claire@example.test", "Claire", "a-password-of-ours", default);
        Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
        Assert.False(await house.CheckAsync("claire@example.test", "nuage-17-crayon"));
        Assert.False(await house.CheckAsync("claire@example.test", "a-password-of-ours"));
        Assert.False(await house.CheckAsync("claire@example.test", "")); // slapd itself says success to it (RFC 4513 §5.1.2)
        Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
        Assert.False(await house.CheckAsync("paul@example.test", "nuage-17-crayon")); // right there, and no account here
        Assert.False(await house.CheckAsync("nobody@example.test", "x"));
    }

    [Fact]
    public async Task An_empty_password_never_reaches_the_server()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server) with { StartTls = false, CaFile = null });
        await using var client = await LdapClient.ConnectAsync(house.Dialer, Address(server.Url), new LdapClientOptions { StartTls = false }, TimeProvider.System, default);
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.BindAsync($"uid=claire,{LdapServer.Base}", "", default));
        Assert.True((await client.BindAsync("", "", default)).IsSuccess); // anonymous, as meant
    }

    [Theory]
    [InlineData("*@example.test")]
    [InlineData("cl*@example.test")]
    [InlineData("claire+x=y@example.test")]
    public async Task What_a_user_types_is_never_read_as_a_filter_or_a_name(string user)
    {
        await using var server = await LdapServer.StartAsync(entries: LdapServer.Person("claire", "Claire", "soleil-42-papier"));
        await using var house = await LdapHouse.OpenAsync(Setting(server) with { Filter = "(|(uid={local})(mail={user}))" });
        Assert.False(await house.CheckAsync(user, "soleil-42-papier"));
        var steps = await house.Ldap.TestAsync(Parsed(user), house.Domain, null, default);
        Assert.Equal(("search", false), (steps[^1].Name, steps[^1].IsOk));
        await house.SetAsync(Setting(server) with { UserDn = "uid={local}," + LdapServer.Base });
        steps = await house.Ldap.TestAsync(Parsed(user), house.Domain, "soleil-42-papier", default);
        Assert.Equal(("password", false), (steps[^1].Name, steps[^1].IsOk));
    }

    [Fact]
    public async Task A_user_may_be_found_by_a_template_of_names()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(new LdapSetting([server.TlsUrl], CaFile: server.Authority, UserDn: "uid={local}," + LdapServer.Base));
        await house.Accounts.AddAccountAsync("claire@example.test", "", "a-password-of-ours", default);
        Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
        Assert.False(await house.CheckAsync("claire@example.test", "nuage-17-crayon"));
    }

    [Fact]
    public async Task Tls_is_from_the_start_or_by_StartTLS_and_the_certificate_has_to_be_right()
    {
        await using var server = await LdapServer.StartAsync();
        await using var other = await LdapServer.StartAsync("ldap.example.test");
        await using var house = await LdapHouse.OpenAsync(Setting(server));
        await house.Accounts.AddAccountAsync("claire@example.test", "", "a-password-of-ours", default);
        foreach (var url in (string[])[server.Url, server.TlsUrl])
        {
            await house.SetAsync(Setting(server) with { Servers = [url] });
            Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
            await house.SetAsync(Setting(server) with { Servers = [url], CaFile = null }); // the system does not know this authority
            await RefusedAsync(house, "certificate");
            await house.SetAsync(Setting(other) with { Servers = [url == server.Url ? other.Url : other.TlsUrl] }); // for another name
            await RefusedAsync(house, "certificate");
        }
        await house.SetAsync(Setting(server) with { CaFile = "/nowhere/ca.pem" });
        await RefusedAsync(house, "/nowhere/ca.pem");
    }

    [Fact]
    public async Task A_server_that_dies_is_no_wrong_password_and_another_takes_over()
    {
        await using var first = await LdapServer.StartAsync();
        await using var second = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(first) with { Servers = [first.Url, second.Url], StartTls = false, CaFile = null });
        await house.Accounts.AddAccountAsync("claire@example.test", "", "a-password-of-ours", default);
        Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
        await first.KillAsync();
        Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier")); // the connection that was kept is dead
        Assert.False(await house.CheckAsync("claire@example.test", "wrong"));
        await second.KillAsync();
        await RefusedAsync(house, "refuse");
        await second.RunAsync();
        await house.SetAsync(Setting(first) with { Servers = [second.Url], StartTls = false, CaFile = null });
        Assert.True(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
    }

    [Fact]
    public async Task A_server_that_is_silent_or_speaks_something_else_is_no_wrong_password()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var url = $"ldap://{silent.LocalEndpoint}";
        await using var house = await LdapHouse.OpenAsync(new LdapSetting([url], Base: LdapServer.Base, TimeoutSeconds: 1));
        await house.Accounts.AddAccountAsync("claire@example.test", "", "a-password-of-ours", default);
        await RefusedAsync(house, "does not answer");
        var chatter = Task.Run(async () =>
        {
            for (var i = 0; i < 2; i++) // the first is the one that went unanswered
            {
                using var client = await silent.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("220 mail.example.test ESMTP\r\n"u8.ToArray());
                _ = await client.GetStream().ReadAsync(new byte[100]);
            }
        });
        await house.SetAsync(new LdapSetting([url, url], Base: LdapServer.Base, StartTls: false, TimeoutSeconds: 1));
        await RefusedAsync(house, "does not speak LDAP");
        await chatter;
    }

    [Fact]
    public async Task Our_own_bind_that_is_refused_is_no_wrong_password()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server) with { Password = "wrong" });
        await house.Accounts.AddAccountAsync("claire@example.test", "", "a-password-of-ours", default);
        var e = await Assert.ThrowsAsync<LdapRefusedException>(() => house.CheckAsync("claire@example.test", "soleil-42-papier"));
        Assert.Contains(LdapServer.SearchDn, e.Message, StringComparison.Ordinal);
        var steps = await house.Ldap.TestAsync(Parsed("claire@example.test"), house.Domain, null, default);
        Assert.Equal(["connect True", "bind False"], steps.Select(step => $"{step.Name} {step.IsOk}"));
    }

    [Fact]
    public async Task Other_domains_and_accounts_of_programs_keep_their_own_passwords()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(null);
        Assert.Null(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
        await house.SetAsync(Setting(server));
        Assert.False(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
        await house.Accounts.AddAccountAsync(new AccountDraft("scanner@example.test") { Kind = AccountKind.System }, default);
        Assert.Null(await house.CheckAsync("scanner@example.test", "x"));
        await house.SetAsync(new LdapSetting([]));
        Assert.Null(await house.CheckAsync("claire@example.test", "soleil-42-papier"));
    }

    [Fact]
    public async Task Many_at_once_share_few_connections()
    {
        await using var server = await LdapServer.StartAsync();
        await using var house = await LdapHouse.OpenAsync(Setting(server) with { Connections = 2 });
        await house.Accounts.AddAccountAsync("claire@example.test", "", "a-password-of-ours", default);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => house.CheckAsync("claire@example.test", i % 2 == 0 ? "soleil-42-papier" : "wrong")));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (bool?)(i % 2 == 0)), answers);
    }

    private static async Task RefusedAsync(LdapHouse house, string why)
    {
        var e = await Assert.ThrowsAsync<LdapUnavailableException>(() => house.CheckAsync("claire@example.test", "soleil-42-papier"));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    private static EmailAddress Parsed(string text) => EmailAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text);

    private static LdapServerAddress Address(string url) => LdapServerAddress.TryParse(url, out var address) ? address : throw new ArgumentException(url);
}
