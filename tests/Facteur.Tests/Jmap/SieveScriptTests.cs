using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>SieveScript/get, /set, /query and /validate (RFC 9661), the same scripts as ManageSieve's.</summary>
public sealed class SieveScriptTests : IAsyncLifetime
{
    private const string Filing = "require \"fileinto\"; fileinto \"Receipts\";";

    private JmapHarness jmap = null!;

    public async ValueTask InitializeAsync() => jmap = await JmapHarness.StartAsync();

    public ValueTask DisposeAsync() => jmap.DisposeAsync();

    private SettingScope Owner => SettingScope.Of(jmap.Ada.Id);

    private Facteur.Sieve.Scripts.SieveScripts Scripts => jmap.Services.Scripts;

    private async Task<string> UploadAsync(string text)
    {
        var answer = await jmap.CallAsync("Blob/upload", $$$$"""{"create": {"b": {"data": [{"data:asText": {{{{JsonSerializer.Serialize(text)}}}}}], "type": "application/sieve"}}}""");
        return answer.GetProperty("created").GetProperty("b").GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> AddAsync(string name, string text = "keep;", string more = "") =>
        (await jmap.CallAsync("SieveScript/set", $$$$"""{"create": {"k": {"name": {{{{JsonSerializer.Serialize(name)}}}}, "blobId": "{{{{await UploadAsync(text)}}}}"}}{{{{more}}}}}""")).GetProperty("created").GetProperty("k");

    private async Task<JsonElement> ListAsync() => (await jmap.CallAsync("SieveScript/get", "{}")).GetProperty("list");

    private static string? Type(JsonElement answer, string list, string id) => answer.GetProperty(list).GetProperty(id).GetProperty("type").GetString();

    private static string Id(JsonElement script) => script.GetProperty("id").GetString()!;

    [Fact]
    public async Task A_script_is_kept_and_read_back()
    {
        var created = await AddAsync("Reçus", Filing);
        Assert.False(created.GetProperty("isActive").GetBoolean());
        Assert.False(created.TryGetProperty("name", out _));
        var listed = Assert.Single((await ListAsync()).EnumerateArray());
        Assert.Equal(("Reçus", false, Id(created)), (listed.GetProperty("name").GetString(), listed.GetProperty("isActive").GetBoolean(), Id(listed)));
        var blobId = listed.GetProperty("blobId").GetString();
        Assert.Equal(created.GetProperty("blobId").GetString(), blobId);
        var blob = (await jmap.CallAsync("Blob/get", $$"""{"ids": ["{{blobId}}"]}""")).GetProperty("list")[0];
        Assert.Equal(Filing, blob.GetProperty("data:asText").GetString());
        Assert.Equal("Reçus", Assert.Single((await Scripts.ListAsync(Owner, default)).Scripts).Name);
    }

    [Fact]
    public async Task A_created_script_is_activated_when_all_succeeds()
    {
        var first = await AddAsync("first", more: ", \"onSuccessActivateScript\": \"#k\"");
        Assert.True(first.GetProperty("isActive").GetBoolean());
        var answer = await jmap.CallAsync("SieveScript/set", $$$"""{"create": {"n": {"name": "second", "blobId": "{{{await UploadAsync("stop;")}}}"}}, "onSuccessActivateScript": "#n"}""");
        Assert.True(answer.GetProperty("created").GetProperty("n").GetProperty("isActive").GetBoolean());
        Assert.False(answer.GetProperty("updated").GetProperty(Id(first)).GetProperty("isActive").GetBoolean());
        Assert.NotEqual(answer.GetProperty("oldState").GetString(), answer.GetProperty("newState").GetString());
        Assert.Equal("second", (await Scripts.ListAsync(Owner, default)).Active!.Name);
    }

    [Fact]
    public async Task Nothing_is_activated_when_something_fails()
    {
        var answer = await jmap.CallAsync(
            "SieveScript/set", $$$"""{"create": {"good": {"name": "a", "blobId": "{{{await UploadAsync("keep;")}}}"}, "bad": {"name": "b", "blobId": "{{{await UploadAsync("kep;")}}}"}}, "onSuccessActivateScript": "#good"}""");
        Assert.Equal("invalidSieve", Type(answer, "notCreated", "bad"));
        Assert.Contains("1:1", answer.GetProperty("notCreated").GetProperty("bad").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.False(answer.GetProperty("created").GetProperty("good").GetProperty("isActive").GetBoolean());
        Assert.Null((await Scripts.ListAsync(Owner, default)).Active);
    }

    [Fact]
    public async Task None_is_active_when_that_is_asked_for()
    {
        var script = await AddAsync("on", more: ", \"onSuccessActivateScript\": \"#k\"");
        var answer = await jmap.CallAsync("SieveScript/set", """{"onSuccessDeactivateScript": true}""");
        Assert.False(answer.GetProperty("updated").GetProperty(Id(script)).GetProperty("isActive").GetBoolean());
        Assert.Null((await Scripts.ListAsync(Owner, default)).Active);
        Assert.Equal(JsonValueKind.Null, (await jmap.CallAsync("SieveScript/set", """{"onSuccessDeactivateScript": true}""")).GetProperty("updated").ValueKind);
    }

    [Fact]
    public async Task To_deactivate_and_activate_at_once_switches()
    {
        var first = await AddAsync("one", more: ", \"onSuccessActivateScript\": \"#k\"");
        var second = await AddAsync("two");
        var answer = await jmap.CallAsync("SieveScript/set", $$"""{"onSuccessDeactivateScript": true, "onSuccessActivateScript": "{{Id(second)}}"}""");
        Assert.False(answer.GetProperty("updated").GetProperty(Id(first)).GetProperty("isActive").GetBoolean());
        Assert.True(answer.GetProperty("updated").GetProperty(Id(second)).GetProperty("isActive").GetBoolean());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"v99\"")]
    [InlineData("\"#none\"")]
    [InlineData("\"../x\"")]
    public async Task An_id_that_is_none_leaves_the_active_script(string id)
    {
        await AddAsync("on", more: ", \"onSuccessActivateScript\": \"#k\"");
        var answer = await jmap.CallAsync("SieveScript/set", $$"""{"onSuccessActivateScript": {{id}}}""");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("updated").ValueKind);
        Assert.Equal("on", (await Scripts.ListAsync(Owner, default)).Active!.Name);
    }

    [Fact]
    public async Task What_it_says_and_its_name_are_changed()
    {
        var script = await AddAsync("old", more: ", \"onSuccessActivateScript\": \"#k\"");
        var answer = await jmap.CallAsync("SieveScript/set", $$$$"""{"update": {"{{{{Id(script)}}}}": {"name": "new", "blobId": "{{{{await UploadAsync(Filing)}}}}"}}}""");
        var blobId = answer.GetProperty("updated").GetProperty(Id(script)).GetProperty("blobId").GetString();
        Assert.NotEqual(script.GetProperty("blobId").GetString(), blobId);
        var listed = Assert.Single((await ListAsync()).EnumerateArray());
        Assert.Equal(("new", blobId, true), (listed.GetProperty("name").GetString(), listed.GetProperty("blobId").GetString(), listed.GetProperty("isActive").GetBoolean()));
        // What it said before is gone.
        Assert.Single((await jmap.CallAsync("Blob/get", $$"""{"ids": ["{{script.GetProperty("blobId").GetString()}}"]}""")).GetProperty("notFound").EnumerateArray());
    }

    [Fact]
    public async Task A_name_alone_is_changed()
    {
        var script = await AddAsync("old");
        var answer = await jmap.CallAsync("SieveScript/set", $$$$"""{"update": {"{{{{Id(script)}}}}": {"name": "Neue Regeln"}}}""");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("updated").GetProperty(Id(script)).ValueKind);
        Assert.Equal(5, Assert.Single((await Scripts.ListAsync(Owner, default)).Scripts).Octets);
        var listed = Assert.Single((await ListAsync()).EnumerateArray());
        Assert.Equal(("Neue Regeln", script.GetProperty("blobId").GetString()), (listed.GetProperty("name").GetString(), listed.GetProperty("blobId").GetString()));
    }

    [Fact]
    public async Task A_script_of_no_name_gets_one()
    {
        for (var number = 1; number <= 2; number++)
        {
            var answer = await jmap.CallAsync("SieveScript/set", $$$$"""{"create": {"k": {"name": null, "blobId": "{{{{await UploadAsync("keep;")}}}}"}}}""");
            Assert.Equal($"script-{number}", answer.GetProperty("created").GetProperty("k").GetProperty("name").GetString());
        }
    }

    [Fact]
    public async Task The_name_of_another_is_refused_with_its_id()
    {
        var taken = await AddAsync("taken");
        var other = await AddAsync("other");
        var answer = await jmap.CallAsync("SieveScript/set", $$$$"""{"create": {"k": {"name": "taken", "blobId": "{{{{await UploadAsync("keep;")}}}}"}}, "update": {"{{{{Id(other)}}}}": {"name": "taken"}}}""");
        Assert.Equal(("alreadyExists", Id(taken)), (Type(answer, "notCreated", "k"), answer.GetProperty("notCreated").GetProperty("k").GetProperty("existingId").GetString()));
        Assert.Equal(("alreadyExists", Id(taken)), (Type(answer, "notUpdated", Id(other)), answer.GetProperty("notUpdated").GetProperty(Id(other)).GetProperty("existingId").GetString()));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"a\\u2028b\"")]
    [InlineData("7")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        var answer = await jmap.CallAsync("SieveScript/set", $$$$"""{"create": {"k": {"name": {{{{name}}}}, "blobId": "{{{{await UploadAsync("keep;")}}}}"}}}""");
        Assert.Equal("invalidProperties", Type(answer, "notCreated", "k"));
        Assert.Equal("name", answer.GetProperty("notCreated").GetProperty("k").GetProperty("properties")[0].GetString());
    }

    [Theory]
    [InlineData("\"blobId\": \"u999\"", "blobNotFound")]
    [InlineData("\"blobId\": \"c1\"", "blobNotFound")]
    [InlineData("\"blobId\": \"c1-1\"", "blobNotFound")]
    [InlineData("\"blobId\": \"\"", "blobNotFound")]
    [InlineData("\"name\": \"x\"", "invalidProperties")]
    [InlineData("\"blobId\": \"u999\", \"isActive\": true", "invalidProperties")]
    public async Task What_makes_no_script_is_refused(string properties, string type)
    {
        var answer = await jmap.CallAsync("SieveScript/set", $$$$"""{"create": {"k": {{{{{properties}}}}}}}""");
        Assert.Equal(type, Type(answer, "notCreated", "k"));
    }

    [Fact]
    public async Task A_script_that_is_too_large_or_one_too_many_is_refused()
    {
        var large = await jmap.CallAsync("SieveScript/set", $$$$"""{"create": {"k": {"blobId": "{{{{await UploadAsync($"# {new string('x', 300_000)}\r\nkeep;")}}}}"}}}""");
        Assert.Equal("tooLarge", Type(large, "notCreated", "k"));
        var blobId = await UploadAsync("keep;");
        var many = string.Join(',', Enumerable.Range(0, Scripts.Limits.MaxScripts + 1).Select(n => $"\"k{n}\": {{\"blobId\": \"{blobId}\"}}"));
        var answer = await jmap.CallAsync("SieveScript/set", $"{{\"create\": {{{many}}}}}");
        Assert.Equal("overQuota", Assert.Single(answer.GetProperty("notCreated").EnumerateObject()).Value.GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_active_script_is_not_destroyed()
    {
        var script = await AddAsync("on", more: ", \"onSuccessActivateScript\": \"#k\"");
        var both = await jmap.CallAsync("SieveScript/set", $$"""{"destroy": ["{{Id(script)}}"], "onSuccessDeactivateScript": true}""");
        Assert.Equal("sieveIsActive", Type(both, "notDestroyed", Id(script)));
        await jmap.CallAsync("SieveScript/set", """{"onSuccessDeactivateScript": true}""");
        var answer = await jmap.CallAsync("SieveScript/set", $$"""{"destroy": ["{{Id(script)}}", "v77"]}""");
        Assert.Equal(Id(script), answer.GetProperty("destroyed")[0].GetString());
        Assert.Equal("notFound", Type(answer, "notDestroyed", "v77"));
        Assert.Empty((await ListAsync()).EnumerateArray());
    }

    [Fact]
    public async Task A_script_is_a_copy_of_another_by_its_blob()
    {
        var script = await AddAsync("one", Filing);
        var answer = await jmap.CallAsync("SieveScript/set", $$$$"""{"create": {"k": {"name": "two", "blobId": "{{{{script.GetProperty("blobId").GetString()}}}}"}}}""");
        Assert.NotEqual(Id(script), Id(answer.GetProperty("created").GetProperty("k")));
        Assert.All((await Scripts.ListAsync(Owner, default)).Scripts, one => Assert.Equal(Filing.Length, one.Octets));
    }

    [Fact]
    public async Task A_message_can_be_a_script_when_it_is_one()
    {
        var email = await jmap.DeliverAsync("From: a@example.net\nSubject: x\n\nkeep;\n");
        var answer = await jmap.CallAsync("SieveScript/validate", $$"""{"blobId": "{{JmapBlobId.Of(email, "1")}}"}""");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("error").ValueKind);
    }

    [Theory]
    [InlineData("keep;", null)]
    [InlineData("require \"nonsense\";", "invalidSieve")]
    [InlineData("if true {", "invalidSieve")]
    public async Task Validate_says_what_is_wrong(string text, string? type)
    {
        var error = (await jmap.CallAsync("SieveScript/validate", $$"""{"blobId": "{{await UploadAsync(text)}}"}""")).GetProperty("error");
        Assert.Equal(type, error.ValueKind == JsonValueKind.Null ? null : error.GetProperty("type").GetString());
        Assert.Empty((await ListAsync()).EnumerateArray());
    }

    [Fact]
    public async Task Validate_of_a_blob_that_is_none()
    {
        Assert.Equal("blobNotFound", (await jmap.CallAsync("SieveScript/validate", """{"blobId": "u9"}""")).GetProperty("error").GetProperty("type").GetString());
        await jmap.CallAsync("SieveScript/validate", "{}", "invalidArguments");
    }

    [Fact]
    public async Task Scripts_are_found_by_name_and_by_being_active()
    {
        var ids = new Dictionary<string, string>();
        foreach (var name in new[] { "Büro", "archiv", "Zoll" }) ids[Id(await AddAsync(name, more: name == "archiv" ? ", \"onSuccessActivateScript\": \"#k\"" : ""))] = name;
        async Task<string> FindAsync(string arguments) =>
            string.Join(' ', (await jmap.CallAsync("SieveScript/query", arguments)).GetProperty("ids").EnumerateArray().Select(id => ids[id.GetString()!]));
        Assert.Equal("archiv Büro Zoll", await FindAsync("""{"sort": [{"property": "name"}]}"""));
        Assert.Equal("archiv Büro Zoll", await FindAsync("""{"sort": [{"property": "isActive", "isAscending": false}, {"property": "name"}]}"""));
        Assert.Equal("archiv", await FindAsync("""{"filter": {"isActive": true}}"""));
        Assert.Equal("Büro", await FindAsync("""{"filter": {"operator": "AND", "conditions": [{"isActive": false}, {"name": "BÜR"}]}}"""));
        Assert.Equal("Büro archiv", await FindAsync("""{"filter": {"operator": "NOT", "conditions": [{"name": "zoll"}]}}"""));
        Assert.Equal("Zoll", await FindAsync("""{"sort": [{"property": "name"}], "position": -1}"""));
        var answer = await jmap.CallAsync("SieveScript/query", """{"limit": 1, "calculateTotal": true}""");
        Assert.Equal((false, 3), (answer.GetProperty("canCalculateChanges").GetBoolean(), answer.GetProperty("total").GetInt32()));
        await jmap.CallAsync("SieveScript/query", """{"filter": {"size": 3}}""", "unsupportedFilter");
        await jmap.CallAsync("SieveScript/query", """{"sort": [{"property": "size"}]}""", "unsupportedSort");
    }

    [Fact]
    public async Task The_state_moves_with_each_change_and_guards_it()
    {
        var states = new HashSet<string>();
        async Task NoteAsync() => Assert.True(states.Add((await jmap.CallAsync("SieveScript/get", "{}")).GetProperty("state").GetString()!));
        await NoteAsync();
        var script = await AddAsync("one");
        await NoteAsync();
        await Scripts.PutAsync(Owner, "one", "stop;"u8.ToArray(), default);
        await NoteAsync();
        await jmap.CallAsync("SieveScript/set", $$"""{"onSuccessActivateScript": "{{Id(script)}}"}""");
        await NoteAsync();
        await jmap.CallAsync("SieveScript/set", $$"""{"ifInState": "{{states.First()}}", "destroy": ["{{Id(script)}}"]}""", "stateMismatch");
    }

    [Fact]
    public async Task Members_who_only_read_see_scripts_and_change_none()
    {
        var (_, team) = await jmap.AddOthersAsync();
        await Scripts.PutAsync(SettingScope.Of(team.Id), "shared", "keep;"u8.ToArray(), default);
        var account = JmapIds.Of(team.Id);
        var script = (await jmap.CallAsync("SieveScript/get", "{}", account: account)).GetProperty("list")[0];
        Assert.Equal("shared", script.GetProperty("name").GetString());
        await jmap.CallAsync("SieveScript/set", $$"""{"onSuccessActivateScript": "{{Id(script)}}"}""", "accountReadOnly", account: account);
        // Nothing of another account's by its blob.
        var answer = await jmap.CallAsync("SieveScript/validate", $$"""{"blobId": "{{script.GetProperty("blobId").GetString()}}"}""");
        Assert.Equal("blobNotFound", answer.GetProperty("error").GetProperty("type").GetString());
    }
}
