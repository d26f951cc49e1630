using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Facteur.Storage;

namespace Facteur.Tests.Web;

/// <summary>Sign-in by the word of another provider (OpenID Connect), honest and not (S-26).</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private const string Setting = """{"name":"Corp","issuer":"https://id.test","clientId":"facteur","secret":"s3cret"}""";

    private readonly OidcProviderHost provider = new();
    private WebFixture web = null!;

    public async ValueTask InitializeAsync()
    {
        web = await WebFixture.CreateAsync(provider.FetchAsync);
        provider.Time = web.Clock;
        await SetAsync(SettingScope.Site, Setting);
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        provider.Dispose();
    }

    [Theory]
    [InlineData("RS256", "k1")]
    [InlineData("ES256", "k2")]
    public async Task Who_the_provider_names_is_signed_in(string algorithm, string key)
    {
        provider.Token = (head, _) => (head["alg"], head["kid"]) = (algorithm, key);
        var browser = web.Browse();
        Assert.Contains("Sign in with Corp", (await browser.GetAsync("/signin?next=/device")).Body);
        Assert.Equal("/device", (await SignInAsync(browser, "/device")).Location);
        Assert.Contains("moi@demo.test", (await browser.GetAsync("/settings/security")).Body);
    }

    public static TheoryData<string, Action<JsonObject, JsonObject>> Forgeries => new()
    {
        { "alg none", (head, _) => head["alg"] = "none" },
        { "HS256 with the public key", (head, _) => head["alg"] = "HS256" },
        { "another audience", (_, claims) => claims["aud"] = "other" },
        { "two audiences without a party", (_, claims) => claims["aud"] = new JsonArray("facteur", "other") },
        { "another party", (_, claims) => claims["azp"] = "other" },
        { "another issuer", (_, claims) => claims["iss"] = "https://id.test.evil.test" },
        { "issuer with a slash", (_, claims) => claims["iss"] = "https://id.test/" },
        { "another nonce", (_, claims) => claims["nonce"] = "n" },
        { "no nonce", (_, claims) => claims.Remove("nonce") },
        { "over", (_, claims) => claims["exp"] = (long)claims["iat"]! - 120 },
        { "without end", (_, claims) => claims.Remove("exp") },
        { "of the future", (_, claims) => claims["iat"] = (long)claims["iat"]! + 600 },
        { "not yet", (_, claims) => claims["nbf"] = (long)claims["iat"]! + 600 },
        { "an access token", (head, _) => head["typ"] = "at+jwt" },
        { "kid of a path", (head, _) => head["kid"] = "../../../../dev/null" },
        { "kid of a query", (head, _) => head["kid"] = "k1' OR '1'='1" },
        { "kid of the other key", (head, _) => head["kid"] = "k2" },
        { "unknown critical field", (head, _) => { head["crit"] = new JsonArray("b64"); head["b64"] = false; } },
        { "address not verified", (_, claims) => claims["email_verified"] = false },
        { "no word of verified", (_, claims) => claims.Remove("email_verified") },
        { "nobody here", (_, claims) => claims["email"] = "nobody@demo.test" },
        { "somewhere else", (_, claims) => claims["email"] = "moi@evil.test" },
        { "a list", (_, claims) => claims["email"] = new JsonArray("moi@demo.test") },
        { "no address", (_, claims) => claims.Remove("email") },
    };

    [Fact]
    public async Task Tokens_that_are_not_right_in_every_point_sign_nobody_in()
    {
        foreach (var row in Forgeries)
        {
            var (what, forge) = row.Data;
            provider.Token = forge;
            var browser = web.Browse();
            var answer = await SignInAsync(browser);
            Assert.True(answer.Location == "/signin?why=external", $"{what}: {answer.Location}");
            Assert.False(browser.Cookies.ContainsKey("__Host-facteur"), what);
        }
        provider.Token = (_, _) => { };
        Assert.Equal("/", (await SignInAsync(web.Browse())).Location);
    }

    [Fact]
    public async Task Tokens_that_others_made_sign_nobody_in()
    {
        using var own = RSA.Create(2048);
        var parameters = own.ExportParameters(false);
        var jwk = new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(parameters.Modulus), ["e"] = Base64Url.EncodeToString(parameters.Exponent) };
        await RefusedAsync(token => token[..(token.LastIndexOf('.') + 1)]); // no signature
        await RefusedAsync(token => token[..^4] + "AAAA");
        await RefusedAsync(token => Resign(token, head => { }));
        await RefusedAsync(token => Resign(token, head => head.Remove("kid")));
        await RefusedAsync(token => Resign(token, head => { head.Remove("kid"); head["jwk"] = jwk.DeepClone(); }));
        await RefusedAsync(token => Resign(token, head => { head["jku"] = "https://evil.test/keys"; head["x5u"] = "https://evil.test/x"; }));
        await RefusedAsync(_ => "a.b.c");
        await RefusedAsync(_ => "");
        await RefusedAsync(_ => new string('a', 40_000));
        // Nobody else was asked for keys.
        Assert.All(provider.Requests, request => Assert.Equal("id.test", request.Uri.Host));

        async Task RefusedAsync(Func<string, string> tamper)
        {
            provider.Tamper = tamper;
            Assert.Equal("/signin?why=external", (await SignInAsync(web.Browse())).Location);
        }

        string Resign(string token, Action<JsonObject> change)
        {
            var parts = token.Split('.');
            var head = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!.AsObject();
            change(head);
            var input = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(head.ToJsonString())) + "." + parts[1];
            return input + "." + Base64Url.EncodeToString(own.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
    }

    [Fact]
    public async Task An_answer_counts_in_the_browser_that_asked_once_and_for_a_while()
    {
        var browser = web.Browse();
        var sent = (await browser.GetAsync("/signin/external/site")).Location!;
        var back = provider.Authorize(sent);
        Assert.Equal("/signin?why=external", (await web.Browse().GetAsync(back)).Location); // another browser: the code of somebody else
        Assert.Equal("/signin?why=external", (await browser.GetAsync(back.Replace("state=", "state=x", StringComparison.Ordinal))).Location);
        Assert.Equal("/signin?why=external", (await browser.GetAsync(back)).Location); // the cookie went with the wrong answer

        sent = (await browser.GetAsync("/signin/external/site")).Location!;
        back = provider.Authorize(sent);
        web.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("/signin?why=external", (await browser.GetAsync(back)).Location);
    }

    [Fact]
    public async Task An_answer_of_another_issuer_is_a_mix_up()
    {
        var browser = web.Browse();
        var back = provider.Authorize((await browser.GetAsync("/signin/external/site")).Location!, "https://evil.test");
        Assert.Equal("/signin?why=external", (await browser.GetAsync(back)).Location);
        Assert.DoesNotContain(provider.Requests, request => request.Uri.AbsolutePath == "/token");
        back = provider.Authorize((await browser.GetAsync("/signin/external/site")).Location!, OidcProviderHost.Issuer);
        Assert.Equal("/", (await browser.GetAsync(back)).Location);
    }

    [Theory]
    [InlineData("issuer", "https://evil.test")]
    [InlineData("token_endpoint", "http://id.test/token")]
    [InlineData("jwks_uri", "file:///etc/passwd")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("authorization_endpoint", null)]
    public async Task A_provider_that_describes_itself_wrongly_is_not_asked(string name, string? value)
    {
        provider.Metadata = json => json[name] = value;
        Assert.Equal("/signin?why=external", (await web.Browse().GetAsync("/signin/external/site")).Location);
    }

    [Fact]
    public async Task Keys_are_fetched_again_for_a_new_one_but_not_for_every_token()
    {
        Assert.Equal("/", (await SignInAsync(web.Browse())).Location);
        provider.Token = (head, _) => head["kid"] = "k9";
        for (var i = 0; i < 5; i++) await SignInAsync(web.Browse());
        Assert.Equal(1, provider.Requests.Count(one => one.Uri.AbsolutePath == "/keys"));
        web.Clock.Advance(TimeSpan.FromMinutes(2));
        provider.Keys = keys => keys[0]!["kid"] = "k9";
        Assert.Equal("/", (await SignInAsync(web.Browse())).Location);
    }

    [Fact]
    public async Task A_provider_of_a_domain_speaks_for_that_domain_alone()
    {
        await web.Services.Accounts.AddDomainAsync("other.test", default);
        await web.Services.Accounts.AddAccountAsync("elle@other.test", null, "another-fine-one", default);
        await SetAsync(SettingScope.Site, null);
        var domain = (await web.Store.Directory.FindDomainAsync("demo.test", default))!;
        await SetAsync(SettingScope.Of(domain.Id), Setting);
        Assert.Equal("/", (await SignInAsync(web.Browse(), named: "demo.test")).Location);
        provider.Token = (_, claims) => claims["email"] = "elle@other.test";
        Assert.Equal("/signin?why=external", (await SignInAsync(web.Browse(), named: "demo.test")).Location);
    }

    [Fact]
    public async Task An_account_is_made_where_the_setting_says_so()
    {
        provider.Token = (_, claims) => claims["email"] = "new@demo.test";
        Assert.Equal("/signin?why=external", (await SignInAsync(web.Browse())).Location);
        await SetAsync(SettingScope.Site, Setting[..^1] + ",\"create\":true}");
        Assert.Equal("/", (await SignInAsync(web.Browse())).Location);
        Assert.NotNull(await web.Store.Directory.FindAccountAsync("new@demo.test", default));
    }

    [Fact]
    public async Task The_second_factor_of_the_account_is_still_asked_for()
    {
        var enrolled = await web.Services.Totp.EnrolAsync(web.Moi, "demo", default);
        await web.Services.Totp.ConfirmAsync(web.Moi, SignInTests.Code(enrolled.Secret, web.Clock.GetUtcNow()), default);
        Assert.StartsWith("/signin/code", (await SignInAsync(web.Browse())).Location);
        await SetAsync(SettingScope.Site, Setting[..^1] + ",\"isSecondFactor\":true}");
        Assert.Equal("/", (await SignInAsync(web.Browse())).Location);
    }

    [Fact]
    public async Task An_account_that_is_disabled_stays_out()
    {
        await web.Services.Accounts.SetEnabledAsync("moi@demo.test", false, default);
        Assert.Equal("/signin?why=external", (await SignInAsync(web.Browse())).Location);
    }

    private async Task<WebAnswer> SignInAsync(WebBrowser browser, string next = "/", string named = "site")
    {
        var sent = await browser.GetAsync($"/signin/external/{named}?next={Uri.EscapeDataString(next)}");
        Assert.StartsWith(OidcProviderHost.Issuer + "/authorize?", sent.Location);
        return await browser.GetAsync(provider.Authorize(sent.Location!));
    }

    private ValueTask SetAsync(SettingScope scope, string? json) => web.Store.Settings.SetAsync(scope, "oidc", json is null ? null : Encoding.UTF8.GetBytes(json), default);
}
