using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Nobody reaches the data of another, by any method that is registered (S-22, S-25).</summary>
public sealed class CrossAccountTests(MatrixAccounts accounts) : IClassFixture<MatrixAccounts>
{
    private readonly JmapHarness jmap = accounts.Jmap;

    /// <summary>Accounts of others, and ids that are none: told in the same words.</summary>
    [Fact]
    public async Task The_account_of_another_is_as_one_that_does_not_exist()
    {
        var bob = JmapIds.Of(accounts.Bob.Id);
        string[] none = ["a999999", "A1", "a", "a01", "a 1", "", "../a1", "..%2fa1", "%2e%2e/a1", "a1/../" + bob, bob + "\\u0000", bob + " ", bob.ToUpperInvariant(), "a-1", "a18446744073709551617", new('a', 300), "é", "null"];
        foreach (var method in MethodMatrix.OfAccounts)
        {
            var needed = MethodMatrix.Needed(method.Name, jmap.AccountId);
            foreach (var id in (string[])[bob, .. none])
            {
                var (name, answer) = await jmap.AskAsync(method.Name, $"{{\"accountId\":\"{id}\"{needed}}}");
                Assert.True((name, answer.GetRawText()) == ("error", """{"type":"accountNotFound"}"""), $"{method.Name} of \"{id}\": {answer}");
            }
            foreach (var wrong in (string[])["", "\"accountId\":null", "\"accountId\":1", "\"accountId\":[\"a1\"]"])
            {
                var (name, answer) = await jmap.AskAsync(method.Name, "{" + (wrong.Length == 0 ? needed.TrimStart(',') : wrong + needed) + "}");
                Assert.True(name == "error" && answer.GetProperty("type").GetString() == "invalidArguments", $"{method.Name} with {wrong}: {answer}");
            }
        }
    }

    [Fact]
    public async Task What_may_only_be_read_is_not_changed()
    {
        var team = JmapIds.Of(accounts.Team.Id);
        var session = await accounts.SessionAsync();
        var capabilities = session.GetProperty("accounts").GetProperty(team).GetProperty("accountCapabilities");
        foreach (var method in MethodMatrix.Changing)
        {
            var (name, answer) = await jmap.AskAsync(method.Name, $"{{\"accountId\":\"{team}\"{MethodMatrix.Needed(method.Name, jmap.AccountId)}}}");
            // Core is of the whole server (RFC 8620 §2).
            var expected = method.Capability == JmapCapabilities.Core || capabilities.TryGetProperty(method.Capability, out _) ? "accountReadOnly" : "accountNotSupportedByMethod";
            Assert.True(name == "error" && answer.GetProperty("type").GetString() == expected, $"{method.Name}: {answer}, not {expected}");
        }
    }

    [Fact]
    public async Task Nothing_is_copied_from_the_account_of_another()
    {
        foreach (var method in MethodMatrix.OfAccounts.Where(method => method.Name.EndsWith("/copy", StringComparison.Ordinal)))
        {
            var answers = new List<string>();
            foreach (var from in new[] { JmapIds.Of(accounts.Bob.Id), "a999999", "../a1" })
                answers.Add((await jmap.AskAsync(method.Name, $"{{\"accountId\":\"{jmap.AccountId}\",\"fromAccountId\":\"{from}\",\"create\":{{}}}}")).Answer.GetRawText());
            Assert.All(answers, answer => Assert.True(answer == answers[0] && answer.Contains("fromAccountNotFound", StringComparison.Ordinal), $"{method.Name}: {answer}"));
        }
    }

    /// <summary>Ids of another's objects, in one's own account and in a shared one: not found, and not changed.</summary>
    [Fact]
    public async Task Objects_of_another_are_not_found()
    {
        foreach (var type in MethodMatrix.Types)
        {
            var own = await IdsAsync(type, accounts.Jmap.Ada);
            var others = (await IdsAsync(type, accounts.Bob)).Except(own).ToList();
            var ids = JsonSerializer.Serialize(others);
            foreach (var account in new[] { jmap.AccountId, JmapIds.Of(accounts.Team.Id) })
            {
                var (name, answer) = await jmap.AskAsync(type + "/get", $"{{\"accountId\":\"{account}\",\"ids\":{ids}}}");
                if (name == "error" && answer.GetProperty("type").GetString() == "accountNotSupportedByMethod") continue;
                Assert.True(name != "error", $"{type}/get: {answer}");
                Assert.True(answer.GetProperty("list").GetArrayLength() == 0, $"{type}/get: {answer}");
                Assert.Equal(others, answer.GetProperty("notFound").EnumerateArray().Select(one => one.GetString()));
            }
            if (others.Count == 0 || MethodMatrix.OfAccounts.All(method => method.Name != type + "/set")) continue;
            var update = await jmap.AskAsync(type + "/set", $"{{\"accountId\":\"{jmap.AccountId}\",\"update\":{{{string.Join(',', others.Select(id => $"\"{id}\":{{}}"))}}}}}");
            var destroy = await jmap.AskAsync(type + "/set", $"{{\"accountId\":\"{jmap.AccountId}\",\"destroy\":{ids}}}");
            foreach (var id in others)
            {
                AssertRefused(update.Answer, "notUpdated", id, $"{type}/set: {update.Answer}");
                AssertRefused(destroy.Answer, "notDestroyed", id, $"{type}/set: {destroy.Answer}");
            }
            Assert.Equal(others, (await IdsAsync(type, accounts.Bob)).Except(own));
        }
        static void AssertRefused(JsonElement answer, string member, string id, string shown) =>
            Assert.True(answer.TryGetProperty(member, out var refused) && refused.TryGetProperty(id, out var error) && error.GetProperty("type").GetString() is "notFound" or "singleton", shown);
    }

    /// <summary>Ids that are none, of all kinds: found nowhere, and no fault of ours.</summary>
    [Fact]
    public async Task Ids_that_are_none_are_not_found()
    {
        string[] strange = ["../../etc/passwd", "e1/../e2", "%2e%2e%2f", "e1\\u0000", "e0", "e01", "E1", "e-1", "e9223372036854775807", "e9223372036854775808", "-1", "", "é", "#none", new('e', 5000), "m1'--", "NIL", "*"];
        var ids = string.Join(',', strange.Select(id => $"\"{id}\""));
        foreach (var type in MethodMatrix.Types)
        {
            var (name, answer) = await jmap.AskAsync(type + "/get", $"{{\"accountId\":\"{jmap.AccountId}\",\"ids\":[{ids}]}}");
            if (name == "error") Assert.True(answer.GetProperty("type").GetString() == "invalidArguments", $"{type}/get: {answer}");
            else Assert.True(answer.GetProperty("list").GetArrayLength() == 0 && answer.GetProperty("notFound").GetArrayLength() == strange.Length, $"{type}/get: {answer}");
            if (MethodMatrix.OfAccounts.All(method => method.Name != type + "/set")) continue;
            (name, answer) = await jmap.AskAsync(type + "/set", $"{{\"accountId\":\"{jmap.AccountId}\",\"destroy\":[{ids}]}}");
            if (name == "error") Assert.True(answer.GetProperty("type").GetString() == "invalidArguments", $"{type}/set: {answer}");
            else Assert.True(answer.GetProperty("notDestroyed").EnumerateObject().Count() == strange.Length, $"{type}/set: {answer}");
        }
    }

    private async Task<List<string>> IdsAsync(string type, AccountRecord by)
    {
        var (name, answer) = await jmap.AskAsync(type + "/get", $"{{\"accountId\":\"{JmapIds.Of(by.Id)}\",\"ids\":null}}", by);
        if (name != "error") return [.. answer.GetProperty("list").EnumerateArray().Select(one => one.GetProperty("id").GetString()!)];
        (name, answer) = await jmap.AskAsync(type + "/query", $"{{\"accountId\":\"{JmapIds.Of(by.Id)}\"}}", by);
        return name == "error" ? [] : [.. answer.GetProperty("ids").EnumerateArray().Select(one => one.GetString()!)];
    }
}

/// <summary>The accounts of the matrix, made once.</summary>
public sealed class MatrixAccounts : IAsyncLifetime
{
    internal JmapHarness Jmap { get; private set; } = null!;
    internal AccountRecord Bob { get; private set; } = null!;
    internal AccountRecord Team { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Jmap = await JmapHarness.StartAsync();
        (Bob, Team) = await Jmap.AddOthersAsync();
    }

    public async Task<JsonElement> SessionAsync()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(output)) await Jmap.Processor.Sessions.WriteAsync(JmapHarness.UserOf(Jmap.Ada), null, writer, default);
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }

    public ValueTask DisposeAsync() => Jmap.DisposeAsync();
}
