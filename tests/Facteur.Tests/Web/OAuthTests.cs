using System.Net;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Accounts.OAuth;

namespace Facteur.Tests.Web;

/// <summary>The authorization server as programs see it (RFC 6749, 7636, 8252, 8414, 9207), with the attacks of S-26.</summary>
public sealed class OAuthTests(SharedWeb shared) : IClassFixture<SharedWeb>
{
    [Fact]
    public async Task A_code_becomes_tokens_that_open_what_was_granted_and_nothing_else()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var browser = await web.SignedInAsync();
        var consent = await browser.GetAsync(program.Request());
        Assert.Contains("“App” asks for access to moi@demo.test", WebUtility.HtmlDecode(consent.Body));
        Assert.EndsWith("form-action 'self' https://app.test", consent.Header("Content-Security-Policy"));
        var back = OAuthProgram.Parameters((await browser.SubmitAsync(program.Request(), null, ("answer", "yes"))).Location!);
        Assert.Equal("xyz", back["state"]);
        Assert.Equal(WebFixture.Origin, back["iss"]);
        var answer = await program.RedeemAsync(back["code"]);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        var tokens = answer.Json;
        Assert.Equal("Bearer", (string?)tokens["token_type"]);
        Assert.Equal(3600, (int)tokens["expires_in"]!);
        Assert.Equal("imap smtp offline", (string?)tokens["scope"]);
        var access = (string)tokens["access_token"]!;
        Assert.Equal(LoginRefusal.None, await RefusalAsync(web, access, MailProtocol.Imap));
        Assert.Equal(LoginRefusal.None, await RefusalAsync(web, access, MailProtocol.Submission));
        Assert.Equal(LoginRefusal.NotAllowed, await RefusalAsync(web, access, MailProtocol.Pop3));
        Assert.Equal(LoginRefusal.BadCredentials, await RefusalAsync(web, access + "x", MailProtocol.Imap));
        Assert.Equal(LoginRefusal.BadCredentials, await RefusalAsync(web, (string)tokens["refresh_token"]!, MailProtocol.Imap));
        web.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(LoginRefusal.BadCredentials, await RefusalAsync(web, access, MailProtocol.Imap));
    }

    [Fact]
    public async Task Nothing_secret_is_in_the_store()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web, isConfidential: true);
        var browser = await web.SignedInAsync();
        var tokens = await program.TokensAsync(browser);
        foreach (var space in await web.Store.State.SpacesAsync("", default))
            foreach (var entry in await web.Store.State.ListAsync(space, "", null, 1000, default))
            {
                var row = entry.Key + System.Text.Encoding.UTF8.GetString(entry.Value ?? []);
                foreach (var secret in new[] { (string)tokens["access_token"]!, (string)tokens["refresh_token"]!, browser.Cookies["__Host-facteur"].Value })
                    Assert.DoesNotContain(secret.Split('.')[^1], row);
            }
    }

    [Theory]
    [InlineData("client_id", "fc_unknown")]
    [InlineData("client_id", null)]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://app.test/back/")]
    [InlineData("redirect_uri", "https://app.test/back?x=1")]
    [InlineData("redirect_uri", "https://app.test/back#x")]
    [InlineData("redirect_uri", "https://app.test/../back")]
    [InlineData("redirect_uri", "https://app.test:443/back")]
    [InlineData("redirect_uri", "https://APP.test/back")]
    [InlineData("redirect_uri", "https://app.test.evil.test/back")]
    [InlineData("redirect_uri", "https://app.test@evil.test/back")]
    [InlineData("redirect_uri", "https://evil.test/back")]
    [InlineData("redirect_uri", "http://app.test/back")]
    [InlineData("redirect_uri", "https://app.test/back%2f")]
    [InlineData("redirect_uri", "javascript:alert(1)")]
    public async Task A_request_of_an_unknown_client_or_address_is_never_redirected(string name, string? value)
    {
        var web = shared.Web;
        var program = await OAuthProgram.AddAsync(web);
        var answer = await (await web.SignedInAsync()).GetAsync(program.Request((name, value)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Null(answer.Location);
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("scope", "imap everything", "invalid_scope")]
    [InlineData("scope", "offline", "invalid_scope")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("request", "ey", "request_not_supported")]
    public async Task What_is_wrong_otherwise_is_told_to_the_client_and_nobody_is_asked(string name, string? value, string error)
    {
        var web = shared.Web;
        var program = await OAuthProgram.AddAsync(web);
        // Before anybody has signed in.
        var back = OAuthProgram.Parameters((await web.Browse().GetAsync(program.Request((name, value)))).Location!);
        Assert.Equal(error, back["error"]);
        Assert.Equal("xyz", back["state"]);
        Assert.Equal(WebFixture.Origin, back["iss"]);
    }

    [Fact]
    public async Task A_refusal_is_told_and_a_person_signs_in_first()
    {
        var web = shared.Web;
        var program = await OAuthProgram.AddAsync(web);
        var browser = web.Browse();
        var sent = (await browser.GetAsync(program.Request())).Location!;
        Assert.StartsWith("/signin?next=", sent);
        var next = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(sent[sent.IndexOf('?', StringComparison.Ordinal)..])["next"].ToString();
        Assert.Equal(program.Request(), (await browser.SignInAsync("moi@demo.test", WebFixture.Password, next)).Location);
        Assert.Equal("access_denied", OAuthProgram.Parameters((await browser.SubmitAsync(program.Request(), null, ("answer", "no"))).Location!)["error"]);
    }

    [Fact]
    public async Task A_code_is_good_once_and_its_replay_takes_all_that_came_of_it()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var browser = await web.SignedInAsync();
        var code = await program.AuthorizeAsync(browser);
        var tokens = (await program.RedeemAsync(code)).Json;
        Assert.Equal(LoginRefusal.None, await RefusalAsync(web, (string)tokens["access_token"]!, MailProtocol.Imap));
        Assert.Equal("invalid_grant", (string?)(await program.RedeemAsync(code)).Json["error"]);
        Assert.Equal(LoginRefusal.BadCredentials, await RefusalAsync(web, (string)tokens["access_token"]!, MailProtocol.Imap));
        Assert.Equal("invalid_grant", (string?)(await program.RefreshAsync((string)tokens["refresh_token"]!)).Json["error"]);
        Assert.Empty(await web.Services.Grants.ListAsync(web.Moi.Id, default));
    }

    [Theory]
    [InlineData("code_verifier", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "invalid_grant")]
    [InlineData("code_verifier", null, "invalid_request")]
    [InlineData("redirect_uri", "https://app.test/other", "invalid_grant")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("code", "c.1.00.x", "invalid_grant")]
    [InlineData("code", null, "invalid_request")]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("grant_type", "client_credentials", "unsupported_grant_type")]
    [InlineData("grant_type", null, "invalid_request")]
    [InlineData("client_id", "fc_other", "invalid_client")]
    public async Task A_code_without_all_that_belongs_to_it_is_worth_nothing(string name, string? value, string error)
    {
        var web = shared.Web;
        var program = await OAuthProgram.AddAsync(web);
        var answer = await program.RedeemAsync(await program.AuthorizeAsync(await web.SignedInAsync()), (name, value));
        Assert.Equal(error, (string?)answer.Json["error"]);
        Assert.Equal(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task A_code_is_no_other_client_s_and_is_soon_too_old()
    {
        await using var web = await WebFixture.CreateAsync();
        var (program, thief) = (await OAuthProgram.AddAsync(web), await OAuthProgram.AddAsync(web));
        var browser = await web.SignedInAsync();
        Assert.Equal("invalid_grant", (string?)(await thief.RedeemAsync(await program.AuthorizeAsync(browser), ("code_verifier", program.Verifier))).Json["error"]);
        var code = await program.AuthorizeAsync(browser);
        web.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("invalid_grant", (string?)(await program.RedeemAsync(code)).Json["error"]);
    }

    [Fact]
    public async Task Refresh_tokens_change_each_time_and_an_old_one_ends_the_family()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var first = await program.TokensAsync(await web.SignedInAsync());
        var second = (await program.RefreshAsync((string)first["refresh_token"]!)).Json;
        Assert.NotEqual((string?)first["refresh_token"], (string?)second["refresh_token"]);
        var narrowed = (await program.RefreshAsync((string)second["refresh_token"]!, ("scope", "imap"))).Json;
        Assert.Equal(LoginRefusal.NotAllowed, await RefusalAsync(web, (string)narrowed["access_token"]!, MailProtocol.Submission));
        Assert.Equal("invalid_scope", (string?)(await program.RefreshAsync((string)narrowed["refresh_token"]!, ("scope", "imap pop"))).Json["error"]);
        var third = (await program.RefreshAsync((string)narrowed["refresh_token"]!)).Json;
        Assert.Equal("invalid_grant", (string?)(await program.RefreshAsync((string)first["refresh_token"]!)).Json["error"]);
        Assert.Equal(LoginRefusal.BadCredentials, await RefusalAsync(web, (string)third["access_token"]!, MailProtocol.Imap));
        Assert.Equal("invalid_grant", (string?)(await program.RefreshAsync((string)third["refresh_token"]!)).Json["error"]);
    }

    [Fact]
    public async Task Of_ten_refreshes_at_once_one_is_answered_at_most()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var token = (string)(await program.TokensAsync(await web.SignedInAsync()))["refresh_token"]!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => program.RefreshAsync(token)));
        Assert.InRange(answers.Count(one => one.Status == HttpStatusCode.OK), 0, 1);
        // And the copies have ended the grant.
        foreach (var answer in answers.Where(one => one.Status == HttpStatusCode.OK))
            Assert.Equal(LoginRefusal.BadCredentials, await RefusalAsync(web, (string)answer.Json["access_token"]!, MailProtocol.Imap));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("disabled")]
    [InlineData("page")]
    [InlineData("refresh token")]
    public async Task A_grant_ends_at_once(string how)
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var browser = await web.SignedInAsync();
        var tokens = await program.TokensAsync(browser);
        web.Clock.Advance(TimeSpan.FromSeconds(1));
        var login = await web.Logins.LoginByTokenAsync((string)tokens["access_token"]!, "", new LoginClient(MailProtocol.Imap, IPAddress.Parse("198.51.100.9")) { IsEncrypted = true }, default);
        var ended = new TaskCompletionSource();
        using var session = web.Logins.Watch(login.Account!, ended.SetResult);
        if (how == "password") await web.Services.Accounts.SetPasswordAsync("moi@demo.test", "another-fine-one", default);
        if (how == "disabled") await web.Services.Accounts.SetEnabledAsync("moi@demo.test", false, default);
        if (how == "page")
        {
            var page = await browser.GetAsync("/settings/security/programs");
            await browser.SubmitAsync("/settings/security/programs", "/settings/security/programs?handler=Remove", ("name", page.Field("name")));
        }
        if (how == "refresh token") Assert.Equal(HttpStatusCode.OK, (await program.PostAsync("/oauth/revoke", ("token", (string?)tokens["refresh_token"]))).Status);
        // Also for who is in the middle of something.
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.NotEqual(LoginRefusal.None, await RefusalAsync(web, (string)tokens["access_token"]!, MailProtocol.Imap));
        Assert.Equal("invalid_grant", (string?)(await program.RefreshAsync((string)tokens["refresh_token"]!)).Json["error"]);
    }

    [Fact]
    public async Task Only_its_own_client_withdraws_or_inspects_a_token()
    {
        await using var web = await WebFixture.CreateAsync();
        var (program, other) = (await OAuthProgram.AddAsync(web, isConfidential: true), await OAuthProgram.AddAsync(web));
        var tokens = await program.TokensAsync(await web.SignedInAsync());
        var access = (string)tokens["access_token"]!;
        Assert.Equal(HttpStatusCode.OK, (await other.PostAsync("/oauth/revoke", ("token", access))).Status);
        Assert.Equal(HttpStatusCode.OK, (await other.PostAsync("/oauth/revoke", ("token", "nonsense"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.PostAsync("/oauth/introspect", ("token", access))).Status);
        var state = (await program.PostAsync("/oauth/introspect", ("token", access))).Json;
        Assert.True((bool)state["active"]!);
        Assert.Equal("moi@demo.test", (string?)state["username"]);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsync("/oauth/revoke", ("token", access))).Status);
        Assert.Equal("""{"active":false}""", (await program.PostAsync("/oauth/introspect", ("token", access))).Body);
        // The access token went alone.
        Assert.Equal(HttpStatusCode.OK, (await program.RefreshAsync((string)tokens["refresh_token"]!)).Status);
    }

    [Fact]
    public async Task A_confidential_client_shows_its_secret_in_one_way()
    {
        var web = shared.Web;
        var program = await OAuthProgram.AddAsync(web, isConfidential: true);
        var code = await program.AuthorizeAsync(await web.SignedInAsync());
        Assert.Equal("invalid_client", (string?)(await program.RedeemAsync(code, ("client_secret", null))).Json["error"]);
        Assert.Equal("invalid_client", (string?)(await program.RedeemAsync(code, ("client_secret", "wrong"))).Json["error"]);
        Assert.Equal(HttpStatusCode.OK, (await program.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task Parameters_in_the_address_or_twice_are_refused()
    {
        var web = shared.Web;
        var browser = web.Browse();
        Assert.Equal("invalid_request", (string?)(await browser.PostAsync("/oauth/token?client_id=a&code=b", [("grant_type", "authorization_code")])).Json["error"]);
        Assert.Equal("invalid_request", (string?)(await browser.PostAsync("/oauth/token", [("grant_type", "a"), ("grant_type", "b")])).Json["error"]);
        Assert.Equal("invalid_request", (string?)(await browser.PostJsonAsync("/oauth/token", new JsonObject())).Json["error"]);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await browser.GetAsync("/oauth/token")).Status);
    }

    [Fact]
    public async Task What_the_server_says_of_itself_is_what_it_does()
    {
        var web = shared.Web;
        var json = (await web.Browse().GetAsync("/.well-known/oauth-authorization-server")).Json;
        Assert.Equal(WebFixture.Origin, (string?)json["issuer"]);
        Assert.Equal("""["S256"]""", json["code_challenge_methods_supported"]!.ToJsonString());
        Assert.Equal("""["code"]""", json["response_types_supported"]!.ToJsonString());
        Assert.True((bool)json["authorization_response_iss_parameter_supported"]!);
        foreach (var (name, value) in json.Where(one => one.Key.EndsWith("_endpoint", StringComparison.Ordinal)))
            Assert.NotEqual(HttpStatusCode.NotFound, (await web.Browse().GetAsync((string)value!)).Status);
    }

    [Fact]
    public async Task A_program_registers_itself_within_bounds()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = web.Browse();
        var made = await browser.PostJsonAsync("/oauth/register", new JsonObject { ["client_name"] = "Mail <b>on</b> phone", ["redirect_uris"] = new JsonArray("http://127.0.0.1/cb", "com.example.app:/cb") });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var client = (await web.Services.Clients.FindAsync((string)made.Json["client_id"]!, default))!;
        var program = new OAuthProgram(web, client);
        var signedIn = await web.SignedInAsync();
        // RFC 8252 §7.3: any port of loopback.
        var consent = await signedIn.GetAsync(program.Request(("redirect_uri", "http://127.0.0.1:51004/cb")));
        Assert.Contains("form-action 'self' http://127.0.0.1:51004", consent.Header("Content-Security-Policy"));
        Assert.DoesNotContain("<b>on", consent.Body);
        Assert.Contains("nobody has checked its name", consent.Body);
        Assert.Equal(HttpStatusCode.OK, (await signedIn.GetAsync(program.Request(("redirect_uri", "com.example.app:/cb")))).Status);
        foreach (var bad in new[] { "http://localhost/cb", "http://127.0.0.1.evil.test/cb", "http://127.0.0.1:51004/cb/", "http://127.0.0.1:51004/../cb", "http://127.1:5/cb", "http://127.0.0.1@evil.test/cb", "com.example.app:/cb2" })
            Assert.Equal(HttpStatusCode.BadRequest, (await signedIn.GetAsync(program.Request(("redirect_uri", bad)))).Status);
        web.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Null(await web.Services.Clients.FindAsync(client.Id, default));
    }

    [Theory]
    [InlineData("""{"redirect_uris":["http://evil.test/"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["https://a.test/#x"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["javascript:alert(1)"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["data:text/html,x"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["https://a.test/; script-src *"]}""", "invalid_redirect_uri")]
    [InlineData("""{}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":[1]}""", "invalid_client_metadata")]
    [InlineData("""{"redirect_uris":["https://a.test/"],"token_endpoint_auth_method":"client_secret_basic"}""", "invalid_client_metadata")]
    [InlineData("""{"redirect_uris":["https://a.test/"],"client_name":"a\nb"}""", "invalid_client_metadata")]
    [InlineData("""[]""", "invalid_client_metadata")]
    [InlineData("""{"redirect_uris":""", "invalid_client_metadata")]
    public async Task What_cannot_be_registered_is_told(string body, string error)
    {
        var web = shared.Web;
        var browser = web.Browse();
        var json = body.StartsWith('{') && body.EndsWith('}') || body == "[]" ? JsonNode.Parse(body)! : JsonValue.Create(body)!;
        Assert.Equal(error, (string?)(await browser.PostJsonAsync("/oauth/register", json)).Json["error"]);
    }

    [Fact]
    public async Task Who_registers_without_end_is_stopped()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = web.Browse();
        var body = new JsonObject { ["redirect_uris"] = new JsonArray("https://a.test/") };
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 25; i++) answers.Add((await browser.PostJsonAsync("/oauth/register", body)).Status);
        Assert.Equal(20, answers.Count(one => one == HttpStatusCode.Created));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
    }

    internal static async Task<LoginRefusal> RefusalAsync(WebFixture web, string token, MailProtocol protocol) =>
        (await web.Logins.LoginByTokenAsync(token, "", new LoginClient(protocol, IPAddress.Parse("198.51.100.9")) { IsEncrypted = true }, default)).Refusal;
}
