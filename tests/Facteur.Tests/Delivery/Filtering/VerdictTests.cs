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
}
