using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Dmarc;

public sealed class DmarcEvaluatorTests
{
    private static readonly PublicSuffixList List = PublicSuffixListTests.Read("com\nuk\nco.uk\nexample\nhosting.com\n");
    private readonly ZoneResolver zone = new();
    private PublicSuffixList? suffixes = List;
    private readonly Random random = new(1);

    [Theory]
    [InlineData("r", "example.com", true)]
    [InlineData("r", "mail.example.com", true)]
    [InlineData("r", "news.example.com", true)]
    [InlineData("r", "EXAMPLE.com.", true)]
    [InlineData("r", "badexample.com", false)]
    [InlineData("r", "com", false)]
    [InlineData("r", "example.com.evil.com", false)]
    [InlineData("r", "", false)]
    [InlineData("s", "news.example.com", true)]
    [InlineData("s", "example.com", false)]
    public async Task Alignment_of_SPF_and_DKIM(string mode, string identifier, bool aligned)
    {
        zone.Txt("_dmarc.example.com", $"v=DMARC1; p=reject; adkim={mode}; aspf={mode}");
        var verdict = aligned ? DmarcVerdict.Pass : DmarcVerdict.Fail;
        var spf = (await JudgeAsync("news.example.com", SpfOf(SpfVerdict.Pass, identifier))).Result;
        Assert.Equal((verdict, aligned, false, "example.com"), (spf.Verdict, spf.SpfAligned, spf.DkimAligned, spf.OrganizationalDomain));
        var dkim = (await JudgeAsync("news.example.com", SpfOf(SpfVerdict.Fail, "evil.com"), DkimOf(DkimVerdict.Fail, "evil.com"), DkimOf(DkimVerdict.Pass, identifier))).Result;
        Assert.Equal((verdict, false, aligned), (dkim.Verdict, dkim.SpfAligned, dkim.DkimAligned));
    }

    [Theory]
    [InlineData("example.com", DmarcPolicy.Reject)]
    [InlineData("there.example.com", DmarcPolicy.Quarantine)]
    [InlineData("gone.example.com", DmarcPolicy.None)]
    public async Task P_sp_and_np_each_have_their_names(string author, DmarcPolicy policy)
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject; sp=quarantine; np=none").Mx("there.example.com", 10, "mx.example.com");
        var result = (await JudgeAsync(author)).Result;
        Assert.Equal((DmarcVerdict.Fail, policy, policy, "example.com"), (result.Verdict, result.Policy, result.Published, result.RecordDomain));
    }

    [Fact]
    public async Task Without_sp_and_np_subdomains_have_p()
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject");
        Assert.Equal(DmarcPolicy.Reject, (await JudgeAsync("gone.example.com")).Result.Policy);
    }

    [Fact]
    public async Task No_record_is_none()
    {
        var evaluation = await JudgeAsync("news.example.com", SpfOf(SpfVerdict.Pass, "example.com"));
        Assert.Equal((DmarcVerdict.None, "news.example.com", ""), (evaluation.Result.Verdict, evaluation.Result.Domain, evaluation.Result.RecordDomain));
        Assert.Null(evaluation.Record);
    }

    [Fact]
    public async Task Several_records_and_one_that_says_nothing_are_none()
    {
        zone.Txt("_dmarc.two.com", "v=DMARC1; p=reject", "v=DMARC1; p=none").Txt("_dmarc.empty.com", "v=DMARC1;").Txt("_dmarc.other.com", "v=spf1 -all", "v=DMARC1; p=reject");
        Assert.Equal(DmarcVerdict.None, (await JudgeAsync("two.com")).Result.Verdict);
        Assert.Equal(DmarcVerdict.None, (await JudgeAsync("empty.com")).Result.Verdict);
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync("other.com")).Result.Verdict);
    }

    [Fact]
    public async Task Pct_lowers_the_policy_of_the_others_by_one_step()
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject; pct=30").Txt("_dmarc.q.example.com", "v=DMARC1; p=quarantine; pct=0").Txt("_dmarc.t.example.com", "v=DMARC1; p=reject; t=y");
        var policies = new List<DmarcPolicy>();
        for (var i = 0; i < 1000; i++) policies.Add((await JudgeAsync("example.com")).Result.Policy);
        Assert.InRange(policies.Count(policy => policy == DmarcPolicy.Reject), 250, 350);
        Assert.DoesNotContain(DmarcPolicy.None, policies);
        var sampled = await JudgeAsync("q.example.com");
        Assert.Equal((DmarcPolicy.None, DmarcPolicy.Quarantine, true), (sampled.Result.Policy, sampled.Result.Published, sampled.IsSampledOut));
        Assert.Equal(DmarcPolicy.Quarantine, (await JudgeAsync("t.example.com")).Result.Policy);
    }

    [Fact]
    public async Task A_record_that_cannot_be_asked_for_is_a_temperror()
    {
        zone.Fail("_dmarc.example.com", DnsStatus.ServerFailure);
        Assert.Equal(DmarcVerdict.TempError, (await JudgeAsync("example.com")).Result.Verdict);
        Assert.Equal(DmarcVerdict.TempError, (await JudgeAsync("news.example.com")).Result.Verdict);
    }

    [Fact]
    public async Task Names_that_nobody_answers_for_cost_one_question_each_way()
    {
        foreach (var name in (string[])["a.b.c.evil.com", "b.c.evil.com", "c.evil.com", "x1.evil.com", "x2.evil.com", "x3.evil.com"]) zone.Fail("_dmarc." + name, DnsStatus.Timeout);
        Assert.Equal(DmarcVerdict.TempError, (await JudgeAsync("a.b.c.evil.com")).Result.Verdict);
        Assert.Equal(1, zone.Questions);
        zone.Txt("_dmarc.evil.com", "v=DMARC1; p=reject");
        DkimResult[] signatures = [DkimOf(DkimVerdict.Pass, "x1.evil.com"), DkimOf(DkimVerdict.Pass, "x2.evil.com"), DkimOf(DkimVerdict.TempError, "x3.evil.com")];
        suffixes = null;
        Assert.Equal(DmarcVerdict.TempError, (await JudgeAsync("evil.com", SpfOf(SpfVerdict.None, ""), signatures)).Result.Verdict);
        Assert.Equal(1 + 2 + 1, zone.Questions);
    }

    // RFC 7489 §6.6.2
    [Fact]
    public async Task A_temperror_of_an_aligned_identifier_may_still_pass_and_one_of_a_stranger_may_not()
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject");
        Assert.Equal(DmarcVerdict.TempError, (await JudgeAsync("example.com", SpfOf(SpfVerdict.TempError, "example.com"))).Result.Verdict);
        Assert.Equal(DmarcVerdict.TempError, (await JudgeAsync("example.com", SpfOf(SpfVerdict.Fail, "example.com"), DkimOf(DkimVerdict.TempError, "example.com"))).Result.Verdict);
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync("example.com", SpfOf(SpfVerdict.TempError, "evil.com"), DkimOf(DkimVerdict.TempError, "evil.com"))).Result.Verdict);
        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync("example.com", SpfOf(SpfVerdict.TempError, "example.com"), DkimOf(DkimVerdict.Pass, "example.com"))).Result.Verdict);
    }

    [Fact]
    public async Task Many_bad_signatures_do_not_hide_a_good_one()
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject");
        DkimResult[] signatures = [.. Enumerable.Repeat(DkimOf(DkimVerdict.Fail, "example.com"), 50), .. Enumerable.Repeat(DkimOf(DkimVerdict.TempError, "example.com"), 50), DkimOf(DkimVerdict.Pass, "example.com")];
        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync("example.com", SpfOf(SpfVerdict.None, ""), signatures)).Result.Verdict);
    }

    // Examples of RFC 9989 on organizational domains, without a list of suffixes.
    [Fact]
    public async Task The_tree_walk_takes_the_highest_record()
    {
        suffixes = null;
        zone.Txt("_dmarc.mail.example.com", "v=DMARC1; p=none").Txt("_dmarc.example.com", "v=DMARC1; p=reject");
        var result = (await JudgeAsync("a.mail.example.com")).Result;
        Assert.Equal(("example.com", "example.com", DmarcPolicy.Reject), (result.OrganizationalDomain, result.RecordDomain, result.Policy));
    }

    [Fact]
    public async Task A_registry_with_psd_y_makes_the_name_below_it_organizational_and_speaks_for_it()
    {
        suffixes = null;
        zone.Txt("_dmarc.com", "v=DMARC1; p=reject; psd=y");
        var result = (await JudgeAsync("a.mail.example.com", SpfOf(SpfVerdict.Pass, "other.com"))).Result;
        Assert.Equal(("example.com", "com", DmarcVerdict.Fail), (result.OrganizationalDomain, result.RecordDomain, result.Verdict));
        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync("a.mail.example.com", SpfOf(SpfVerdict.Pass, "b.example.com"))).Result.Verdict);
    }

    [Fact]
    public async Task Psd_n_ends_the_walk()
    {
        zone.Txt("_dmarc.unit.example.com", "v=DMARC1; p=quarantine; psd=n").Txt("_dmarc.example.com", "v=DMARC1; p=reject");
        var result = (await JudgeAsync("a.unit.example.com", SpfOf(SpfVerdict.Pass, "example.com"))).Result;
        Assert.Equal(("unit.example.com", DmarcVerdict.Fail, DmarcPolicy.Quarantine), (result.OrganizationalDomain, result.Verdict, result.Policy));
        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync("a.unit.example.com", SpfOf(SpfVerdict.Pass, "unit.example.com"))).Result.Verdict);
        // and a part of the house that stands for itself does not speak for the house
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync("example.com", SpfOf(SpfVerdict.Pass, "a.unit.example.com"))).Result.Verdict);
    }

    [Fact]
    public async Task A_walk_asks_eight_questions_at_most()
    {
        suffixes = null;
        await JudgeAsync("a.b.c.d.e.f.g.h.i.j.mail.example.com");
        Assert.Equal(8, zone.Questions);
        await JudgeAsync("a.mail.example.com");
        Assert.Equal(8 + 4, zone.Questions);
    }

    [Fact]
    public async Task With_the_list_customers_of_a_host_do_not_align_though_the_host_speaks_for_them()
    {
        zone.Txt("_dmarc.hosting.com", "v=DMARC1; p=reject");
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync("bank.hosting.com", SpfOf(SpfVerdict.Pass, "evil.hosting.com"))).Result.Verdict);
        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync("bank.hosting.com", SpfOf(SpfVerdict.Pass, "mail.bank.hosting.com"))).Result.Verdict);
    }

    [Fact]
    public async Task A_record_between_the_author_and_the_organizational_domain_counts_when_that_has_none()
    {
        zone.Txt("_dmarc.c.example.com", "v=DMARC1; p=none; sp=reject");
        var result = (await JudgeAsync("a.b.c.example.com", SpfOf(SpfVerdict.Fail, "example.com"))).Result;
        Assert.Equal(("c.example.com", "example.com", DmarcPolicy.Reject), (result.RecordDomain, result.OrganizationalDomain, result.Policy));
    }

    // RFC 8616 §6
    [Fact]
    public async Task U_labels_are_A_labels()
    {
        zone.Txt("_dmarc.xn--exmple-cua.com", "v=DMARC1; p=reject");
        var author = AuthorDomain.Read(1, Encoding.UTF8.GetBytes("<élise@exämple.com>"));
        var evaluation = await Evaluator().EvaluateAsync(author, SpfOf(SpfVerdict.Pass, "xn--exmple-cua.com"), [], TestContext.Current.CancellationToken);
        Assert.Equal((DmarcVerdict.Pass, "xn--exmple-cua.com"), (evaluation.Result.Verdict, evaluation.Result.Domain));
    }

    private DmarcEvaluator Evaluator() => new(zone, () => suffixes, random);

    private ValueTask<DmarcEvaluation> JudgeAsync(string domain, SpfResult? spf = null, params DkimResult[] dkim) =>
        Evaluator().EvaluateAsync(AuthorDomain.Read(1, Encoding.ASCII.GetBytes($"A <a@{domain}>")), spf ?? SpfOf(SpfVerdict.None, ""), dkim, TestContext.Current.CancellationToken);

    internal static SpfResult SpfOf(SpfVerdict verdict, string domain) => new(verdict, domain, false, null, null, null);

    internal static DkimResult DkimOf(DkimVerdict verdict, string domain) => new(verdict, domain, "s", null, "rsa-sha256", "", false, null);
}
