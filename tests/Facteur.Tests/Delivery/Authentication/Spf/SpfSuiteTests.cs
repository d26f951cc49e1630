using Facteur.Delivery.Authentication.Spf;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Spf;

/// <summary>Every case of ../shared/corpus/spf; skipped where that is absent.</summary>
public sealed class SpfSuiteTests
{
    public static TheoryData<string> Names => SpfSuite.Instance is { } suite ? [.. suite.Cases.Keys] : ["absent"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_suite_of_RFC_7208_agrees(string name)
    {
        SharedMaterial.Require("corpus/spf/rfc7208-tests.yml");
        var test = SpfSuite.Instance!.Cases[name];
        var evaluator = new SpfEvaluator(test.Zone, new FakeTime(), new SpfOptions());

        var result = await evaluator.CheckAsync(test.Client, test.Hello, test.Sender, TestContext.Current.CancellationToken);

        Assert.Contains(result.Verdict.ToString().ToLowerInvariant(), test.Results);
        // Hexadecimal digits of %{i} are upper case in the suite and lower case in the examples of RFC 7208 §7.4: names have no case.
        if (test.Explanation is { } expected)
            Assert.Equal(expected == "DEFAULT" ? null : expected, result.Explanation, ignoreCase: true);
    }

    [Fact]
    public void The_suite_is_whole()
    {
        SharedMaterial.Require("corpus/spf/rfc7208-tests.yml");
        Assert.True(SpfSuite.Instance!.Cases.Count >= 200, $"{SpfSuite.Instance.Cases.Count} cases");
    }
}
