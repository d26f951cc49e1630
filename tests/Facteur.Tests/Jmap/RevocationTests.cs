using System.Net;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>What lets nobody in any more ends open requests at once, and counts for nothing from then on (P19, S-25); and how many may be open.</summary>
public sealed class RevocationTests
{
    public static TheoryData<string> Ways => ["password", "disabled", "app password", "program", "sign-out", "rule"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_open_request_ends_when_its_login_does(string way)
    {
        await using var web = await WebFixture.CreateAsync();
        var (authorization, revoke) = await PrepareAsync(web, way);
        var browser = way == "sign-out" ? await web.SignedInAsync() : web.Browse();
        (string, string)[] headers = authorization is null ? [("Sec-Fetch-Site", "same-origin")] : [("Authorization", authorization)];
        // Once right, so that it is remembered.
        Assert.Equal(HttpStatusCode.OK, (await browser.PostTextAsync("/jmap", JmapHttp.Echo, "application/json", headers)).Status);
        using var open = new OpenRequest(browser, headers);
        // The server has it: that some of the body was sent says nothing of that.
        await UntilAsync(web, 1);
        await revoke(browser);
        var (status, body) = await open.AnswerAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("The login that this request came with has ended.", (string)JsonNode.Parse(body)!["detail"]!);
        var next = await browser.PostTextAsync("/jmap", JmapHttp.Echo, "application/json", headers);
        Assert.Equal(way is "disabled" or "rule" ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, next.Status);
    }

    /// <summary>A single token, or an app password by its date: nothing tells of it, and it counts within the five seconds.</summary>
    [Fact]
    public async Task What_ends_silently_is_asked_for_again()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var tokens = (await program.RedeemAsync(await program.AuthorizeAsync(await web.SignedInAsync(), ("scope", "jmap")))).Json;
        var byToken = new JmapHttp(web, "Bearer " + (string)tokens["access_token"]!);
        var app = await web.Services.AppPasswords.AddAsync(web.Moi, "visit", new AppPasswordLimits(Ends: web.Clock.GetUtcNow().AddMinutes(1)), default);
        var byApp = JmapHttp.With(web, password: app.Secret);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await byToken.PostAsync(JmapHttp.Echo)).Status, (await byApp.PostAsync(JmapHttp.Echo)).Status));
        await program.PostAsync("/oauth/revoke", ("token", (string)tokens["access_token"]!));
        web.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), ((await byToken.PostAsync(JmapHttp.Echo)).Status, (await byApp.PostAsync(JmapHttp.Echo)).Status));
        web.Clock.Advance(TimeSpan.FromSeconds(57));
        var late = await byApp.PostAsync(JmapHttp.Echo);
        Assert.Equal((HttpStatusCode.Forbidden, "FCT-3013"), (late.Status, (string)late.Json["code"]!));
    }

    [Fact]
    public async Task So_many_requests_of_a_user_run_at_once_and_who_leaves_makes_room()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = web.Browse();
        var authorization = ("Authorization", JmapHttp.Basic("moi@demo.test", WebFixture.Password));
        var open = Enumerable.Range(0, 10).Select(_ => new OpenRequest(browser, authorization)).ToList();
        await UntilAsync(web, 10);
        var refused = await browser.PostTextAsync("/jmap", JmapHttp.Echo, "application/json", authorization);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Equal(("urn:ietf:params:jmap:error:limit", "maxConcurrentRequests"), ((string)refused.Json["type"]!, (string)refused.Json["limit"]!));
        Assert.Equal(HttpStatusCode.OK, (await JmapHttp.With(web, "ami@demo.test", "rivière-17-lune").PostAsync(JmapHttp.Echo)).Status);
        await open[0].LeaveAsync();
        await UntilAsync(web, 9);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostTextAsync("/jmap", JmapHttp.Echo, "application/json", authorization)).Status);
        foreach (var one in open.Skip(1)) one.End();
        foreach (var one in open.Skip(1)) Assert.Equal(HttpStatusCode.OK, (await one.AnswerAsync()).Status);
        await UntilAsync(web, 0);
        foreach (var one in open) one.Dispose();
    }

    [Fact]
    public async Task A_request_that_never_arrives_is_given_up()
    {
        await using var web = await WebFixture.CreateAsync();
        using var open = new OpenRequest(web.Browse(), ("Authorization", JmapHttp.Basic("moi@demo.test", WebFixture.Password)));
        await UntilAsync(web, 1);
        while (web.Services.Jmap.Requests.Running(web.Moi.Id) > 0)
        {
            web.Clock.Advance(TimeSpan.FromMinutes(2));
            await Task.Yield();
        }
        Assert.Equal(HttpStatusCode.RequestTimeout, (await open.AnswerAsync()).Status);
    }

    /// <summary>The server hears of a body that began, and of a client that left, a moment after the client.</summary>
    private static async Task UntilAsync(WebFixture web, int running)
    {
        while (web.Services.Jmap.Requests.Running(web.Moi.Id) != running)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<(string? Authorization, Func<WebBrowser, Task> Revoke)> PrepareAsync(WebFixture web, string way)
    {
        var password = JmapHttp.Basic("moi@demo.test", WebFixture.Password);
        switch (way)
        {
            case "password":
                return (password, async _ => await web.Services.Accounts.SetPasswordAsync("moi@demo.test", "another-one-23", default));
            case "disabled":
                return (password, async _ => await web.Services.Accounts.SetEnabledAsync("moi@demo.test", false, default));
            case "rule":
                return (password, async _ => await web.Store.Settings.SetAsync(SettingScope.Of(web.Moi.Id), PolicyDocument.Setting, """{"jmap":{"on":false}}"""u8.ToArray(), default));
            case "app password":
                var app = await web.Services.AppPasswords.AddAsync(web.Moi, "phone", new AppPasswordLimits(), default);
                return (JmapHttp.Basic("moi@demo.test", app.Secret), async _ => await web.Services.AppPasswords.RemoveAsync(web.Moi.Id, app.Credential.Id, default));
            case "program":
                var program = await OAuthProgram.AddAsync(web);
                var tokens = (await program.RedeemAsync(await program.AuthorizeAsync(await web.SignedInAsync(), ("scope", "jmap")))).Json;
                return ("Bearer " + (string)tokens["access_token"]!, async _ => await web.Services.Grants.RevokeAllAsync(web.Moi.Id, default));
            default:
                return (null, async browser => Assert.Equal(HttpStatusCode.SeeOther, (await browser.SubmitAsync("/signout", null)).Status));
        }
    }
}
