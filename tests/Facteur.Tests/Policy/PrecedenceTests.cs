using System.Text.Json;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Tests.Policy;

/// <summary>Which of several rules holds, and whose it is said to be.</summary>
public sealed class PrecedenceTests
{
    [Fact]
    public async Task A_narrower_scope_wins_cell_by_cell_and_each_names_its_origin()
    {
        await using var server = await PolicyFixture.CreateAsync();
        await server.SetAsync(SettingScope.Site, new PolicyDocument { Name = "Partout", Imap = new(Tls: true, Networks: ["192.0.2.0/24"]), Pop3 = new(On: false) });
        await server.SetAsync(SettingScope.Of(server.Moi.Domain), new PolicyDocument { Pop3 = new(On: true, Certificate: true) });
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyDocument { Imap = new(AppPassword: true) });
        await server.SetAsync(SettingScope.Of(server.Moi.Id), new PolicyDocument { Imap = new(Networks: []), Pop3 = new(Certificate: false) });

        var moi = await server.Policies.EffectiveAsync(server.Moi, default);
        Assert.Equal(new PolicyCell<bool>(true, new PolicyOrigin(PolicyLevel.Site, "", "Partout")), moi[MailProtocol.Imap].Tls);
        Assert.Equal(new PolicyCell<bool>(true, new PolicyOrigin(PolicyLevel.Group, "Ventes")), moi[MailProtocol.Imap].AppPassword);
        Assert.Equal(("any", PolicyLevel.Account), (moi[MailProtocol.Imap].Networks.Value.ToString(), moi[MailProtocol.Imap].Networks.Origin.Level));
        Assert.Equal(new PolicyCell<bool>(true, new PolicyOrigin(PolicyLevel.Domain, "demo.test")), moi[MailProtocol.Pop3].On);
        Assert.Equal(new PolicyCell<bool>(false, new PolicyOrigin(PolicyLevel.Account, "moi@demo.test")), moi[MailProtocol.Pop3].Certificate);
        Assert.Equal(new PolicyCell<bool>(false, PolicyOrigin.Default), moi[MailProtocol.Pop3].SecondFactor);

        var ami = await server.Policies.EffectiveAsync(server.Ami, default);
        Assert.Equal(("192.0.2.0/24", PolicyLevel.Site), (ami[MailProtocol.Imap].Networks.Value.ToString(), ami[MailProtocol.Imap].Networks.Origin.Level));
        Assert.False(ami[MailProtocol.Imap].AppPassword.Value);
        Assert.Equal("politique « Partout »", ami[MailProtocol.Imap].OriginOf(PolicyRule.Tls).In("fr").Replace('\u00a0', ' '));
    }

    [Fact]
    public async Task Of_several_groups_the_strictest_that_says_something_counts()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var stage = await server.Store.Directory.AddGroupAsync(server.Moi.Domain, "Stage", default);
        await server.ChangeAsync(SettingScope.Of(server.Moi.Id), () => server.Store.Directory.SetMemberAsync(stage.Id, server.Moi.Id, isMember: true, default));
        await server.SetAsync(SettingScope.Site, new PolicyDocument { Imap = new(On: false) });
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyDocument { Imap = new(On: true, Tls: false, Networks: ["192.0.2.0/24", "198.51.100.0/24"]) });
        await server.SetAsync(SettingScope.Of(stage.Id), new PolicyDocument { Imap = new(Tls: true, Networks: ["192.0.2.0/28", "203.0.113.9"]) });

        var imap = (await server.Policies.EffectiveAsync(server.Moi, default))[MailProtocol.Imap];
        Assert.Equal(new PolicyCell<bool>(true, new PolicyOrigin(PolicyLevel.Group, "Ventes")), imap.On);
        Assert.Equal(new PolicyCell<bool>(true, new PolicyOrigin(PolicyLevel.Group, "Stage")), imap.Tls);
        Assert.Equal(("192.0.2.0/28", "Stage, Ventes"), (imap.Networks.Value.ToString(), imap.Networks.Origin.Name));

        await server.SetAsync(SettingScope.Of(stage.Id), new PolicyDocument { Imap = new(Networks: ["203.0.113.9"]) });
        Assert.Equal("none", (await server.Policies.EffectiveAsync(server.Moi, default))[MailProtocol.Imap].Networks.Value.ToString());
        Assert.Equal(AccessCode.NotFromHere, await server.CodeAsync(server.Moi, PolicyFixture.Client(MailProtocol.Imap, "203.0.113.9")));
    }

    [Fact]
    public async Task A_policy_that_cannot_be_read_lets_nobody_in()
    {
        await using var server = await PolicyFixture.CreateAsync();
        await server.SetAsync(SettingScope.Site, PolicyDocument.Setting, """{"imap":{"on":"perhaps"}}""");
        var result = await server.Logins.LoginAsync(new LoginAttempt("moi@demo.test", PolicyFixture.Password, PolicyFixture.Client(MailProtocol.Imap)), default);
        Assert.Equal((LoginRefusal.Temporary, AccessCode.Temporary), (result.Refusal, result.Why!.Code));
        await server.SetAsync(SettingScope.Site, PolicyDocument.Setting, """{"imap":{"on":true},"pigeon":{"on":false}}""");
        Assert.Equal("ok", await server.CodeAsync(server.Moi, PolicyFixture.Client(MailProtocol.Imap)));
    }

    [Fact]
    public async Task The_owners_own_choices_have_words_of_their_own()
    {
        await using var server = await PolicyFixture.CreateAsync();
        await server.SetAsync(SettingScope.Of(server.Moi.Id), AccountSettings.Pop, """{"scope":"Off"}""");
        await server.SetAsync(SettingScope.Of(server.Moi.Id), AccountSettings.Imap, """{"isOff":true}""");
        Assert.Equal(AccessCode.PopSwitchedOff, await server.CodeAsync(server.Moi, PolicyFixture.Client(MailProtocol.Pop3)));
        Assert.Equal(AccessCode.ImapSwitchedOff, await server.CodeAsync(server.Moi, PolicyFixture.Client(MailProtocol.Imap)));
        Assert.Equal("ok", await server.CodeAsync(server.Moi, PolicyFixture.Client(MailProtocol.Submission)));
        await server.SetAsync(SettingScope.Site, new PolicyRules(On: false));
        Assert.Equal(AccessCode.SwitchedOff, await server.CodeAsync(server.Moi, PolicyFixture.Client(MailProtocol.Pop3)));
    }

    [Fact]
    public async Task A_certificate_counts_while_it_is_bound_to_the_account()
    {
        await using var server = await PolicyFixture.CreateAsync();
        await server.SetAsync(SettingScope.Site, new PolicyRules(Certificate: true));
        var client = PolicyFixture.Client(MailProtocol.Imap, certificate: PolicyFixture.Certificate);
        Assert.Equal("ok", await server.CodeAsync(server.Moi, client));
        Assert.Equal(AccessCode.CertificateRequired, await server.CodeAsync(server.Ami, client));
        var other = client with { CertificateHash = new string('b', 64) };
        Assert.Equal(AccessCode.CertificateRequired, await server.CodeAsync(server.Moi, other));
        var added = await server.Store.Directory.AddCredentialAsync(new CredentialRecord(0, server.Moi.Id, "certificate", "", default) { Lookup = other.CertificateHash }, default);
        Assert.Equal("ok", await server.CodeAsync(server.Moi, other));
        await server.ChangeAsync(SettingScope.Of(server.Moi.Id), async () => await server.Store.Directory.RemoveCredentialAsync(added, default));
        Assert.Equal(AccessCode.CertificateRequired, await server.CodeAsync(server.Moi, other));
    }

    [Fact]
    public async Task The_webmail_is_told_to_ask_for_the_second_factor()
    {
        await using var server = await PolicyFixture.CreateAsync();
        Assert.False(await server.Policies.RequiresSecondFactorAsync(server.Moi, MailProtocol.Webmail, default));
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyDocument { Webmail = new(SecondFactor: true) });
        Assert.True(await server.Policies.RequiresSecondFactorAsync(server.Moi, MailProtocol.Webmail, default));
        Assert.Equal("ok", await server.CodeAsync(server.Moi, PolicyFixture.Client(MailProtocol.Webmail)));
        Assert.False(await server.Policies.RequiresSecondFactorAsync(server.Ami, MailProtocol.Webmail, default));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("192.0.2.7/24", "192.0.2.200", true)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.9", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.9", true)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("2001:db8::/32", "192.0.2.1", false)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    public void Addresses_are_held_against_networks(string network, string remote, bool inside) =>
        Assert.Equal(inside, NetworkSet.Of([network]).Contains(System.Net.IPAddress.Parse(remote)));

    [Theory]
    [InlineData("""{"imap":{"networks":["192.0.2.0/33"]}}""", "\"192.0.2.0/33\" is no network such as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7.")]
    [InlineData("""{"dav":{"networks":["maison"]}}""", "\"maison\" is no network such as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7.")]
    [InlineData("""{"name":"a\nb"}""", "\"name\" has 1 to 60 characters, without line breaks.")]
    [InlineData("""{"name":"Ventes","jmap":{"on":false,"networks":[]}}""", null)]
    public void What_is_wrong_with_a_policy_is_said(string json, string? fault) =>
        Assert.Equal(fault, JsonSerializer.Deserialize<PolicyDocument>(json, JsonSerializerOptions.Web)!.Fault());

    [Fact]
    public void An_unreadable_network_holds_nobody() =>
        Assert.Equal(("none", false), (NetworkSet.Of(["maison"]).ToString(), NetworkSet.Of(["maison"]).Contains(System.Net.IPAddress.Loopback)));

    [Fact]
    public void A_row_that_says_nothing_is_left_out()
    {
        var policy = Enum.GetValues<MailProtocol>().Aggregate(new PolicyDocument(), (made, protocol) => made.With(protocol, new(Tls: true)));
        Assert.All(Enum.GetValues<MailProtocol>(), protocol => Assert.True(policy.Of(protocol)!.Tls, protocol.ToString()));
        Assert.True(Enum.GetValues<MailProtocol>().Aggregate(policy, (made, protocol) => made.With(protocol, new PolicyRules())).IsEmpty);
        Assert.Equal("""{"imap":{"tls":true}}""", JsonSerializer.Serialize(new PolicyDocument { Imap = new(Tls: true) }, MailSettingsJson.Default.PolicyDocument));
    }
}
