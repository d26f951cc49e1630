using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Storage;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>What authentication and correspondence make of a message.</summary>
public sealed class VerdictTests
{
    [Fact]
    public async Task A_plain_message_goes_to_the_inbox()
    {
        using var fixture = new FilterFixture();
        var verdict = await fixture.Policy.JudgeAsync(Input(Plain), default);
        Assert.Equal(FilterAction.Accept, verdict.Action);
        Assert.StartsWith("no; score=0.0", verdict.FieldValue(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dmarc_reject_is_refused_in_the_session_or_goes_to_junk_by_setting()
    {
        using var fixture = new FilterFixture();
        var input = Input(Plain) with { Dmarc = Dmarc(DmarcVerdict.Fail, DmarcPolicy.Reject) };
        var verdict = await fixture.Policy.JudgeAsync(input, default);
        Assert.Equal(FilterAction.Reject, verdict.Action);
        Assert.Equal("550 5.7.1 the policy of example.org refuses mail that fails DMARC", verdict.Refusal!.ToString());

        fixture.Settings.Set(SettingScope.Site, FilterSettings.Document, """{ "rejectDmarc": false }""");
        verdict = await fixture.Policy.JudgeAsync(input, default);
        Assert.Equal(FilterAction.Junk, verdict.Action);
        Assert.Null(verdict.Refusal);
    }

    [Fact]
    public async Task Dmarc_quarantine_goes_to_junk_with_the_reason_readable_also_from_a_correspondent()
    {
        using var fixture = new FilterFixture();
        await fixture.Policy.Correspondents.NoteSentAsync(Moi.Account, ["A@example.org"], default);
        var verdict = await fixture.Policy.JudgeAsync(Input(Plain) with { Dmarc = Dmarc(DmarcVerdict.Fail, DmarcPolicy.Quarantine) }, default);
        Assert.Equal(FilterAction.Junk, verdict.For(Moi.Account).Action);
        Assert.Equal("yes; score=5.0;\r\n\tdmarc.quarantine=5.0 (the sender cannot be shown to be example.org [DMARC])", verdict.FieldValue());
        Assert.Contains("rien ne prouve que l'expéditeur soit example.org", verdict.Detail(Moi.Account, "fr-CA")[2].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_word_of_a_trusted_sealer_counts_where_dmarc_fails()
    {
        using var fixture = new FilterFixture("""{ "trustedSealers": ["lists.example.net"] }""");
        var input = Input(Plain) with { Dmarc = Dmarc(DmarcVerdict.Fail, DmarcPolicy.Reject), Arc = new ArcResult(ArcVerdict.Pass, 1, ["lists.example.net"], null, null) };
        Assert.Equal(FilterAction.Accept, (await fixture.Policy.JudgeAsync(input, default)).Action);
        input = input with { Arc = new ArcResult(ArcVerdict.Pass, 2, ["lists.example.net", "evil.example"], null, null) };
        Assert.Equal(FilterAction.Reject, (await fixture.Policy.JudgeAsync(input, default)).Action);
        input = input with { Spf = Spf(SpfVerdict.Fail), Arc = new ArcResult(ArcVerdict.Pass, 1, ["lists.example.net"], null, null) };
        Assert.Equal(["arc.trusted"], await fixture.ReasonsAsync(input));
        input = input with { Arc = new ArcResult(ArcVerdict.Fail, 1, ["lists.example.net"], null, null) };
        Assert.Equal(FilterAction.Reject, (await fixture.Policy.JudgeAsync(input, default)).Action);
    }

    [Fact]
    public async Task Each_account_has_its_own_limit_and_correspondents()
    {
        using var fixture = new FilterFixture();
        fixture.Settings.Set(SettingScope.Of(Moi.Account), FilterPreferences.Document, """{ "junkAt": 3 }""");
        fixture.Settings.Set(SettingScope.Of(Moi.Domain), FilterPreferences.Document, """{ "junkAt": 4, "rejectAt": 40 }""");
        var input = Input(Plain, "a@example.org", Moi, Ami) with { Spf = Spf(SpfVerdict.Fail), Dkim = [] };
        var verdict = await fixture.Policy.JudgeAsync(input, default);
        Assert.Equal(FilterAction.Accept, verdict.Action);
        Assert.Equal(FilterAction.Junk, verdict.For(Moi.Account).Action);
        Assert.Equal(FilterAction.Accept, verdict.For(Ami.Account).Action);
        Assert.Equal(4, verdict.For(Ami.Account).JunkAt);
    }

    [Fact]
    public async Task A_message_is_refused_by_its_points_only_when_all_recipients_say_so()
    {
        using var fixture = new FilterFixture();
        fixture.Settings.Set(SettingScope.Of(Moi.Account), FilterPreferences.Document, """{ "junkAt": 2, "rejectAt": 3 }""");
        var input = Input(Plain, "a@example.org", Moi, Ami) with { Spf = Spf(SpfVerdict.Fail) };
        Assert.Equal(FilterAction.Junk, (await fixture.Policy.JudgeAsync(input, default)).For(Moi.Account).Action);
        var verdict = await fixture.Policy.JudgeAsync(input with { Recipients = [Moi] }, default);
        Assert.Equal("550 5.7.1 the message looks like spam", verdict.Refusal!.ToString());
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_counts_as_absent()
    {
        using var fixture = new FilterFixture("{ what");
        Assert.Equal(FilterAction.Accept, (await fixture.Policy.JudgeAsync(Input(Plain), default)).Action);
    }

    [Theory]
    [Trait("Promise", "S-20")]
    [InlineData(Stranger, SpfVerdict.None, "from.own-domain")]
    [InlineData(Stranger, SpfVerdict.Pass, "")]
    [InlineData("10.0.0.1", SpfVerdict.None, "")]
    public async Task Mail_from_outside_that_claims_the_own_domain_has_to_prove_it(string from, SpfVerdict spf, string reason)
    {
        using var fixture = new FilterFixture("""{ "hostNames": false }""");
        var input = Input(Plain.Replace("a@example.org", "chef@demo.test", StringComparison.Ordinal)) with { Peer = Peer(from), Spf = Spf(spf, "demo.test") };
        Assert.Equal(reason, string.Join(',', await fixture.ReasonsAsync(input)));
    }

    [Fact]
    public async Task Spam_for_addresses_elsewhere_is_told_by_the_limits_of_the_site()
    {
        using var fixture = new FilterFixture();
        var input = Input(Plain) with { Recipients = [], Spf = Spf(SpfVerdict.Fail) };
        Assert.Equal(FilterAction.Accept, (await fixture.Policy.JudgeAsync(input, default)).Action);
        fixture.Settings.Set(SettingScope.Site, FilterPreferences.Document, """{ "junkAt": 3 }""");
        Assert.Equal(FilterAction.Junk, (await fixture.Policy.JudgeAsync(input, default)).Action);
        fixture.Settings.Set(SettingScope.Site, FilterPreferences.Document, """{ "junkAt": 2, "rejectAt": 3 }""");
        Assert.Equal(FilterAction.Reject, (await fixture.Policy.JudgeAsync(input, default)).Action);
    }

    [Fact]
    public async Task Senders_that_an_account_allows_or_blocks()
    {
        using var fixture = new FilterFixture();
        fixture.Settings.Set(SettingScope.Of(Moi.Account), FilterPreferences.Document, """{ "allowed": ["@example.org"] }""");
        fixture.Settings.Set(SettingScope.Of(Ami.Account), FilterPreferences.Document, """{ "blocked": ["A@example.org"] }""");
        fixture.Settings.Set(SettingScope.Site, FilterPreferences.Document, """{ "junkAt": 1 }""");
        var input = Input(Plain.Replace("Date: ", "X-Date: ", StringComparison.Ordinal), "a@example.org", Moi, Ami);
        var verdict = await fixture.Policy.JudgeAsync(input, default);
        Assert.Equal((FilterAction.Accept, "sender.allowed"), (verdict.For(Moi.Account).Action, verdict.For(Moi.Account).Reasons.Single().Name));
        Assert.Equal((FilterAction.Junk, "sender.blocked"), (verdict.For(Ami.Account).Action, verdict.For(Ami.Account).Reasons.Single().Name));
        verdict = await fixture.Policy.JudgeAsync(input with { Dmarc = Dmarc(DmarcVerdict.Fail) }, default);
        Assert.Equal(FilterAction.Junk, verdict.For(Moi.Account).Action);
    }

    [Fact]
    public async Task Reasons_are_one_header_field_whatever_senders_write()
    {
        using var fixture = new FilterFixture();
        var verdict = await fixture.Policy.JudgeAsync(Input(Plain) with { Spf = Spf(SpfVerdict.Fail, "evil.example\r\nX-Facteur-Spam: no (é\\)") }, default);
        var value = verdict.FieldValue();
        Assert.True(System.Text.Ascii.IsValid(value));
        Assert.All(value.Split("\r\n").Skip(1), line => Assert.StartsWith("\tspf.fail=3.0 (evil.example  X-Facteur-Spam: no [", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Any_octets_are_judged()
    {
        using var fixture = new FilterFixture("""{ "bayes": { "minimumMessages": 1 } }""");
        foreach (var isSpam in new[] { true, false })
            await fixture.Policy.Learning.Trainer.TrainAsync(Moi.Account, new MemorySource(SpamCorpus.Message(1, isSpam)), isSpam ? Facteur.Delivery.Filtering.Bayes.BayesClass.Spam : Facteur.Delivery.Filtering.Bayes.BayesClass.Ham, new(), default);
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var message = SpamCorpus.Message(i, isSpam: (i & 1) == 0);
            for (var changes = random.Next(20); changes > 0; changes--)
            {
                var at = random.Next(message.Length);
                message[at] = random.Next(4) switch { 0 => (byte)'\n', 1 => (byte)random.Next(256), 2 => (byte)"<>@:;,\"=?()%"[random.Next(12)], _ => message[random.Next(message.Length)] };
            }
            var verdict = await fixture.Policy.JudgeAsync(Input(message[..random.Next(message.Length + 1)]), default);
            Assert.DoesNotContain("\n", verdict.FieldValue().Replace("\r\n\t", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }
}
