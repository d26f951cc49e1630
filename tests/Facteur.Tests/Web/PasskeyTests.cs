using System.Net;
using System.Text.Json.Nodes;

namespace Facteur.Tests.Web;

/// <summary>Passkeys: added by who is signed in, then enough by themselves.</summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private const string Page = "/settings/security/passkeys";
    private readonly SoftAuthenticator device = new();
    private WebFixture web = null!;
    private WebBrowser owner = null!;

    public async ValueTask InitializeAsync()
    {
        web = await WebFixture.CreateAsync();
        owner = await web.SignedInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        device.Dispose();
    }

    [Fact]
    public async Task A_passkey_is_added_and_signs_in()
    {
        Assert.Equal(HttpStatusCode.OK, (await AddAsync("Téléphone")).Status);
        Assert.Contains("Téléphone", WebUtility.HtmlDecode((await owner.GetAsync(Page)).Body));
        var browser = web.Browse();
        var answer = await SignInAsync(browser, "/settings/security");
        Assert.Equal("/settings/security", (string?)answer.Json["next"]);
        Assert.Contains("passkey", (await browser.GetAsync("/settings/security")).Body);
        // The counter has moved; the same device goes on.
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(web.Browse())).Status);
        // A next that leads elsewhere leads nowhere.
        Assert.Equal("/", (string?)(await SignInAsync(web.Browse(), "//evil.test")).Json["next"]);
    }

    [Fact]
    public async Task A_passkey_that_is_removed_ends_the_sessions_it_let_in()
    {
        await AddAsync("phone");
        var browser = web.Browse();
        await SignInAsync(browser);
        await owner.SubmitAsync(Page, Page + "?handler=Remove", ("id", (await owner.GetAsync(Page)).Field("id")));
        Assert.StartsWith("/signin", (await browser.GetAsync("/settings/security")).Location);
        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(web.Browse())).Status);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync(Page)).Status);
    }

    [Fact]
    public async Task A_passkey_gets_another_name()
    {
        await AddAsync("phone");
        var id = (await owner.GetAsync(Page)).Field("id");
        await owner.SubmitAsync(Page, Page + "?handler=Rename", ("id", id), ("label", "<b>tablet"));
        Assert.Contains("&lt;b&gt;tablet", (await owner.GetAsync(Page)).Body);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(web.Browse())).Status);
    }

    [Fact]
    public async Task An_answer_is_good_once_for_its_own_challenge_and_browser()
    {
        await AddAsync("phone");
        var browser = web.Browse();
        var form = (await browser.GetAsync("/signin")).Field("form");
        var options = await browser.PostJsonAsync("/signin/passkey/options", new JsonObject(), ("X-Facteur-Form", form));
        var cookie = browser.Cookies["__Host-facteur-passkey"];
        var answer = new JsonObject { ["credential"] = device.Get(options.Json) };
        // In another browser: no cookie with this challenge.
        var other = web.Browse();
        Assert.Equal(HttpStatusCode.BadRequest, (await other.PostJsonAsync("/signin/passkey", answer, ("X-Facteur-Form", (await other.GetAsync("/signin")).Field("form")))).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostJsonAsync("/signin/passkey", answer, ("X-Facteur-Form", form))).Status);
        // Cookie and answer copied, together: the challenge was answered.
        var thief = web.Browse();
        var thiefForm = (await thief.GetAsync("/signin")).Field("form");
        thief.Cookies["__Host-facteur-passkey"] = cookie;
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.PostJsonAsync("/signin/passkey", answer, ("X-Facteur-Form", thiefForm))).Status);
        // And without the token of a form nothing at all.
        Assert.Equal(HttpStatusCode.Forbidden, (await web.Browse().PostJsonAsync("/signin/passkey/options", new JsonObject())).Status);
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("domain")]
    [InlineData("user not verified")]
    [InlineData("late")]
    [InlineData("disabled")]
    public async Task An_answer_that_is_not_right_in_every_point_signs_nobody_in(string what)
    {
        await AddAsync("phone");
        if (what == "origin") device.Origin = "https://mail.demo.test.evil.test";
        if (what == "domain") device.Domain = "evil.test";
        if (what == "user not verified") device.IsUserVerified = false;
        if (what == "disabled") await web.Services.Accounts.SetEnabledAsync("moi@demo.test", false, default);
        var browser = web.Browse();
        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(browser, wait: what == "late")).Status);
        Assert.False(browser.Cookies.ContainsKey("__Host-facteur"));
    }

    [Fact]
    public async Task Nobody_adds_a_passkey_who_is_not_signed_in()
    {
        var browser = web.Browse();
        var form = (await browser.GetAsync("/signin")).Field("form");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostJsonAsync(Page + "/options", new JsonObject(), ("X-Facteur-Form", form))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostJsonAsync(Page + "/add", new JsonObject(), ("X-Facteur-Form", form))).Status);
    }

    private async Task<WebAnswer> AddAsync(string label)
    {
        var form = (await owner.GetAsync(Page)).Field("form");
        var options = await owner.PostJsonAsync(Page + "/options", new JsonObject(), ("X-Facteur-Form", form));
        return await owner.PostJsonAsync(Page + "/add", new JsonObject { ["credential"] = device.Create(options.Json), ["label"] = label }, ("X-Facteur-Form", form));
    }

    private async Task<WebAnswer> SignInAsync(WebBrowser browser, string next = "/", bool wait = false)
    {
        var form = (await browser.GetAsync("/signin")).Field("form");
        var options = await browser.PostJsonAsync("/signin/passkey/options", new JsonObject(), ("X-Facteur-Form", form));
        Assert.Equal("required", (string?)options.Json["userVerification"]);
        var credential = device.Get(options.Json);
        if (wait) web.Clock.Advance(TimeSpan.FromMinutes(6));
        return await browser.PostJsonAsync("/signin/passkey", new JsonObject { ["credential"] = credential, ["next"] = next }, ("X-Facteur-Form", form));
    }
}
