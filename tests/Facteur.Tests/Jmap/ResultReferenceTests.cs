using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Jmap;

namespace Facteur.Tests.Jmap;

/// <summary>References to results of former calls (RFC 8620 §3.7, RFC 6901).</summary>
public sealed class ResultReferenceTests(SharedJmap shared) : IClassFixture<SharedJmap>
{
    private readonly JmapHarness jmap = shared.Jmap;

    // The first example of §3.7.
    [Fact]
    public async Task What_was_created_is_fetched()
    {
        var get = new ScriptedMethod("Foo/get", "{}");
        var changes = new ScriptedMethod("Foo/changes", """{"accountId":"A1","oldState":"abcdef","newState":"123456","hasMoreChanges":false,"created":["f1","f4"],"updated":[],"destroyed":[]}""");
        await jmap.With(changes, get).CallsAsync(jmap, """
            [[ "Foo/changes", { "accountId": "A1", "sinceState": "abcdef" }, "t0" ],
             [ "Foo/get", { "accountId": "A1", "#ids": { "resultOf": "t0", "name": "Foo/changes", "path": "/created" } }, "t1" ]]
            """);
        Assert.Equal("""{"accountId":"A1","ids":["f1","f4"]}""", Assert.Single(get.Asked));
    }

    // The second example of §3.7: three references in a row, the last of which makes one list of several.
    [Fact]
    public async Task Emails_of_the_first_conversations_are_fetched()
    {
        var query = new ScriptedMethod("Email/query", """{"accountId":"A1","queryState":"abcdefg","canCalculateChanges":true,"position":0,"total":101,"ids":["msg1023","msg223"]}""");
        var get = new ScriptedMethod("Email/get", """{"accountId":"A1","state":"123456","list":[{"id":"msg1023","threadId":"trd194"},{"id":"msg223","threadId":"trd114"}],"notFound":[]}""");
        var thread = new ScriptedMethod("Thread/get", """{"accountId":"A1","state":"123456","list":[{"id":"trd194","emailIds":["msg1020","msg1021","msg1023"]},{"id":"trd114","emailIds":["msg201","msg223"]}],"notFound":[]}""");
        await jmap.With(query, get, thread).CallsAsync(jmap, """
            [[ "Email/query", { "accountId": "A1", "filter": { "inMailbox": "id_of_inbox" },
                 "sort": [{ "property": "receivedAt", "isAscending": false }], "collapseThreads": true, "position": 0, "limit": 10, "calculateTotal": true }, "t0" ],
             [ "Email/get", { "accountId": "A1", "#ids": { "resultOf": "t0", "name": "Email/query", "path": "/ids" }, "properties": [ "threadId" ] }, "t1" ],
             [ "Thread/get", { "accountId": "A1", "#ids": { "resultOf": "t1", "name": "Email/get", "path": "/list/*/threadId" } }, "t2" ],
             [ "Email/get", { "accountId": "A1", "#ids": { "resultOf": "t2", "name": "Thread/get", "path": "/list/*/emailIds" }, "properties": [ "from", "receivedAt", "subject" ] }, "t3" ]]
            """);
        Assert.Equal("""{"accountId":"A1","ids":["trd194","trd114"]}""", Assert.Single(thread.Asked));
        Assert.Equal("""{"accountId":"A1","ids":["msg1020","msg1021","msg1023","msg201","msg223"],"properties":["from","receivedAt","subject"]}""", get.Asked[1]);
    }

    private const string Answer = """{"a":{"b":[10,[20,30],[[40]],{"c":[50,60]},null]},"list":[{"x":[1,2],"y":{"z":[[3],[4]]}},{"x":[5],"y":{"z":[]}}],"":{"":7},"a/b":8,"m~n":9,"*":11,"0":12,"é":14,"empty":[],"s":"t"}""";

    [Theory]
    [InlineData("", Answer)] // the whole answer
    [InlineData("/a/b/0", "10")]
    [InlineData("/a/b/1", "[20,30]")]
    [InlineData("/a/b/1/1", "30")]
    [InlineData("/a/b/4", "null")]
    [InlineData("/a/b/*", """[10,20,30,[40],{"c":[50,60]},null]""")] // items of lists, one level
    [InlineData("/list/*/x", "[1,2,5]")]
    [InlineData("/list/*/x/*", "[1,2,5]")]
    [InlineData("/list/*/x/0", "[1,5]")]
    [InlineData("/list/*/y/z", "[[3],[4]]")]
    [InlineData("/list/*/y/z/*", "[3,4]")]
    [InlineData("/empty/*", "[]")]
    [InlineData("/empty/*/x", "[]")]
    [InlineData("//", "7")]
    [InlineData("/a~1b", "8")]
    [InlineData("/m~0n", "9")]
    [InlineData("/*", "11")] // of an object: a name
    [InlineData("/0", "12")]
    [InlineData("/é", "14")]
    [InlineData("/s", "\"t\"")]
    [InlineData("/none", null)]
    [InlineData("/a/b/5", null)]
    [InlineData("/a/b/-", null)] // the item after the last: none
    [InlineData("/a/b/00", null)]
    [InlineData("/a/b/01", null)]
    [InlineData("/a/b/+1", null)]
    [InlineData("/a/b/ 1", null)]
    [InlineData("/a/b/-1", null)]
    [InlineData("/a/b/1e0", null)]
    [InlineData("/a/b/٠", null)]
    [InlineData("/a/b/4294967296", null)]
    [InlineData("/a/b/", null)]
    [InlineData("/s/*", null)]
    [InlineData("/s/0", null)]
    [InlineData("/a/b/4/x", null)]
    [InlineData("/list/*/none", null)] // of each item, or of none
    [InlineData("/list/**", null)]
    [InlineData("/m~n", null)]
    [InlineData("/m~2n", null)]
    [InlineData("/m~", null)]
    [InlineData("a", null)]
    [InlineData("#/a", null)]
    public async Task A_path_leads_to(string path, string? found)
    {
        var target = new ScriptedMethod("Foo/get", "{}");
        var answer = await jmap.With(new ScriptedMethod("Foo/query", Answer), target).CallsAsync(
            jmap, $$"""[["Foo/query",{},"q"],["Foo/get",{"#v":{"path":{{JsonSerializer.Serialize(path)}},"resultOf":"q","name":"Foo/query"} },"g"]]""");
        if (found is null)
        {
            Assert.Equal("""["error",{"type":"invalidResultReference"},"g"]""", JsonDocument.Parse(answer).RootElement[1].GetRawText());
            Assert.Empty(target.Asked);
        }
        else
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$"""{"v":{{found}}}"""), JsonNode.Parse(Assert.Single(target.Asked))), target.Asked[0]);
        }
    }

    [Theory]
    [InlineData("""{"resultOf":"none","name":"Foo/query","path":"/a"}""", "invalidResultReference")]
    [InlineData("""{"resultOf":"g","name":"Foo/get","path":"/a"}""", "invalidResultReference")] // itself
    [InlineData("""{"resultOf":"later","name":"Foo/query","path":"/a"}""", "invalidResultReference")]
    [InlineData("""{"resultOf":"q","name":"Foo/changes","path":"/a"}""", "invalidResultReference")]
    [InlineData("""{"resultOf":"twice","name":"Foo/other","path":"/n"}""", "invalidResultReference")] // the first answer of that id is another's
    [InlineData("""{"resultOf":"bad","name":"Foo/bad","path":"/type"}""", "invalidResultReference")]
    [InlineData("""{"resultOf":"q","name":"Foo/query"}""", "invalidResultReference")]
    [InlineData("""{"resultOf":"q","name":"Foo/query","path":null}""", "invalidResultReference")]
    [InlineData("""{"resultOf":1,"name":"Foo/query","path":"/a"}""", "invalidResultReference")]
    [InlineData("null", "invalidResultReference")]
    [InlineData("[]", "invalidResultReference")]
    [InlineData("\"q\"", "invalidResultReference")]
    [InlineData("""{"resultOf":"twice","name":"Foo/query","path":"/n","more":1}""", null)]
    [InlineData("""{"resultOf":"bad","name":"error","path":"/type"}""", null)]
    public async Task A_reference_is_to_the_first_answer_of_a_former_call(string reference, string? error)
    {
        var processor = jmap.With(
            new ScriptedMethod("Foo/query", """{"a":1,"n":1}"""), new ScriptedMethod("Foo/other", """{"n":2}"""), new ScriptedMethod("Foo/get", "{}"),
            new ScriptedMethod("Foo/bad", _ => throw new JmapMethodException("forbidden")));
        var answer = JsonDocument.Parse(await processor.CallsAsync(jmap, $$"""
            [["Foo/query",{},"q"],["Foo/query",{},"twice"],["Foo/other",{},"twice"],["Foo/bad",{},"bad"],
             ["Foo/get",{"#v":{{reference}}},"g"],["Foo/query",{},"later"]]
            """)).RootElement[4];
        Assert.Equal(error ?? "", answer[0].GetString() == "error" ? answer[1].GetProperty("type").GetString() : "");
    }

    [Fact]
    public async Task An_argument_is_given_once()
    {
        var answer = await jmap.With(new ScriptedMethod("Foo/query", """{"a":1}"""), new ScriptedMethod("Foo/get", "{}")).CallsAsync(
            jmap, """[["Foo/query",{},"q"],["Foo/get",{"v":1,"#v":{"resultOf":"q","name":"Foo/query","path":"/a"}},"g"]]""");
        Assert.Contains("""["error",{"type":"invalidArguments","description":"v is given twice"},"g"]""", answer);
    }

    [Fact]
    public async Task References_stand_beside_other_arguments_and_more_than_one_at_a_time()
    {
        var answer = await jmap.With(new ScriptedMethod("Foo/query", """{"a":[1],"b":{"c":"é\n"}}""")).CallsAsync(jmap, """
            [["Foo/query",{},"q"],
             ["Core/echo",{"x":1,"#a":{"resultOf":"q","name":"Foo/query","path":"/a"},"y":{"#z":1},"#b":{"resultOf":"q","name":"Foo/query","path":"/b"}},"e"],
             ["Core/echo",{"#again":{"resultOf":"e","name":"Core/echo","path":"/b/c"}},"f"]]
            """);
        Assert.Equal("""["Core/echo",{"x":1,"a":[1],"y":{"#z":1},"b":{"c":"é\n"}},"e"]""", JsonDocument.Parse(answer).RootElement[1].GetRawText());
        Assert.Equal("""["Core/echo",{"again":"é\n"},"f"]""", JsonDocument.Parse(answer).RootElement[2].GetRawText());
    }

    /// <summary>Against the rules of §3.7 as they are written, on answers and paths that chance makes.</summary>
    [Fact]
    public async Task Random_paths_lead_where_the_rules_say()
    {
        var random = new Random(8620);
        var found = 0;
        for (var round = 0; round < 300; round++)
        {
            var answer = new JsonObject();
            for (var i = 0; i < 3; i++) answer[Name(random)] = Value(random, 4);
            var target = new ScriptedMethod("Foo/get", "{}");
            var processor = jmap.With(new ScriptedMethod("Foo/query", answer.ToJsonString()), target);
            for (var i = 0; i < 5; i++)
            {
                var tokens = Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(3) switch { 0 => "*", 1 => random.Next(3).ToString(System.Globalization.CultureInfo.InvariantCulture), _ => Name(random) }).ToArray();
                target.Asked.Clear();
                var path = string.Concat(tokens.Select(token => "/" + token));
                await processor.CallsAsync(jmap, $$"""[["Foo/query",{},"q"],["Foo/get",{"#v":{"path":"{{path}}","resultOf":"q","name":"Foo/query"} },"g"]]""");
                var expected = TryEvaluate(answer, tokens, out var value) ? new JsonObject { ["v"] = value?.DeepClone() }.ToJsonString() : null;
                Assert.Equal(expected, target.Asked.SingleOrDefault());
                if (expected is not null) found++;
            }
        }
        Assert.True(found > 200, $"only {found} led anywhere");
    }

    private static bool TryEvaluate(JsonNode? at, ReadOnlySpan<string> tokens, out JsonNode? value)
    {
        value = at;
        if (tokens.Length == 0) return true;
        if (at is JsonArray list && tokens[0] == "*")
        {
            var results = new JsonArray();
            foreach (var item in list)
            {
                if (!TryEvaluate(item, tokens[1..], out var one)) return false;
                if (one is JsonArray inner) foreach (var each in inner) results.Add(each?.DeepClone());
                else results.Add(one?.DeepClone());
            }
            value = results;
            return true;
        }
        if (at is JsonObject map) return map.TryGetPropertyValue(tokens[0], out var member) && TryEvaluate(member, tokens[1..], out value);
        return at is JsonArray items && int.TryParse(tokens[0], out var index) && index < items.Count && TryEvaluate(items[index], tokens[1..], out value);
    }

    private static string Name(Random random) => ((string[])["a", "b", "0"])[random.Next(3)];

    private static JsonNode? Value(Random random, int depth)
    {
        switch (depth == 0 ? 0 : random.Next(4))
        {
            case 0: return random.Next(2) == 0 ? null : JsonValue.Create(random.Next(9));
            case 1:
                var map = new JsonObject();
                for (var i = random.Next(4); i > 0; i--) map[Name(random)] = Value(random, depth - 1);
                return map;
            default:
                var list = new JsonArray();
                for (var i = random.Next(4); i > 0; i--) list.Add(Value(random, depth - 1));
                return list;
        }
    }
}
