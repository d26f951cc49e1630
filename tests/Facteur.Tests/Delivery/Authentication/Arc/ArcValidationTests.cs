using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Net.Dns;
using Facteur.Tests.Delivery.Authentication.Dkim;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Arc;

/// <summary>Validating ARC chains (RFC 8617 §5.2).</summary>
public sealed class ArcValidationTests
{
    private static readonly ArcSuite? suite = ArcSuite.Load("arc-draft-validation-tests.yml");

    // Without the suite beside the repository there is nothing to hold the code to.
    public static TheoryData<string> Names => suite is null ? [""] : [.. suite.Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_validation_suite_holds(string name)
    {
        if (suite is null) Assert.Skip("../shared/corpus/arc is not there");
        var test = suite.Cases[name];
        var result = (await Verifying.AllAsync(test.Message, test.Zone, step: name.Length % 3 * 50)).Arc;
        // An empty cv is a chain that its last sealer has marked cv=fail: nothing is to be added, and it is no pass (§5.2 step 2).
        var expected = test.Values["cv"].Trim() switch { "Pass" => ArcVerdict.Pass, "None" => ArcVerdict.None, _ => ArcVerdict.Fail };
        Assert.True(expected == result.Verdict, $"{result.Verdict}: {result.Problem}");
        Assert.Equal(expected == ArcVerdict.Fail, result.Problem is not null);
        if (expected != ArcVerdict.Pass) return;
        Assert.All(result.Sealers, sealer => Assert.Contains("example", sealer, StringComparison.Ordinal));
        Assert.Equal(result.Instances, result.Sealers.Count);
        Assert.StartsWith("i=1; lists.example.org;", result.FirstResults, StringComparison.Ordinal);
    }

    [Fact]
    public void The_whole_suite_is_there() => Assert.Equal(suite is null ? 0 : 175, suite?.Cases.Count ?? 0);

    // RFC 8617 §5.2.1: errors of the DNS are final too.
    [Fact]
    public async Task A_key_that_cannot_be_had_breaks_the_chain()
    {
        if (suite is null) Assert.Skip("../shared/corpus/arc is not there");
        var zone = new ZoneResolver().Fail("dummy._domainkey.example.org", DnsStatus.Timeout);
        var result = (await Verifying.AllAsync(suite.Cases["cv_pass_i3_1"].Message, zone)).Arc;
        Assert.Equal((ArcVerdict.Fail, 3, "ARC-Message-Signature 3: no answer for dummy._domainkey.example.org"), (result.Verdict, result.Instances, result.Problem));
        Assert.Equal(["example.org", "example.org", "example.org"], result.Sealers);
        Assert.Equal(1, zone.Questions);
    }

    [Fact]
    public async Task A_changed_body_costs_no_question()
    {
        if (suite is null) Assert.Skip("../shared/corpus/arc is not there");
        var zone = new ZoneResolver();
        Assert.Equal(ArcVerdict.Fail, (await Verifying.AllAsync(suite.Cases["cv_pass_i5_1"].Message + "more\r\n", zone)).Arc.Verdict);
        Assert.Equal(0, zone.Questions);
    }

    // §4.2.1: no more than fifty.
    [Fact]
    public async Task A_chain_of_fifty_one_is_none()
    {
        var text = new StringBuilder();
        for (var i = 1; i <= 51; i++) text.Append($"ARC-Seal: i={i}; a=rsa-sha256; d=example.org; s=r; cv={(i == 1 ? "none" : "pass")}; b=AAAA\r\nARC-Authentication-Results: i={i}; x; none\r\n");
        var result = (await Verifying.AllAsync(text + VerifyTests.Message, new ZoneResolver())).Arc;
        Assert.Equal((ArcVerdict.Fail, 50), (result.Verdict, result.Instances));
    }
}
