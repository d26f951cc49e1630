using System.Net;
using System.Text;
using System.Text.Json;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>A program that uses JMAP over HTTP, as the host serves it.</summary>
internal sealed class JmapHttp(WebFixture web, string? authorization, string origin = WebFixture.Origin, string remote = "192.0.2.7")
{
    public const string Echo = """{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{"hello":true},"c0"]]}""";

    private readonly WebBrowser browser = web.Browse(origin, remote);

    /// <summary>One with the password of an account.</summary>
    public static JmapHttp With(WebFixture web, string user = "moi@demo.test", string password = WebFixture.Password) => new(web, Basic(user, password));

    public static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    public Task<WebAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => browser.GetAsync(path, [.. Authorization, .. headers]);

    public async Task<JsonElement> SessionAsync()
    {
        var answer = await GetAsync("/.well-known/jmap");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    /// <summary>Sends a text as a request.</summary>
    public Task<WebAnswer> PostAsync(string json, params (string Name, string Value)[] headers) => browser.PostTextAsync("/jmap", json, "application/json", [.. Authorization, .. headers]);

    public Task<WebAnswer> PostAsync(string path, string body, string type, params (string Name, string Value)[] headers) =>
        browser.PostTextAsync(path, body, type, [.. Authorization, .. headers]);

    /// <summary>Calls methods with all capabilities in use; answers the responses.</summary>
    public async Task<JsonElement> CallAsync(string methodCalls)
    {
        var all = (await SessionAsync()).GetProperty("capabilities").EnumerateObject().Select(one => one.Name);
        var answer = await PostAsync($$"""{"using":{{JsonSerializer.Serialize(all)}},"methodCalls":{{methodCalls}}}""");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return JsonDocument.Parse(answer.Body).RootElement.GetProperty("methodResponses");
    }

    private IEnumerable<(string, string)> Authorization => authorization is null ? [] : [("Authorization", authorization)];
}
