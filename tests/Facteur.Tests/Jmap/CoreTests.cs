using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Requests and responses, by the examples of RFC 8620 §3 and §4.</summary>
public sealed class CoreTests
{
    // §4.1
    [Fact]
    public async Task Echo_answers_its_arguments()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var response = await jmap.RequestAsync("""[["Core/echo", {"hello": true, "high": 5}, "b3ff"]]""");
        Assert.Equal("""[["Core/echo",{"hello":true,"high":5},"b3ff"]]""", response.GetProperty("methodResponses").GetRawText());
    }

    // The request of §3.3.1 and the response of §3.4.1.
    [Fact]
    public async Task Calls_are_answered_in_order_and_one_that_is_unknown_by_an_error()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var method1 = new ScriptedMethod("method1", """{"arg1":3,"arg2":"foo"}""");
        var method2 = new ScriptedMethod("method2", call =>
        {
            call.Answer.WriteRawValue("""{"isBlah":true}""");
            call.Follow("anotherResponseFromMethod2", """{"ask":10}"""u8.ToArray());
        });
        var another = new ScriptedMethod("anotherResponseFromMethod2", """{"data":10,"yetmoredata":"Hello"}""");
        var response = await jmap.With(method1, method2, another).RequestAsync(jmap, """
            {
              "using": [ "urn:ietf:params:jmap:core" ],
              "methodCalls": [
                [ "method1", { "arg1": "arg1data", "arg2": "arg2data" }, "c1" ],
                [ "method2", { "arg1": "arg1data" }, "c2" ],
                [ "method3", {}, "c3" ]
              ]
            }
            """);
        Assert.Equal("""[["method1",{"arg1":3,"arg2":"foo"},"c1"],["method2",{"isBlah":true},"c2"],["anotherResponseFromMethod2",{"data":10,"yetmoredata":"Hello"},"c2"],["error",{"type":"unknownMethod"},"c3"]]""",
            response.GetProperty("methodResponses").GetRawText());
        Assert.Equal("""{"ask":10}""", Assert.Single(another.Asked));
        Assert.Matches("^[0-9a-f]{20}$", response.GetProperty("sessionState").GetString());
        Assert.False(response.TryGetProperty("createdIds", out _));
    }

    [Fact]
    public async Task What_follows_from_a_call_that_failed_is_not_called()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var follower = new ScriptedMethod("Follower/run", "{}");
        var processor = jmap.With(follower, new ScriptedMethod("Bad/run", call =>
        {
            call.Follow("Follower/run", "{}"u8.ToArray());
            throw new JmapMethodException("forbidden", "not today");
        }));
        Assert.Equal("""[["error",{"type":"forbidden","description":"not today"},"a"]]""", await processor.CallsAsync(jmap, """[["Bad/run",{},"a"]]"""));
        Assert.Empty(follower.Asked);
    }

    [Fact]
    public async Task What_follows_may_lead_further_but_not_for_ever()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var again = new ScriptedMethod("Again/run", call =>
        {
            call.Answer.WriteRawValue("{}");
            call.Follow("Again/run", "{}"u8.ToArray());
        });
        await jmap.With(again).CallsAsync(jmap, """[["Again/run",{},"a"]]""");
        Assert.Equal(5, again.Asked.Count);
    }

    // §3.3 and §3.4: all that were sent, and what was added.
    [Fact]
    public async Task Created_ids_come_back_when_they_were_sent()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var maker = new ScriptedMethod("Thing/set", call =>
        {
            call.Answer.WriteStartObject();
            call.Answer.WriteString("known", call.Request.ResolveId("#k1"));
            call.Answer.WriteEndObject();
            call.Request.Created("k2", "m7");
        });
        var processor = jmap.With(maker);
        var response = await processor.RequestAsync(jmap, """{"using":["urn:ietf:params:jmap:core"],"createdIds":{"k1":"m1"},"methodCalls":[["Thing/set",{},"a"]]}""");
        Assert.Equal("""{"k1":"m1","k2":"m7"}""", response.GetProperty("createdIds").GetRawText());
        Assert.Equal("m1", response.GetProperty("methodResponses")[0][1].GetProperty("known").GetString());
        response = await processor.RequestAsync(jmap, """{"using":["urn:ietf:params:jmap:core"],"createdIds":{},"methodCalls":[]}""");
        Assert.Equal("{}", response.GetProperty("createdIds").GetRawText());
    }

    [Fact]
    public async Task A_method_whose_capability_is_not_in_use_is_unknown()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var response = await jmap.With().RequestAsync(jmap, """{"using":[],"methodCalls":[["Core/echo",{},"a"]]}""");
        Assert.Equal("""[["error",{"type":"unknownMethod"},"a"]]""", response.GetProperty("methodResponses").GetRawText());
    }

    [Fact]
    public async Task A_fault_of_ours_is_told_without_its_words_and_the_next_call_goes_on()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var answer = await jmap.With(
            new ScriptedMethod("Broken/run", call =>
            {
                call.Answer.WriteStartObject();
                call.Answer.WriteString("half", "written");
                throw new InvalidOperationException("secret");
            }),
            new ScriptedMethod("Silent/run", _ => { })).CallsAsync(jmap, """[["Broken/run",{},"a"],["Silent/run",{},"b"],["Core/echo",{"on":1},"c"]]""");
        Assert.DoesNotContain("secret", answer);
        Assert.DoesNotContain("half", answer);
        var responses = JsonDocument.Parse(answer).RootElement;
        Assert.Equal(["serverFail", "serverFail"], responses.EnumerateArray().Take(2).Select(one => one[1].GetProperty("type").GetString()));
        Assert.Equal("""["Core/echo",{"on":1},"c"]""", responses[2].GetRawText());
    }

    [Fact]
    public async Task The_state_of_the_session_follows_what_is_in_it()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var before = await StateAsync();
        Assert.Equal(before, await StateAsync());
        await jmap.Accounts.AddAccountAsync(new AccountDraft("team@example.com") { Kind = AccountKind.Shared }, default);
        Assert.Equal(before, await StateAsync());
        await jmap.Accounts.SetShareAsync("team@example.com", "ada@example.com", ShareRights.Read, default);
        var shared = await StateAsync();
        Assert.NotEqual(before, shared);
        await jmap.Accounts.SetShareAsync("team@example.com", "ada@example.com", ShareRights.All, default);
        Assert.NotEqual(shared, await StateAsync());
        await jmap.Accounts.SetShareAsync("team@example.com", "ada@example.com", ShareRights.None, default);
        Assert.Equal(before, await StateAsync());

        async Task<string> StateAsync() => (await jmap.RequestAsync("[]")).GetProperty("sessionState").GetString()!;
    }
}
