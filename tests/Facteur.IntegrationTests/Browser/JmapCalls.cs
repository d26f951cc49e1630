using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Asks the server by JMAP what the page could ask, with the session of its browser.</summary>
internal static class JmapCalls
{
    private const string Run = """
        async (calls) => {
          const session = await (await fetch("/.well-known/jmap")).json();
          const accountId = session.primaryAccounts["urn:ietf:params:jmap:mail"];
          const methodCalls = JSON.parse(calls).map(([method, args], at) => [method, method.startsWith("PushSubscription/") ? args : { accountId, ...args }, String(at)]);
          const body = JSON.stringify({ using: Object.keys(session.capabilities), methodCalls });
          const answer = await (await fetch("/jmap", { method: "POST", headers: { "Content-Type": "application/json" }, body })).json();
          return JSON.stringify(answer.methodResponses ?? answer);
        }
        """;

    /// <summary>Makes the calls in one request; answers what each answered, and fails on an error.</summary>
    public static async Task<JsonElement[]> JmapAsync(this IPage page, params (string Method, JsonNode Arguments)[] calls)
    {
        var request = new JsonArray([.. calls.Select(call => new JsonArray(call.Method, call.Arguments))]);
        using var answer = JsonDocument.Parse(await page.EvaluateAsync<string>(Run, request.ToJsonString()));
        Assert.True(answer.RootElement.ValueKind == JsonValueKind.Array && answer.RootElement.EnumerateArray().All(one => one[0].GetString() != "error"), answer.RootElement.ToString());
        return [.. answer.RootElement.EnumerateArray().Select(one => one[1].Clone())];
    }

    /// <summary>Creates objects; answers their ids by name, of those that the server takes.</summary>
    public static async Task<Dictionary<string, string>> CreateAsync(this IPage page, string type, IEnumerable<(string Name, JsonNode Value)> objects)
    {
        var create = new JsonObject(objects.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)one.Value)));
        var answer = (await page.JmapAsync((type + "/set", new JsonObject { ["create"] = create })))[0];
        return answer.GetProperty("created") is { ValueKind: JsonValueKind.Object } created ? created.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetProperty("id").GetString()!) : [];
    }
}
