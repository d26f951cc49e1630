using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>Who may use JMAP, and by what.</summary>
public sealed class AuthenticationTests
{
    [Fact]
    public async Task An_app_password_opens_what_it_is_for()
    {
        await using var web = await WebFixture.CreateAsync();
        var any = await web.Services.AppPasswords.AddAsync(web.Moi, "phone", new AppPasswordLimits(), default);
        var jmap = await web.Services.AppPasswords.AddAsync(web.Moi, "tablet", new AppPasswordLimits([MailProtocol.Jmap]), default);
        var imap = await web.Services.AppPasswords.AddAsync(web.Moi, "old phone", new AppPasswordLimits([MailProtocol.Imap]), default);
        Assert.Equal(HttpStatusCode.OK, (await JmapHttp.With(web, password: any.Secret).PostAsync(JmapHttp.Echo)).Status);
        Assert.Equal(HttpStatusCode.OK, (await JmapHttp.With(web, password: jmap.Secret).PostAsync(JmapHttp.Echo)).Status);
        var refused = await JmapHttp.With(web, password: imap.Secret).PostAsync(JmapHttp.Echo);
        Assert.Equal((HttpStatusCode.Forbidden, "FCT-3011"), (refused.Status, (string)refused.Json["code"]!));
    }

    [Fact]
    public async Task A_rule_is_told_in_the_words_of_the_account()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = JmapHttp.With(web);
        var app = JmapHttp.With(web, password: (await web.Services.AppPasswords.AddAsync(web.Moi, "phone", new AppPasswordLimits(), default)).Secret);
        await web.Store.Settings.SetAsync(SettingScope.Of(web.Moi.Id), AccountSettings.Locale, "\"fr\""u8.ToArray(), default);
        await SetPolicyAsync(web, """{"jmap":{"appPassword":true}}""");
        var refused = await program.PostAsync(JmapHttp.Echo);
        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (refused.Status, refused.Header("Content-Type")));
        Assert.Equal((403, "FCT-3105"), ((int)refused.Json["status"]!, (string)refused.Json["code"]!));
        Assert.Contains("mot de passe", (string)refused.Json["detail"]!);
        Assert.EndsWith("(FCT-3105)", (string)refused.Json["detail"]!);
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync(JmapHttp.Echo)).Status);
        await SetPolicyAsync(web, """{"jmap":{"on":false}}""");
        Assert.Equal("FCT-3101", (string)(await app.PostAsync(JmapHttp.Echo)).Json["code"]!);
        await SetPolicyAsync(web, """{"jmap":{"networks":["198.51.100.0/24"]}}""");
        Assert.Equal("FCT-3102", (string)(await program.PostAsync(JmapHttp.Echo)).Json["code"]!);
        Assert.Equal(HttpStatusCode.OK, (await new JmapHttp(web, JmapHttp.Basic("moi@demo.test", WebFixture.Password), remote: "198.51.100.9").PostAsync(JmapHttp.Echo)).Status);
    }

    [Fact]
    public async Task A_token_opens_what_was_granted()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var program = await OAuthProgram.AddAsync(web);
        var granted = await TokenAsync("jmap");
        Assert.Equal(HttpStatusCode.OK, (await new JmapHttp(web, "Bearer " + granted).PostAsync(JmapHttp.Echo)).Status);
        Assert.Equal("moi@demo.test", (await new JmapHttp(web, "bearer " + granted).SessionAsync()).GetProperty("username").GetString());
        var other = await new JmapHttp(web, "Bearer " + await TokenAsync("imap smtp")).PostAsync(JmapHttp.Echo);
        Assert.Equal((HttpStatusCode.Forbidden, "FCT-3014"), (other.Status, (string)other.Json["code"]!));
        Assert.Contains("error=\"insufficient_scope\"", other.Header("WWW-Authenticate"));
        var unknown = await new JmapHttp(web, "Bearer x").PostAsync(JmapHttp.Echo);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.Status);
        Assert.Contains("error=\"invalid_token\"", unknown.Header("WWW-Authenticate"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await new JmapHttp(web, null).GetAsync("/.well-known/jmap?access_token=" + granted)).Status);

        async Task<string> TokenAsync(string scope) =>
            (string)(await program.RedeemAsync(await program.AuthorizeAsync(browser, ("scope", scope)))).Json["access_token"]!;
    }

    /// <summary>What another site can have a browser send counts for nothing (RFC 8620 §8.1 leaves it to us; S-16).</summary>
    [Fact]
    public async Task The_cookie_of_a_session_counts_for_requests_of_our_pages()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var token = (await browser.GetAsync("/settings/security")).Field("form");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/.well-known/jmap")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/.well-known/jmap", ("Sec-Fetch-Site", "same-origin"))).Status);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(("Sec-Fetch-Site", "same-origin"), ("Origin", WebFixture.Origin)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(("X-Facteur-Token", token)));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("Sec-Fetch-Site", "none")));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("Sec-Fetch-Site", "same-site"), ("X-Facteur-Token", token)));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("X-Facteur-Token", token[..^1] + (token[^1] == '0' ? '1' : '0'))));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.test")));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("Sec-Fetch-Site", "same-origin"), ("Origin", "null")));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/.well-known/jmap", ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/.well-known/jmap", ("Origin", "https://evil.test"))).Status);
        // A form of another site could say all this but for the type.
        var form = await browser.PostTextAsync("/jmap", JmapHttp.Echo, "text/plain", ("Sec-Fetch-Site", "same-origin"));
        Assert.EndsWith("notJSON", (string)form.Json["type"]!);
        // Credentials that are there and wrong are not made good by a cookie.
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(("Sec-Fetch-Site", "same-origin"), ("Authorization", JmapHttp.Basic("moi@demo.test", "wrong"))));

        async Task<HttpStatusCode> PostAsync(params (string, string)[] headers) => (await browser.PostTextAsync("/jmap", JmapHttp.Echo, "application/json", headers)).Status;
    }

    [Fact]
    public async Task Pages_go_by_the_rules_of_the_webmail_and_programs_by_those_of_JMAP()
    {
        await using var web = await WebFixture.CreateAsync();
        var (browser, program) = (await web.SignedInAsync(), JmapHttp.With(web));
        await SetPolicyAsync(web, """{"jmap":{"on":false}}""");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), ((await browser.GetAsync("/.well-known/jmap")).Status, (await program.GetAsync("/.well-known/jmap")).Status));
        await SetPolicyAsync(web, """{"webmail":{"on":false}}""");
        var refused = await browser.GetAsync("/.well-known/jmap");
        Assert.Equal((HttpStatusCode.Forbidden, "FCT-3101"), (refused.Status, (string)refused.Json["code"]!));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/.well-known/jmap")).Status);
    }

    [Fact]
    public async Task Who_has_to_set_up_a_second_factor_first_does_that_first()
    {
        await using var web = await WebFixture.CreateAsync();
        await SetPolicyAsync(web, """{"webmail":{"secondFactor":true}}""");
        var browser = web.Browse();
        await browser.SignInAsync("moi@demo.test", WebFixture.Password);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/.well-known/jmap")).Status);
    }

    [Fact]
    public async Task A_script_is_not_answered_by_a_question_for_a_password()
    {
        await using var web = await WebFixture.CreateAsync();
        var answer = await web.Browse().GetAsync("/.well-known/jmap", ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"facteur\""), (answer.Status, answer.Header("WWW-Authenticate")));
    }

    [Fact]
    public async Task A_member_of_a_shared_account_sees_it_beside_its_own_or_alone()
    {
        await using var web = await WebFixture.CreateAsync();
        await web.Services.Accounts.AddAccountAsync(new AccountDraft("info@demo.test") { Kind = AccountKind.Shared }, default);
        await web.Services.Accounts.SetShareAsync("info@demo.test", "moi@demo.test", ShareRights.Read, default);
        var accounts = (await JmapHttp.With(web).SessionAsync()).GetProperty("accounts").EnumerateObject().Select(one => one.Value).ToList();
        Assert.Equal([("moi@demo.test", true, false), ("info@demo.test", false, true)], accounts.Select(one =>
            (one.GetProperty("name").GetString(), one.GetProperty("isPersonal").GetBoolean(), one.GetProperty("isReadOnly").GetBoolean())));
        var alone = await JmapHttp.With(web, "moi@demo.test\\info@demo.test").SessionAsync();
        Assert.Equal("info@demo.test", Assert.Single(alone.GetProperty("accounts").EnumerateObject()).Value.GetProperty("name").GetString());
        // The rules of the shared account hold for its members.
        var info = await web.Services.Accounts.GetAccountAsync("info@demo.test", default);
        await web.Store.Settings.SetAsync(SettingScope.Of(info.Id), PolicyDocument.Setting, """{"jmap":{"on":false}}"""u8.ToArray(), default);
        Assert.Single((await JmapHttp.With(web).SessionAsync()).GetProperty("accounts").EnumerateObject());
    }

    [Fact]
    public async Task In_clear_it_is_for_programs_of_this_machine_and_where_that_is_allowed()
    {
        await using var web = await WebFixture.CreateAsync(plaintext: true);
        var inside = new JmapHttp(web, JmapHttp.Basic("moi@demo.test", WebFixture.Password), "http://localhost:8080", "127.0.0.1");
        Assert.Equal(HttpStatusCode.OK, (await inside.PostAsync(JmapHttp.Echo)).Status);
        Assert.Equal("http://localhost:8080/jmap", (await inside.SessionAsync()).GetProperty("apiUrl").GetString());
        Assert.Equal((await JmapHttp.With(web).SessionAsync()).GetProperty("state").GetString(), (await inside.SessionAsync()).GetProperty("state").GetString());
        var outside = await new JmapHttp(web, JmapHttp.Basic("moi@demo.test", WebFixture.Password), "http://mail.demo.test").GetAsync("/.well-known/jmap");
        Assert.Equal((HttpStatusCode.PermanentRedirect, "https://mail.demo.test/.well-known/jmap"), (outside.Status, outside.Location));
        await using var strict = await WebFixture.CreateAsync();
        Assert.Equal(HttpStatusCode.PermanentRedirect, (await new JmapHttp(strict, JmapHttp.Basic("moi@demo.test", WebFixture.Password), "http://localhost", "127.0.0.1").GetAsync("/.well-known/jmap")).Status);
    }

    /// <summary>Nobody sends us something before we know who it is from (P17).</summary>
    [Fact]
    public async Task A_stranger_is_answered_before_the_body_is_read()
    {
        await using var web = await WebFixture.CreateAsync();
        using var open = new OpenRequest(web.Browse());
        var (status, body) = await open.AnswerAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("Unauthorized", (string)JsonNode.Parse(body)!["title"]!);
    }

    private static async Task SetPolicyAsync(WebFixture web, string policy) =>
        await web.Store.Settings.SetAsync(SettingScope.Of(web.Moi.Id), PolicyDocument.Setting, Encoding.UTF8.GetBytes(policy), default);
}
