using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Facteur.Accounts.OAuth;
using Microsoft.AspNetCore.WebUtilities;

namespace Facteur.Tests.Web;

/// <summary>A program that asks for tokens, with a person who says yes.</summary>
internal sealed class OAuthProgram(WebFixture web, OAuthClient client, string? secret = null)
{
    public const string Redirect = "https://app.test/back";
    public const string Scope = "imap smtp offline";

    private readonly WebBrowser direct = web.Browse(remote: "198.51.100.4");

    public OAuthClient Client => client;
    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static async Task<OAuthProgram> AddAsync(WebFixture web, bool isConfidential = false, params string[] redirects)
    {
        var (client, secret) = await web.Services.Clients.AddAsync("App", redirects.Length > 0 ? redirects : [Redirect], isConfidential, default);
        return new OAuthProgram(web, client, secret);
    }

    /// <summary>Address of the request, with parameters changed; a null value leaves one out.</summary>
    public string Request(params (string Name, string? Value)[] changes)
    {
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = client.Id, ["redirect_uri"] = Redirect, ["scope"] = Scope, ["state"] = "xyz",
            ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) query[name] = value;
        return QueryHelpers.AddQueryString("/oauth/authorize", query.Where(one => one.Value is not null));
    }

    /// <summary>The code that a person gives.</summary>
    public async Task<string> AuthorizeAsync(WebBrowser browser, params (string Name, string? Value)[] changes)
    {
        var answer = await browser.SubmitAsync(Request(changes), null, ("answer", "yes"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        return Parameters(answer.Location!)["code"];
    }

    public Task<WebAnswer> RedeemAsync(string code, params (string Name, string? Value)[] changes) =>
        TokenAsync([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", Verifier)], changes);

    public Task<WebAnswer> RefreshAsync(string token, params (string Name, string? Value)[] changes) => TokenAsync([("grant_type", "refresh_token"), ("refresh_token", token)], changes);

    public Task<WebAnswer> PostAsync(string path, params (string Name, string? Value)[] fields) => PostAsync(path, fields, []);

    public async Task<JsonObject> TokensAsync(WebBrowser browser)
    {
        var answer = await RedeemAsync(await AuthorizeAsync(browser));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }

    public static Dictionary<string, string> Parameters(string address) => QueryHelpers.ParseQuery(new Uri(address).Query).ToDictionary(one => one.Key, one => Assert.Single(one.Value)!);

    private Task<WebAnswer> TokenAsync((string Name, string? Value)[] fields, (string Name, string? Value)[] changes) => PostAsync("/oauth/token", fields, changes);

    private Task<WebAnswer> PostAsync(string path, (string Name, string? Value)[] fields, (string Name, string? Value)[] changes)
    {
        var all = new Dictionary<string, string?> { ["client_id"] = client.Id, ["client_secret"] = secret };
        foreach (var (name, value) in fields.Concat(changes)) all[name] = value;
        return direct.PostAsync(path, all.Where(one => one.Value is not null).Select(one => (one.Key, one.Value!)));
    }
}
