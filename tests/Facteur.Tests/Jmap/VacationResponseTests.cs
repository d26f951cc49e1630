using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>The reply to who writes meanwhile (RFC 8621 §8).</summary>
public sealed class VacationResponseTests
{
    private const string None = """{"id":"singleton","isEnabled":false,"fromDate":null,"toDate":null,"subject":null,"textBody":null,"htmlBody":null}""";

    private static async ValueTask<(string Object, string State)> GetAsync(JmapHarness jmap)
    {
        var answer = await jmap.CallAsync("VacationResponse/get", "{}");
        return (Assert.Single(answer.GetProperty("list").EnumerateArray()).GetRawText(), answer.GetProperty("state").GetString()!);
    }

    private static ValueTask<VacationSetting?> SettingAsync(JmapHarness jmap) => jmap.Accounts.GetVacationAsync("ada@example.com", default);

    [Fact]
    public async Task There_is_always_one_which_can_be_neither_made_nor_taken_away()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var before = await GetAsync(jmap);
        Assert.Equal(None, before.Object);
        var refused = await jmap.CallAsync("VacationResponse/set", """
            {"create": {"k": {"isEnabled": true}}, "update": {"other": {"isEnabled": true}}, "destroy": ["singleton", "other"]}
            """);
        Assert.Equal(
            ("singleton", "notFound", "singleton", "notFound"),
            (Type(refused, "notCreated", "k"), Type(refused, "notUpdated", "other"), Type(refused, "notDestroyed", "singleton"), Type(refused, "notDestroyed", "other")));
        Assert.Equal(before, await GetAsync(jmap));
        Assert.Equal(["x"], (await jmap.CallAsync("VacationResponse/get", """{"ids": ["x"]}""")).GetProperty("notFound").EnumerateArray().Select(one => one.GetString()!));

        static string Type(JsonElement answer, string list, string id) => answer.GetProperty(list).GetProperty(id).GetProperty("type").GetString()!;
    }

    [Fact]
    public async Task It_is_the_setting_that_the_command_line_shows()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var set = await jmap.CallAsync("VacationResponse/set", """
            {"update": {"singleton": {"isEnabled": true, "fromDate": "2026-08-01T00:00:00Z", "toDate": "2026-08-15T00:00:00Z", "subject": "Away", "textBody": "I am away.", "htmlBody": "<p>I am away.</p>"}}}
            """);
        Assert.Equal("""{"singleton":null}""", set.GetProperty("updated").GetRawText());
        var at = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new VacationSetting("Away", "I am away.", at, at.AddDays(14)) { Html = "<p>I am away.</p>" }, await SettingAsync(jmap));
        await jmap.CallAsync("VacationResponse/set", """{"update": {"singleton": {"isEnabled": false, "toDate": null}}}""");
        Assert.Equal(new VacationSetting("Away", "I am away.", at) { Html = "<p>I am away.</p>", IsOff = true }, await SettingAsync(jmap));
        await jmap.Accounts.SetVacationAsync("ada@example.com", new VacationSetting("", "Back soon.", Days: 3), default);
        Assert.Equal("""{"id":"singleton","isEnabled":true,"fromDate":null,"toDate":null,"subject":null,"textBody":"Back soon.","htmlBody":null}""", (await GetAsync(jmap)).Object);
        await jmap.CallAsync("VacationResponse/set", """{"update": {"singleton": {"subject": "Hello"}}}""");
        Assert.Equal(new VacationSetting("Hello", "Back soon.", Days: 3), await SettingAsync(jmap));
        await jmap.Accounts.SetVacationAsync("ada@example.com", null, default);
        Assert.Equal(None, (await GetAsync(jmap)).Object);
    }

    [Theory]
    [InlineData("""{"isEnabled": null}""", "isEnabled")]
    [InlineData("""{"isEnabled": "yes"}""", "isEnabled")]
    [InlineData("""{"fromDate": "2026-08-01"}""", "fromDate")]
    [InlineData("""{"fromDate": "2026-08-01T00:00:00Z", "toDate": "2026-08-01T00:00:00Z"}""", "toDate")]
    [InlineData("""{"subject": "a\nb"}""", "subject")]
    [InlineData("""{"textBody": 1}""", "textBody")]
    [InlineData("""{"id": "x"}""", "id")]
    [InlineData("""{"days": 3}""", "days")]
    public async Task What_is_wrong_is_named_and_changes_nothing(string patch, string property)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var answer = await jmap.CallAsync("VacationResponse/set", $$"""{"update": {"singleton": {{patch}} } }""");
        var error = answer.GetProperty("notUpdated").GetProperty("singleton");
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Equal([property], error.GetProperty("properties").EnumerateArray().Select(one => one.GetString()!));
        Assert.Equal(None, (await GetAsync(jmap)).Object);
    }
}
