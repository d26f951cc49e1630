namespace Facteur.Tests.Jmap;

public sealed class CoreTests
{
    // RFC 8620 §3.4.1 asks what §4.1 answers.
    [Fact]
    public async Task Echo_answers_its_arguments()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var response = await jmap.RequestAsync("""[["Core/echo", {"hello": true, "high": 5}, "b3ff"]]""");
        Assert.Equal("""[["Core/echo",{"hello":true,"high":5},"b3ff"]]""", response.GetProperty("methodResponses").ToString().Replace(" ", "", StringComparison.Ordinal));
    }
}
