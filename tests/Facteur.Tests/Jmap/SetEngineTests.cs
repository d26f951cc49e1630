using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Jmap;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Jmap;

/// <summary>The rules of /set that all types share (RFC 8620 §5.3), with the type Todo of its examples.</summary>
public sealed class SetEngineTests
{
    // RFC 8620 §5.7: the whole object and the minimal patch have one effect.
    [Theory]
    [InlineData("""{"id": "a", "title": "Practise Piano", "keywords": {"music": true, "beethoven": true, "chopin": true, "liszt": true, "rachmaninov": true}, "neuralNetworkTimeEstimation": 3600}""")]
    [InlineData("""{"keywords/chopin": true, "keywords/mozart": null}""")]
    public async Task A_whole_object_is_a_patch_as_well(string patch)
    {
        var todos = Piano();
        var answer = await SetAsync(todos, $$"""{"ifInState": "0", "update": {"a": {{patch}} } }""");
        Assert.Equal(5400, answer.GetProperty("updated").GetProperty("a").GetProperty("neuralNetworkTimeEstimation").GetInt32());
        Assert.Equal(("0", "1"), (answer.GetProperty("oldState").GetString(), answer.GetProperty("newState").GetString()));
        Assert.Equal(["beethoven", "chopin", "liszt", "music", "rachmaninov"], Keywords(todos, "a"));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("created").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("notUpdated").ValueKind);
    }

    // RFC 8620 §5.7: "#k15" stands for what the same call creates.
    [Fact]
    public async Task A_creation_id_is_known_to_the_updates_after_it()
    {
        var todos = Piano();
        var answer = await SetAsync(todos, """{"create": {"k15": {"title": "Warm up with scales"}}, "update": {"a": {"subTodoIds": ["#k15"]}}}""");
        var id = answer.GetProperty("created").GetProperty("k15").GetProperty("id").GetString();
        Assert.Equal(id, todos.All["a"].RootElement.GetProperty("subTodoIds")[0].GetString());
    }

    [Fact]
    public async Task Creates_come_after_those_they_refer_to_and_a_circle_fails_alone()
    {
        var todos = Piano();
        var answer = await SetAsync(todos, """
            {"create": {
              "three": {"title": "3", "subTodoIds": ["#two", "#one"]}, "two": {"title": "2", "subTodoIds": ["#one"]}, "one": {"title": "1"},
              "x": {"title": "x", "subTodoIds": ["#y"]}, "y": {"title": "y", "subTodoIds": ["#x"]}}}
            """);
        Assert.Equal(["one", "two", "three"], answer.GetProperty("created").EnumerateObject().Select(one => one.Name));
        Assert.Equal("invalidProperties", answer.GetProperty("notCreated").GetProperty("x").GetProperty("type").GetString());
        Assert.Equal(["subTodoIds"], answer.GetProperty("notCreated").GetProperty("y").GetProperty("properties").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task What_is_destroyed_in_the_same_call_is_not_updated()
    {
        var answer = await SetAsync(Piano(), """{"update": {"a": {"title": "x"}, "no": {"title": "x"}, "#none": {}}, "destroy": ["a", "a", "no", "#gone"]}""", limit: 7);
        Assert.Equal("willDestroy", answer.GetProperty("notUpdated").GetProperty("a").GetProperty("type").GetString());
        Assert.Equal("notFound", answer.GetProperty("notUpdated").GetProperty("no").GetProperty("type").GetString());
        Assert.Equal("notFound", answer.GetProperty("notUpdated").GetProperty("#none").GetProperty("type").GetString());
        Assert.Equal(["a"], answer.GetProperty("destroyed").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(["no", "#gone"], answer.GetProperty("notDestroyed").EnumerateObject().Select(one => one.Name));
    }

    [Theory]
    [InlineData("""{"keywords": {}, "keywords/music": null}""")] // one within the other
    [InlineData("""{"subTodoIds/0": "b"}""")] // into an array
    [InlineData("""{"subTodoIds/-": "b"}""")]
    [InlineData("""{"nothing/here": 1}""")] // its parent does not exist
    [InlineData("""{"title/x": 1}""")]
    [InlineData("""{"keywords/a~2": true}""")] // RFC 6901 §3
    [InlineData("""{"keywords/a~": true}""")]
    public async Task A_patch_that_is_not_one_is_refused(string patch)
    {
        var todos = Piano();
        todos.Put("a", """{"title": "t", "keywords": {"music": true}, "subTodoIds": ["b"]}""");
        var answer = await SetAsync(todos, $$"""{"update": {"a": {{patch}} } }""");
        Assert.Equal("invalidPatch", answer.GetProperty("notUpdated").GetProperty("a").GetProperty("type").GetString());
        Assert.Equal("0", answer.GetProperty("newState").GetString());
    }

    [Fact]
    public async Task Paths_are_JSON_pointers()
    {
        var todos = Piano();
        todos.Put("a", """{"title": "t", "keywords": {"a/b": true, "~1": true, "": true}}""");
        await SetAsync(todos, """{"update": {"a": {"keywords/a~1b": null, "keywords/~01": null, "keywords/": null, "keywords/none": null, "keywords/c~0": true}}}""");
        Assert.Equal(["c~"], Keywords(todos, "a"));
    }

    [Fact]
    public async Task Server_set_properties_are_taken_as_they_are_and_not_otherwise()
    {
        var answer = await SetAsync(Piano(), """{"update": {"a": {"id": "a", "neuralNetworkTimeEstimation": 360}}}""");
        var error = answer.GetProperty("notUpdated").GetProperty("a");
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Equal("neuralNetworkTimeEstimation", Assert.Single(error.GetProperty("properties").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("""{"ifInState": "7"}""", "stateMismatch")]
    [InlineData("""{"create": {"a": 1}}""", "invalidArguments")]
    [InlineData("""{"create": {"no id": {}}}""", "invalidArguments")]
    [InlineData("""{"create": {"": {}}}""", "invalidArguments")]
    [InlineData("""{"update": []}""", "invalidArguments")]
    [InlineData("""{"destroy": "a"}""", "invalidArguments")]
    [InlineData("""{"destroy": [1]}""", "invalidArguments")]
    [InlineData("""{"forget": ["a"]}""", "invalidArguments")]
    [InlineData("""{"create": {"a": {}, "b": {}}, "update": {"a": {}, "b": {}}, "destroy": ["c", "d"]}""", "requestTooLarge")]
    public async Task Calls_that_are_wrong_change_nothing(string arguments, string error)
    {
        var todos = Piano();
        await SetAsync(todos, arguments, error);
        Assert.Equal(0, todos.State);
    }

    [Fact]
    public async Task A_long_chain_of_references_is_followed_without_a_stack()
    {
        const int Length = 4000;
        var todos = new Todos();
        var create = string.Join(", ", Enumerable.Range(0, Length).Select(i => i + 1 < Length ? $$""" "c{{i}}": {"title": "{{i}}", "subTodoIds": ["#c{{i + 1}}"]}""" : $$""" "c{{i}}": {"title": "end"}"""));
        var answer = await SetAsync(todos, $$"""{"create": { {{create}} } }""", limit: Length);
        Assert.Equal(Length, todos.All.Count);
        Assert.Equal("c3999", answer.GetProperty("created").EnumerateObject().First().Name);
    }

    private static Todos Piano()
    {
        var todos = new Todos();
        todos.Put("a", """{"title": "Practise Piano", "keywords": {"music": true, "beethoven": true, "mozart": true, "liszt": true, "rachmaninov": true}}""");
        return todos;
    }

    private static IEnumerable<string> Keywords(Todos todos, string id) =>
        todos.All[id].RootElement.GetProperty("keywords").EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal);

    private static async Task<JsonElement> SetAsync(Todos todos, string arguments, string? error = null, int limit = 5)
    {
        await using var jmap = await JmapHarness.StartAsync(new JmapLimits { MaxObjectsInSet = limit });
        var processor = new JmapProcessor(jmap.Services, [new TodoSet(todos)], NullLogger<JmapProcessor>.Instance);
        var body = arguments.Trim()[1..];
        var request = $$"""{"using": ["{{JmapCapabilities.Core}}"], "methodCalls": [["Todo/set", {"accountId": "{{jmap.AccountId}}"{{(body.StartsWith('}') ? "" : ",")}} {{body}}, "0"]]}""";
        var output = new ArrayBufferWriter<byte>();
        await processor.RunAsync(JmapHarness.UserOf(jmap.Ada), Encoding.UTF8.GetBytes(request), output, default);
        var response = JsonDocument.Parse(output.WrittenMemory).RootElement.GetProperty("methodResponses")[0];
        if (error is null) Assert.True(response[0].GetString() == "Todo/set", response.ToString());
        else Assert.Equal(("error", error), (response[0].GetString(), response[1].GetProperty("type").GetString()));
        return response[1];
    }

    private sealed class TodoSet(Todos todos) : JmapSetMethod("Todo/set", JmapCapabilities.Core)
    {
        protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
        {
            todos.Request = call.Request;
            return new(todos);
        }
    }

    /// <summary>The type of RFC 8620 §5.7; what it estimates changes with the keywords.</summary>
    private sealed class Todos : JmapSetObjects
    {
        public Dictionary<string, JsonDocument> All { get; } = [];

        public int State { get; private set; }

        public JmapRequest? Request { get; set; }

        public void Put(string id, string json) => All[id] = JsonDocument.Parse(json);

        public override ValueTask<string> StateAsync(CancellationToken cancel) => new(State.ToString());

        public override ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel)
        {
            var id = "t" + All.Count;
            All[id] = Checked(value);
            State++;
            return new(new JmapCreated(id, writer => writer.WriteNumber("neuralNetworkTimeEstimation", 60)));
        }

        public override ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            if (!All.TryGetValue(id, out var current)) throw new JmapSetException(JmapSetError.NotFound);
            var all = current.RootElement.EnumerateObject().ToDictionary(one => one.Name, one => one.Value);
            all["id"] = JsonSerializer.SerializeToElement(id);
            all["neuralNetworkTimeEstimation"] = JsonSerializer.SerializeToElement(3600);
            var withServerSet = JsonSerializer.SerializeToElement(all);
            if (patch.Changed(withServerSet, "id", "neuralNetworkTimeEstimation") is { Count: > 0 } changed) throw new JmapSetException(new JmapSetError("invalidProperties", "", changed));
            using var patched = patch.ApplyTo(withServerSet);
            All[id] = Checked(patched.RootElement);
            State++;
            return new((Action<Utf8JsonWriter>)(writer => writer.WriteNumber("neuralNetworkTimeEstimation", 5400)));
        }

        public override ValueTask DestroyAsync(string id, CancellationToken cancel)
        {
            if (!All.Remove(id)) throw new JmapSetException(JmapSetError.NotFound);
            State++;
            return ValueTask.CompletedTask;
        }

        private JsonDocument Checked(JsonElement value)
        {
            var reader = new JmapObjectReader(value);
            reader.Only("id", "title", "keywords", "subTodoIds", "neuralNetworkTimeEstimation");
            if (reader.String("title") is null) reader.Invalid("title", "a title is needed");
            var keywords = reader.Set("keywords") ?? [];
            var ids = new List<string>();
            foreach (var id in reader.Strings("subTodoIds") ?? [])
                if (Request?.ResolveId(id) is { } resolved) ids.Add(resolved);
                else reader.Invalid("subTodoIds", "no such todo");
            reader.Check();
            return JsonDocument.Parse(JsonSerializer.Serialize(new { title = reader.String("title"), keywords = keywords.ToDictionary(one => one, _ => true), subTodoIds = ids }));
        }
    }
}
