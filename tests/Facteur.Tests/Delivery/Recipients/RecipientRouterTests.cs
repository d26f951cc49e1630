using System.Text;
using Facteur.Accounts;
using Facteur.Delivery.Recipients;
using Facteur.Mail;

namespace Facteur.Tests.Delivery.Recipients;

public sealed class RecipientRouterTests
{
    [Fact]
    public async Task Addresses_lead_where_the_directory_says()
    {
        await using var site = await RouterFixture.CreateAsync();
        var admin = site.Administration;
        await admin.AddDomainAsync("autre.example", default);
        await admin.AddDomainAliasAsync("exemple.com", "exemple.fr", default);
        await admin.AddAliasAsync("equipe@exemple.fr", ["claire@exemple.fr", "jean@exemple.fr", "marie@example.net"], null, default);
        await admin.AddAliasAsync("tous@exemple.fr", ["equipe@exemple.fr", "zoé@exemple.fr"], null, default);
        await admin.AddAliasAsync("@autre.example", ["claire@exemple.fr"], null, default);
        await admin.AddAddressAsync("claire@exemple.fr", "c.durand@exemple.fr", "short", default);
        Assert.Equal("claire", await site.LeadsToAsync("CLAIRE@Exemple.FR"));
        Assert.Equal("claire+Liste", await site.LeadsToAsync("claire+Liste@exemple.fr"));
        Assert.Equal("claire", await site.LeadsToAsync("c.durand@exemple.com"));
        Assert.Equal("zoé", await site.LeadsToAsync("zoé@exemple.com"));
        Assert.Equal("claire jean marie@example.net", await site.LeadsToAsync("equipe@exemple.com"));
        Assert.Equal("claire jean marie@example.net", await site.LeadsToAsync("equipe+x@exemple.fr"));
        Assert.Equal("zoé claire jean marie@example.net", await site.LeadsToAsync("tous@exemple.fr"));
        Assert.Equal("claire", await site.LeadsToAsync("anything@autre.example"));
        Assert.Equal("foreign:marie@example.net", await site.LeadsToAsync("marie@example.net"));
        Assert.Equal("550 5.1.1 no such user here", await site.LeadsToAsync("personne@exemple.fr"));
    }

    [Fact]
    public async Task Postmaster_and_abuse_are_there_in_each_domain()
    {
        await using var site = await RouterFixture.CreateAsync();
        var admin = site.Administration;
        await admin.AddDomainAsync("vide.example", default);
        Assert.Equal("claire", await site.LeadsToAsync("Postmaster@exemple.fr"));
        Assert.Equal("claire", await site.LeadsToAsync("abuse@exemple.fr"));
        Assert.Equal("claire", await site.LeadsToAsync("postmaster"));
        Assert.Equal("550 5.1.1 no such user here", await site.LeadsToAsync("postmaster@vide.example"));
        await admin.SetPostmasterAsync(null, "admin@example.net", default);
        Assert.Equal("admin@example.net", await site.LeadsToAsync("abuse@vide.example"));
        await admin.SetPostmasterAsync("exemple.fr", "jean@exemple.fr", default);
        Assert.Equal("jean", await site.LeadsToAsync("postmaster@exemple.fr"));
        await admin.AddAliasAsync("abuse@exemple.fr", ["zoé@exemple.fr"], null, default);
        Assert.Equal("zoé", await site.LeadsToAsync("abuse@exemple.fr"));
        await admin.SetPostmasterAsync("exemple.fr", null, default);
        await admin.SetPostmasterAsync(null, null, default);
        await admin.SetEnabledAsync("claire@exemple.fr", false, default);
        Assert.Equal("jean", await site.LeadsToAsync("postmaster@exemple.fr"));
    }

    [Fact]
    public async Task Switched_off_and_disabled_are_told_apart()
    {
        await using var site = await RouterFixture.CreateAsync();
        var admin = site.Administration;
        var disposable = await admin.AddDisposableAsync("claire@exemple.fr", null, "the shop", default);
        Assert.Equal("claire", await site.LeadsToAsync(disposable.Address));
        await admin.SetAddressEnabledAsync(disposable.Address, false, default);
        Assert.StartsWith("550 5.2.1", await site.LeadsToAsync(disposable.Address), StringComparison.Ordinal);
        await admin.AddAliasAsync("equipe@exemple.fr", ["claire@exemple.fr", "jean@exemple.fr"], null, default);
        await admin.SetEnabledAsync("claire@exemple.fr", false, default);
        Assert.StartsWith("450 4.2.1", await site.LeadsToAsync("claire@exemple.fr"), StringComparison.Ordinal);
        Assert.Equal("jean", await site.LeadsToAsync("equipe@exemple.fr"));
        await admin.SetEnabledAsync("jean@exemple.fr", false, default);
        Assert.StartsWith("450 4.2.1", await site.LeadsToAsync("equipe@exemple.fr"), StringComparison.Ordinal);
        await admin.SetAliasEnabledAsync("equipe@exemple.fr", false, default);
        Assert.StartsWith("550 5.2.1", await site.LeadsToAsync("equipe@exemple.fr"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Circles_and_endless_lists_end()
    {
        await using var site = await RouterFixture.CreateAsync();
        var (admin, store) = (site.Administration, site.Store.Directory);
        var domain = (await store.FindDomainAsync("exemple.fr", default))!.Id;
        await store.AddAliasAsync("a@exemple.fr", domain, ["b@exemple.fr"], "", default);
        await store.AddAliasAsync("b@exemple.fr", domain, ["a@exemple.fr"], "", default);
        Assert.StartsWith("550 5.2.4", await site.LeadsToAsync("a@exemple.fr"), StringComparison.Ordinal);
        for (var i = 0; i < 20; i++) await store.AddAliasAsync($"chain{i}@exemple.fr", domain, [i == 19 ? "claire@exemple.fr" : $"chain{i + 1}@exemple.fr"], "", default);
        Assert.StartsWith("550 5.2.4", await site.LeadsToAsync("chain0@exemple.fr"), StringComparison.Ordinal);
        Assert.Equal("claire", await site.LeadsToAsync("chain10@exemple.fr"));
        for (var i = 0; i < 4; i++) await store.AddAliasAsync($"part{i}@exemple.fr", domain, [.. Enumerable.Range(0, 400).Select(n => $"p{n}@d{i}.example.net")], "", default);
        await store.AddAliasAsync("world@exemple.fr", domain, ["part0@exemple.fr", "part1@exemple.fr", "part2@exemple.fr", "part3@exemple.fr"], "", default);
        Assert.StartsWith("550 5.2.4", await site.LeadsToAsync("world@exemple.fr"), StringComparison.Ordinal);
        Assert.Equal(400, (await site.RouteAsync("part0@exemple.fr")).Remote.Count);
        await store.AddAliasAsync("dead@exemple.fr", domain, ["nobody@exemple.fr"], "", default);
        Assert.StartsWith("550 5.2.4", await site.LeadsToAsync("dead@exemple.fr"), StringComparison.Ordinal);
        Assert.NotNull(admin);
    }

    [Theory]
    [InlineData(DsnNotify.Unstated, DsnNotify.Unstated, false)]
    [InlineData(DsnNotify.Success, DsnNotify.Never, true)]
    [InlineData(DsnNotify.Success | DsnNotify.Failure, DsnNotify.Failure, true)]
    [InlineData(DsnNotify.Never, DsnNotify.Never, false)]
    public async Task An_alias_of_several_takes_success_for_itself(DsnNotify asked, DsnNotify passedOn, bool owesExpanded)
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.AddAliasAsync("equipe@exemple.fr", ["claire@exemple.fr", "marie@example.net"], null, default);
        await site.Administration.AddAliasAsync("une@exemple.fr", ["marie@example.net"], null, default);
        var several = await site.RouteAsync("equipe@exemple.fr", notify: asked);
        Assert.Equal(owesExpanded, several.OwesExpanded);
        Assert.Equal([passedOn, passedOn], several.Local.Select(leaf => leaf.Notify).Concat(several.Remote.Select(leaf => leaf.Notify)));
        Assert.Equal("rfc822;equipe@exemple.fr", several.Remote[0].OriginalRecipient);
        var one = await site.RouteAsync("une@exemple.fr", notify: asked);
        Assert.False(one.OwesExpanded);
        Assert.Equal(asked, one.Remote[0].Notify);
    }

    [Fact]
    public async Task A_forward_rewrites_senders_of_other_domains_only()
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.SetForwardAsync("claire@exemple.fr", ["claire@maison.example", "jean@exemple.fr"], ForwardKeep.Delete, default);
        var routed = await site.RouteAsync("claire+x@exemple.fr", notify: DsnNotify.Success | DsnNotify.Failure);
        Assert.Equal([ForwardKeep.Delete, ForwardKeep.Keep], routed.Local.Select(leaf => leaf.Keep));
        var leaf = Assert.Single(routed.Remote);
        Assert.Equal(("claire@maison.example", "maison.example", "claire@exemple.fr", DsnNotify.Unstated, false), (leaf.Address, leaf.Destination, leaf.Via, leaf.Notify, leaf.KeepsEnvelope));
        Assert.Matches("^SRS0=[A-Z2-7]{6}=[A-Z2-7]{2}=example.net=marie@exemple.fr$", leaf.Sender);
        Assert.Equal("jean@exemple.fr", (await site.RouteAsync("claire@exemple.fr", "jean@exemple.fr")).Remote[0].Sender);
        Assert.Equal("", (await site.RouteAsync("claire@exemple.fr", "")).Remote[0].Sender);
        await site.Administration.SetForwardAsync("claire@exemple.fr", ["claire@maison.example"], ForwardKeep.Archive, default);
        var kept = await site.RouteAsync("claire@exemple.fr");
        Assert.Equal((ForwardKeep.Archive, DsnNotify.Never), (kept.Local[0].Keep, kept.Remote[0].Notify));
    }

    [Fact]
    public async Task A_report_about_a_forward_finds_its_way_back()
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.SetForwardAsync("claire@exemple.fr", ["claire@maison.example"], ForwardKeep.Keep, default);
        var back = (await site.RouteAsync("claire@exemple.fr")).Remote[0].Sender;
        Assert.Equal("marie@example.net", await site.LeadsToAsync(back, ""));
        Assert.Equal("marie@example.net", await site.LeadsToAsync(back.ToLowerInvariant(), ""));
        Assert.StartsWith("550 5.7.1", await site.LeadsToAsync(back, "spammer@example.org"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.1.1", await site.LeadsToAsync(back.Replace("marie", "victim", StringComparison.Ordinal), ""), StringComparison.Ordinal);
        site.Time.Advance(TimeSpan.FromDays(21));
        Assert.Equal("marie@example.net", await site.LeadsToAsync(back, ""));
        site.Time.Advance(TimeSpan.FromDays(2));
        Assert.StartsWith("550 5.1.1", await site.LeadsToAsync(back, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_lost_in_a_circle_of_forwards()
    {
        await using var site = await RouterFixture.CreateAsync();
        var settings = site.Store.Settings;
        await Forward("claire@exemple.fr", "jean@exemple.fr");
        await Forward("jean@exemple.fr", "claire@exemple.fr");
        Assert.Equal("claire(Delete) jean", await site.LeadsToAsync("claire@exemple.fr"));
        await Forward("jean@exemple.fr", "parti@exemple.fr");
        Assert.Equal("claire(Delete) jean", await site.LeadsToAsync("claire@exemple.fr"));
        await Forward("jean@exemple.fr", "j@maison.example");
        Assert.Equal("claire(Delete) jean(Delete) j@maison.example", await site.LeadsToAsync("claire@exemple.fr"));
        await site.Administration.AddAliasAsync("deux@exemple.fr", ["j@maison.example", "jean@exemple.fr"], null, default);
        Assert.Equal("jean(Delete) j@maison.example", await site.LeadsToAsync("deux@exemple.fr"));

        async Task Forward(string from, string to) => await settings.SetAsync(
            Facteur.Storage.SettingScope.Of((await site.AccountAsync(from)).Id), "forward",
            Encoding.UTF8.GetBytes($$"""{"targets":[{"address":"{{to}}","isConfirmed":true}],"keep":"Delete"}"""), default);
    }

    [Fact]
    public async Task What_was_sent_on_before_is_not_sent_on_again()
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.SetForwardAsync("claire@exemple.fr", ["claire@maison.example"], ForwardKeep.Delete, default);
        await site.Administration.AddAliasAsync("dehors@exemple.fr", ["a@maison.example"], null, default);
        var account = await site.RouteAsync("claire@exemple.fr");
        Assert.Same(account, RecipientRouter.WithoutLoops(account, "Subject: x\r\nDelivered-To: other@exemple.fr\r\n"u8));
        var kept = RecipientRouter.WithoutLoops(account, "Delivered-To: Claire@exemple.fr\r\n"u8);
        Assert.Empty(kept.Remote);
        Assert.Equal(ForwardKeep.Keep, kept.Local[0].Keep);
        var alias = await site.RouteAsync("dehors@exemple.fr");
        Assert.Equal("Delivered-To: dehors@exemple.fr\r\n", Encoding.UTF8.GetString(ForwardTrail.Field(alias.Remote[0].Via!)));
        Assert.Equal("5.4.6", RecipientRouter.WithoutLoops(alias, ForwardTrail.Field("dehors@exemple.fr")).Refusal!.EnhancedCode);
        Assert.Equal("5.4.6", RecipientRouter.WithoutLoops(alias, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => $"Delivered-To: x{i}@y.example\r\n")))).Refusal!.EnhancedCode);
    }

    [Fact]
    public async Task Unconfirmed_targets_take_nothing()
    {
        await using var site = await RouterFixture.CreateAsync();
        var code = await site.Administration.AskForwardAsync("claire@exemple.fr", "claire@maison.example", default);
        Assert.Equal("claire", await site.LeadsToAsync("claire@exemple.fr"));
        Assert.True(await site.Administration.ConfirmForwardAsync("claire@exemple.fr", "claire@maison.example", code!.ToUpperInvariant(), default));
        Assert.Equal("claire claire@maison.example", await site.LeadsToAsync("claire@exemple.fr"));
    }

    [Fact]
    public async Task Recipients_that_lead_to_one_place_are_merged()
    {
        await using var site = await RouterFixture.CreateAsync();
        await site.Administration.SetForwardAsync("jean@exemple.fr", ["marie@example.net"], ForwardKeep.Delete, default);
        await site.Administration.AddAliasAsync("equipe@exemple.fr", ["claire@exemple.fr", "jean@exemple.fr"], null, default);
        var routes = MergedRoutes.Of([
            await site.RouteAsync("equipe@exemple.fr"), await site.RouteAsync("claire+a@exemple.fr", notify: DsnNotify.Success), await site.RouteAsync("Marie@example.net")]);
        Assert.Equal(["claire@exemple.fr", "jean@exemple.fr"], routes.Local.Select(leaf => leaf.Account.Address));
        Assert.Equal((DsnNotify.Success | DsnNotify.Failure, "a"), (routes.Local[0].Notify, routes.Local[0].Detail));
        var leaf = Assert.Single(routes.Remote);
        Assert.Null(leaf.Via);
        Assert.Equal("marie@example.net", leaf.Sender);
        // What is not to be sent takes no other's place.
        Assert.Empty(MergedRoutes.Of([await site.RouteAsync("jean@exemple.fr")], one => one.Via is null).Remote);
        Assert.Single(MergedRoutes.Of([await site.RouteAsync("jean@exemple.fr"), await site.RouteAsync("marie@example.net")], one => one.Via is null).Remote);
    }
}
