using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Facteur.Tests.Web;

/// <summary>What came back.</summary>
internal sealed record WebAnswer(HttpStatusCode Status, string Body, HttpResponseMessage Message)
{
    /// <summary>Where it leads, as it was written; null when nowhere.</summary>
    public string? Location => Message.Headers.Location?.OriginalString;

    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public string Header(string name) => Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    /// <summary>The value of a hidden or other field of the page.</summary>
    public string Field(string name) => WebUtility.HtmlDecode(Regex.Match(Body, $"""name="{name}"[^>]*value="([^"]*)" """.TrimEnd()).Groups[1].Value);
}

/// <summary>A browser as far as pages without scripts need one.</summary>
internal sealed class WebBrowser(HttpMessageHandler server, string origin, Func<DateTimeOffset> now) : IDisposable
{
    private readonly HttpMessageInvoker invoker = new(server);

    /// <summary>Cookies by name.</summary>
    public Dictionary<string, (string Value, DateTimeOffset? Ends)> Cookies { get; } = [];

    public Task<WebAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(new HttpRequestMessage(HttpMethod.Get, Address(path)), headers);

    /// <summary>Posts fields as they are, to see what comes of wrong ones.</summary>
    public Task<WebAnswer> PostAsync(string path, IEnumerable<(string Name, string Value)> fields, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = new FormUrlEncodedContent(fields.Select(one => KeyValuePair.Create(one.Name, one.Value))) }, headers);

    public Task<WebAnswer> PostJsonAsync(string path, JsonNode json, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = new StringContent(json.ToJsonString(), System.Text.Encoding.UTF8, "application/json") }, headers);

    /// <summary>Sends a request as it is, with the cookies; the one who calls may leave before the answer.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (!request.RequestUri!.IsAbsoluteUri) request.RequestUri = Address(request.RequestUri.OriginalString);
        AddCookies(request);
        return await invoker.SendAsync(request, cancel);
    }

    /// <summary>Posts a text of any type.</summary>
    public Task<WebAnswer> PostTextAsync(string path, string text, string type, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = content }, headers);
    }

    /// <summary>Sends a request as it is; the answer is not read yet.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        request.RequestUri = Address(request.RequestUri!.OriginalString);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (Cookies.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(one => $"{one.Key}={one.Value.Value}")));
        return await invoker.SendAsync(request, default);
    }

    public Task<WebAnswer> OptionsAsync(string path, params (string Name, string Value)[] headers) => SendAsync(new HttpRequestMessage(HttpMethod.Options, Address(path)), headers);

    /// <summary>Loads a page and sends its form with the fields that are given.</summary>
    public async Task<WebAnswer> SubmitAsync(string page, string? action, params (string Name, string Value)[] fields)
    {
        var form = await GetAsync(page);
        Assert.Equal(HttpStatusCode.OK, form.Status);
        return await PostAsync(action ?? page, [("form", form.Field("form")), .. fields], ("Sec-Fetch-Site", "same-origin"), ("Origin", origin));
    }

    public async Task<WebAnswer> SignInAsync(string user, string password, string next = "/")
    {
        var page = await GetAsync("/signin?next=" + Uri.EscapeDataString(next));
        return await PostAsync("/signin", [("form", page.Field("form")), ("next", page.Field("next")), ("user", user), ("password", password)]);
    }

    public void Dispose() => invoker.Dispose();

    private Uri Address(string path) => new(path.StartsWith("http", StringComparison.Ordinal) ? path : origin + path);

    private async Task<WebAnswer> SendAsync(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        AddCookies(request);
        var response = await invoker.SendAsync(request, default);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : []) Keep(cookie);
        return new WebAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    private void AddCookies(HttpRequestMessage request)
    {
        if (Cookies.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Where(one => one.Value.Ends is not { } end || end > now()).Select(one => $"{one.Key}={one.Value.Value}")));
    }

    private void Keep(string header)
    {
        var parts = header.Split(';', StringSplitOptions.TrimEntries);
        // Every cookie of ours is one that browsers keep to this host, https and away from scripts.
        Assert.StartsWith("__Host-", parts[0]);
        Assert.All(["path=/", "secure", "httponly", "samesite=lax"], rule => Assert.Contains(rule, parts, StringComparer.OrdinalIgnoreCase));
        var equals = parts[0].IndexOf('=', StringComparison.Ordinal);
        var (name, value) = (parts[0][..equals], parts[0][(equals + 1)..]);
        var age = parts.FirstOrDefault(part => part.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase));
        if (value.Length == 0) Cookies.Remove(name);
        else Cookies[name] = (value, age is null ? null : now() + TimeSpan.FromSeconds(double.Parse(age[8..], System.Globalization.CultureInfo.InvariantCulture)));
    }
}
