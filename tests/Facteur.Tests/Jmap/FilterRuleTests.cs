using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Jmap;

/// <summary>FilterRule, FilterScript, BlockedSender and ForwardAddress (docs/jmap.md).</summary>
public sealed class FilterRuleTests : IAsyncLifetime
{
    private const string Bills = """{"name": "Bills", "conditions": [{"field": "from", "comparison": "endsWith", "values": ["@shop.example"]}], "actions": [{"type": "label", "mailbox": "Bills"}, {"type": "star"}]}""";

    private JmapHarness jmap = null!;

    public async ValueTask InitializeAsync() => jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    private async Task<JsonElement> CreateAsync(string type, string value) => await jmap.CallAsync($"{type}/set", $$$"""{"create": {"k": {{{value}}}}}""");

    private async Task<JsonElement> CreatedAsync(string type, string value)
    {
        var answer = await CreateAsync(type, value);
        Assert.True(answer.GetProperty("created").ValueKind == JsonValueKind.Object, answer.ToString());
        return answer.GetProperty("created").GetProperty("k");
    }

    private async Task<JsonElement> ListAsync(string type) => (await jmap.CallAsync($"{type}/get", "{}")).GetProperty("list");

    private static string Id(JsonElement one) => one.GetProperty("id").GetString()!;

    private static string? Error(JsonElement answer, string list, string id) => answer.GetProperty(list).GetProperty(id).GetProperty("type").GetString();

    [Fact]
    public async Task A_rule_is_made_read_changed_and_taken_away()
    {
        var created = await CreatedAsync("FilterRule", Bills);
        Assert.Equal((true, 10, "all"), (created.GetProperty("isEnabled").GetBoolean(), created.GetProperty("sortOrder").GetInt32(), created.GetProperty("match").GetString()));
        var get = await jmap.CallAsync("FilterRule/get", "{}");
        var rule = Assert.Single(get.GetProperty("list").EnumerateArray());
        Assert.Equal(["label", "star"], rule.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("type").GetString()));
        Assert.Equal("endsWith", rule.GetProperty("conditions")[0].GetProperty("comparison").GetString());
        var state = get.GetProperty("state").GetString();
        var set = await jmap.CallAsync("FilterRule/set", $$"""{"ifInState": "{{state}}", "update": {"{{Id(rule)}}": {"isEnabled": false, "stop": true} } }""");
        Assert.Equal(JsonValueKind.Null, set.GetProperty("updated").GetProperty(Id(rule)).ValueKind);
        await jmap.CallAsync("FilterRule/changes", $$"""{"sinceState": "{{state}}"}""", error: "cannotCalculateChanges");
        await jmap.CallAsync("FilterRule/changes", $$"""{"sinceState": "{{set.GetProperty("newState").GetString()}}"}""");
        Assert.True((await ListAsync("FilterRule"))[0].GetProperty("stop").GetBoolean());
        Assert.Equal(Id(rule), (await jmap.CallAsync("FilterRule/set", $$"""{"destroy": ["{{Id(rule)}}", "r99"]}""")).GetProperty("destroyed")[0].GetString());
        Assert.Empty((await ListAsync("FilterRule")).EnumerateArray());
    }

    [Fact]
    public async Task What_a_condition_does_not_need_is_left_out()
    {
        await CreatedAsync("FilterRule", """{"name": "x", "conditions": [{"field": "attachment", "comparison": "exists"}, {"field": "size", "comparison": "over", "octets": 1000}], "actions": [{"type": "star"}]}""");
        Assert.Equal(0, (await ListAsync("FilterRule"))[0].GetProperty("conditions")[0].GetProperty("values").GetArrayLength());
    }

    [Fact]
    public async Task Rules_are_put_in_order()
    {
        foreach (var name in (string[])["a", "b"]) await CreatedAsync("FilterRule", Bills.Replace("Bills\", \"cond", name + "\", \"cond", StringComparison.Ordinal));
        await jmap.CallAsync("FilterRule/set", """{"update": {"r2": {"sortOrder": 5} } }""");
        Assert.Equal(["b", "a"], (await ListAsync("FilterRule")).EnumerateArray().Select(rule => rule.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_mailbox_is_named_by_its_id()
    {
        var mailbox = (await jmap.CallAsync("Mailbox/set", """{"create": {"m": {"name": "Receipts"}}}""")).GetProperty("created").GetProperty("m").GetProperty("id").GetString();
        await CreatedAsync("FilterRule", $$"""{"name": "x", "actions": [{"type": "move", "mailboxId": "{{mailbox}}"}]}""");
        Assert.Equal("Receipts", (await ListAsync("FilterRule"))[0].GetProperty("actions")[0].GetProperty("mailbox").GetString());
        Assert.Contains($":mailboxid \"F{mailbox![1..]}\" \"Receipts\"", await jmap.Services.Rules.ShowAsync(jmap.Ada.Id, default), StringComparison.Ordinal);
        Assert.Equal("invalidProperties", Error(await CreateAsync("FilterRule", """{"name": "x", "actions": [{"type": "move", "mailboxId": "m999"}]}"""), "notCreated", "k"));
    }

    [Theory]
    [InlineData("""{"actions": [{"type": "star"}]}""", "name")]
    [InlineData("""{"name": "x", "actions": [{"type": "explode"}]}""", "actions")]
    [InlineData("""{"name": "x", "actions": [{"type": "star", "more": 1}]}""", "actions")]
    [InlineData("""{"name": "x", "actions": [null]}""", "actions")]
    [InlineData("""{"name": "x", "actions": [{"type": 1}]}""", "actions")]
    [InlineData("""{"name": "x", "actions": [{"type": "star"}], "conditions": {}}""", "conditions")]
    [InlineData("""{"name": "x", "actions": [{"type": "star"}], "conditions": [{"field": "from"}]}""", "conditions")]
    [InlineData("""{"name": "x", "actions": [{"type": "star"}], "conditions": [{"field": "from", "comparison": "is", "values": ["a\nb"]}]}""", "conditions/0/values/0")]
    [InlineData("""{"name": "x", "actions": [{"type": "star"}], "conditions": [{"field": "from", "comparison": "is", "values": [null]}]}""", "conditions")]
    [InlineData("""{"name": "x", "actions": [{"type": "star"}], "match": "some"}""", "match")]
    [InlineData("""{"name": "x", "actions": [{"type": "star"}], "order": 1}""", "order")]
    public async Task What_is_wrong_is_named(string value, string property)
    {
        var error = (await CreateAsync("FilterRule", value)).GetProperty("notCreated").GetProperty("k");
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Equal([property], error.GetProperty("properties").EnumerateArray().Select(one => one.GetString()!));
        Assert.Empty((await ListAsync("FilterRule")).EnumerateArray());
    }

    [Fact]
    public async Task Their_script_is_among_the_scripts_and_a_hand_that_changes_it_is_heard()
    {
        await CreatedAsync("FilterRule", Bills);
        var script = Assert.Single((await ListAsync("SieveScript")).EnumerateArray());
        Assert.Equal(("rules", true), (script.GetProperty("name").GetString(), script.GetProperty("isActive").GetBoolean()));
        Assert.Equal("running", (await ListAsync("FilterScript"))[0].GetProperty("standing").GetString());
        var blob = (await jmap.CallAsync("Blob/upload", """{"create": {"b": {"data": [{"data:asText": "keep;"}]}}}""")).GetProperty("created").GetProperty("b").GetProperty("id").GetString();
        await jmap.CallAsync("SieveScript/set", $$"""{"update": {"{{Id(script)}}": {"blobId": "{{blob}}"} } }""");
        Assert.Equal("edited", (await ListAsync("FilterScript"))[0].GetProperty("standing").GetString());
        Assert.Equal("editedByHand", Error(await CreateAsync("FilterRule", Bills), "notCreated", "k"));
        var started = await jmap.CallAsync("FilterScript/set", """{"update": {"singleton": {"isActive": true} } }""");
        Assert.Equal("none", started.GetProperty("updated").GetProperty("singleton").GetProperty("standing").GetString());
        await CreatedAsync("FilterRule", Bills);
        Assert.Equal(2, (await ListAsync("SieveScript")).GetArrayLength());
        await jmap.CallAsync("FilterScript/set", """{"update": {"singleton": {"isActive": false} } }""");
        Assert.Equal("inactive", (await ListAsync("FilterScript"))[0].GetProperty("standing").GetString());
        Assert.Equal("invalidProperties", Error(await jmap.CallAsync("FilterScript/set", """{"update": {"singleton": {"standing": "running"} } }"""), "notUpdated", "singleton"));
    }

    [Fact]
    public async Task Senders_are_blocked_one_by_one()
    {
        var created = await CreatedAsync("BlockedSender", """{"email": "Bad@Example.org"}""");
        Assert.Equal("bad@example.org", created.GetProperty("email").GetString());
        await CreatedAsync("BlockedSender", """{"email": "@worse.example"}""");
        Assert.Equal(["bad@example.org", "@worse.example"], (await ListAsync("BlockedSender")).EnumerateArray().Select(one => one.GetProperty("email").GetString()!));
        Assert.Equal("invalidProperties", Error(await CreateAsync("BlockedSender", """{"email": "nobody"}"""), "notCreated", "k"));
        Assert.Equal("forbidden", Error(await jmap.CallAsync("BlockedSender/set", $$"""{"update": {"{{Id(created)}}": {"email": "x@y.z"} } }"""), "notUpdated", Id(created)));
        await jmap.CallAsync("BlockedSender/set", $$"""{"destroy": ["{{Id(created)}}"]}""");
        Assert.Single((await ListAsync("BlockedSender")).EnumerateArray());
    }

    [Fact]
    public async Task An_address_is_confirmed_by_the_code_that_was_sent_to_it()
    {
        const string Forward = """{"name": "x", "actions": [{"type": "forward", "address": "far@example.org"}]}""";
        Assert.Equal("addressNotConfirmed", Error(await CreateAsync("FilterRule", Forward), "notCreated", "k"));
        var created = await CreatedAsync("ForwardAddress", """{"email": "far@example.org"}""");
        Assert.Equal((false, false), (created.GetProperty("isConfirmed").GetBoolean(), created.GetProperty("isForwarding").GetBoolean()));
        var message = Assert.Single(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default)).Message;
        var code = (await jmap.BodyAsync(message.Content)).Split('\n').Single(line => line.StartsWith("    ", StringComparison.Ordinal)).Trim();
        Assert.Equal("invalidProperties", Error(await jmap.CallAsync("ForwardAddress/set", $$"""{"update": {"{{Id(created)}}": {"code": "wrong"} } }"""), "notUpdated", Id(created)));
        Assert.Equal("invalidProperties", Error(await jmap.CallAsync("ForwardAddress/set", $$"""{"update": {"{{Id(created)}}": {"isConfirmed": true} } }"""), "notUpdated", Id(created)));
        await jmap.CallAsync("ForwardAddress/set", $$"""{"update": {"{{Id(created)}}": {"code": "{{code}}"} } }""");
        Assert.True((await ListAsync("ForwardAddress"))[0].GetProperty("isConfirmed").GetBoolean());
        await CreatedAsync("FilterRule", Forward);
        foreach (var own in (string[])["ada@example.com", "ada+x@example.com"]) Assert.Equal("forbidden", Error(await CreateAsync("ForwardAddress", $$"""{"email": "{{own}}"}"""), "notCreated", "k"));
        await jmap.CallAsync("ForwardAddress/set", $$"""{"destroy": ["{{Id(created)}}"]}""");
        Assert.Empty((await ListAsync("ForwardAddress")).EnumerateArray());
    }

    [Fact]
    public async Task Emails_that_are_there_are_held_against_conditions()
    {
        var emails = new List<string>();
        foreach (var (from, text) in ((string, string)[])[("a@shop.example", "Your bill"), ("b@example.org", "Hello"), ("c@example.org", "the BILL again")])
            emails.Add(Facteur.Jmap.JmapIds.Of(await jmap.DeliverAsync($"From: {from}\nTo: ada@example.com\nSubject: x\n\n{text}\n")));
        var answer = await jmap.CallAsync("FilterRule/match", $$"""
            {"emailIds": ["{{emails[2]}}", "{{emails[0]}}", "{{emails[1]}}", "e999", "x"], "match": "any",
             "conditions": [{"field": "body", "comparison": "contains", "values": ["bill"]}, {"field": "from", "comparison": "is", "values": ["a@shop.example"]}]}
            """);
        Assert.Equal([emails[2], emails[0]], answer.GetProperty("list").EnumerateArray().Select(one => one.GetString()!));
        Assert.Equal(["e999", "x"], answer.GetProperty("notFound").EnumerateArray().Select(one => one.GetString()!));
        Assert.Equal(3, (await jmap.CallAsync("FilterRule/match", $$"""{"emailIds": ["{{string.Join("\",\"", emails)}}"]}""")).GetProperty("list").GetArrayLength());
        await jmap.CallAsync("FilterRule/match", """{"emailIds": [], "conditions": [{"field": "from", "comparison": "over"}]}""", error: "invalidArguments");
        await jmap.CallAsync("FilterRule/match", """{"emailIds": [], "conditions": 1}""", error: "invalidArguments");
        await jmap.CallAsync("FilterRule/match", $$"""{"emailIds": ["{{string.Join("\",\"", Enumerable.Range(1, 501).Select(number => $"e{number}"))}}"]}""", error: "requestTooLarge");
    }

    [Fact]
    public async Task A_code_ends_after_a_week()
    {
        var created = await CreatedAsync("ForwardAddress", """{"email": "far@example.org"}""");
        var message = Assert.Single(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default)).Message;
        var code = (await jmap.BodyAsync(message.Content)).Split('\n').Single(line => line.StartsWith("    ", StringComparison.Ordinal)).Trim();
        jmap.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal("invalidProperties", Error(await jmap.CallAsync("ForwardAddress/set", $$"""{"update": {"{{Id(created)}}": {"code": "{{code}}"} } }"""), "notUpdated", Id(created)));
    }
}
