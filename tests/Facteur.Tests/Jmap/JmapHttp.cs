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

    /// <summary>Sends octets to be a blob.</summary>
    public async Task<WebAnswer> UploadAsync(string account, byte[] octets, string? type = "application/octet-stream", params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(octets);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await OpenAsync(new HttpRequestMessage(HttpMethod.Post, $"/jmap/upload/{account}/") { Content = content }, headers);
        return new WebAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>Gets octets.</summary>
    public async Task<(HttpResponseMessage Answer, byte[] Octets)> DownloadAsync(string path, params (string Name, string Value)[] headers)
    {
        var response = await OpenAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);
        return (response, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Sends a request; the answer is not read yet.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, params (string Name, string Value)[] headers) => browser.OpenAsync(request, [.. Authorization, .. headers]);

    /// <summary>Id of the user's own account.</summary>
    public async Task<string> AccountAsync() => (await SessionAsync()).GetProperty("accounts").EnumerateObject().First().Name;

    private IEnumerable<(string, string)> Authorization => authorization is null ? [] : [("Authorization", authorization)];
}
