using System.Text.Json;

namespace Facteur.Tests.Jmap;

/// <summary>How the webmail is wanted (docs/jmap.md).</summary>
public sealed class WebmailSettingsTests
{
    private const string Usual =
        """{"id":"singleton","language":null,"undoSeconds":10,"pageSize":50,"conversations":true,"order":"newest","preview":true,"density":"normal","theme":"auto","readingPane":"none","shortcuts":true,"keys":{},"imagesAllowedFrom":[],"offlineDays":30}""";

    private static async ValueTask<(string Object, string State)> GetAsync(JmapHarness jmap)
    {
        var answer = await jmap.CallAsync("WebmailSettings/get", "{}");
        return (Assert.Single(answer.GetProperty("list").EnumerateArray()).GetRawText(), answer.GetProperty("state").GetString()!);
    }

    [Fact]
    public async Task There_is_always_one_and_what_is_set_is_read()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var before = await GetAsync(jmap);
        Assert.Equal(Usual, before.Object);
        var answer = await jmap.CallAsync("WebmailSettings/set", """
            {"update": {"singleton": {"language": "fr", "undoSeconds": 30, "pageSize": 100, "density": "compact", "theme": "dark", "readingPane": "right", "shortcuts": false,
                "conversations": false, "order": "unread", "preview": false, "keys": {"archive": ["y"], "goInbox": []}, "imagesAllowedFrom": ["claire@example.org", "@example.net"], "offlineDays": 90}}}
            """);
        Assert.True(answer.GetProperty("updated").TryGetProperty("singleton", out _), answer.GetRawText());
        var after = await GetAsync(jmap);
        Assert.NotEqual(before.State, after.State);
        Assert.Equal(
            """{"id":"singleton","language":"fr","undoSeconds":30,"pageSize":100,"conversations":false,"order":"unread","preview":false,"density":"compact","theme":"dark","readingPane":"right","shortcuts":false,"keys":{"archive":["y"],"goInbox":[]},"imagesAllowedFrom":["claire@example.org","@example.net"],"offlineDays":90}""",
            after.Object);
        await jmap.CallAsync("WebmailSettings/set", """
            {"update": {"singleton": {"language": null, "undoSeconds": null, "pageSize": null, "conversations": null, "order": null, "preview": null, "density": null, "theme": null,
                "readingPane": null, "shortcuts": null, "keys": null, "imagesAllowedFrom": null, "offlineDays": null}}}
            """);
        Assert.Equal(before, await GetAsync(jmap));
    }

    [Fact]
    public async Task One_key_is_changed_alone_and_the_rest_stays()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.CallAsync("WebmailSettings/set", """{"update": {"singleton": {"keys": {"archive": ["y"], "star": ["w"]}}}}""");
        await jmap.CallAsync("WebmailSettings/set", """{"update": {"singleton": {"keys/star": null, "keys/mute": ["q", "Mod+m"]}}}""");
        Assert.Contains("\"keys\":{\"archive\":[\"y\"],\"mute\":[\"q\",\"Mod+m\"]}", (await GetAsync(jmap)).Object, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_neither_made_nor_taken_away()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var refused = await jmap.CallAsync("WebmailSettings/set", """{"create": {"k": {}}, "update": {"x": {}}, "destroy": ["singleton", "x"]}""");
        Assert.Equal("singleton", refused.GetProperty("notCreated").GetProperty("k").GetProperty("type").GetString());
        Assert.Equal("notFound", refused.GetProperty("notUpdated").GetProperty("x").GetProperty("type").GetString());
        Assert.Equal("singleton", refused.GetProperty("notDestroyed").GetProperty("singleton").GetProperty("type").GetString());
        Assert.Equal("notFound", refused.GetProperty("notDestroyed").GetProperty("x").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("language", "\"de\"")]
    [InlineData("undoSeconds", "31")]
    [InlineData("undoSeconds", "-1")]
    [InlineData("pageSize", "5")]
    [InlineData("density", "\"<b>\"")]
    [InlineData("theme", "true")]
    [InlineData("readingPane", "\"left\"")]
    [InlineData("shortcuts", "1")]
    [InlineData("imagesAllowedFrom", "[\"nobody\"]")]
    [InlineData("order", "\"oldest\"")]
    [InlineData("conversations", "\"yes\"")]
    [InlineData("offlineDays", "31")]
    [InlineData("keys", "{\"archive\": [\"1\", \"2\", \"3\", \"4\", \"5\"]}")]
    [InlineData("keys", "{\"a/b\": [\"x\"]}")]
    [InlineData("keys", "{\"archive\": [\"\"]}")]
    [InlineData("keys", "[]")]
    [InlineData("keys/archive", "\"x\"")]
    [InlineData("undoSeconds", "\"10\"")]
    [InlineData("undoSeconds", "1.5")]
    [InlineData("unknown", "1")]
    public async Task What_cannot_be_is_refused_by_name(string property, string value)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var answer = await jmap.CallAsync("WebmailSettings/set", """{"update": {"singleton": {"NAME": VALUE}}}""".Replace("NAME", property, StringComparison.Ordinal).Replace("VALUE", value, StringComparison.Ordinal));
        var error = answer.GetProperty("notUpdated").GetProperty("singleton");
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Equal([property], error.GetProperty("properties").EnumerateArray().Select(one => one.GetString()!));
        Assert.Equal(Usual, (await GetAsync(jmap)).Object);
    }
}
