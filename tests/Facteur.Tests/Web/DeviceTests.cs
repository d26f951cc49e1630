using System.Net;
using Facteur.Accounts;

namespace Facteur.Tests.Web;

/// <summary>Tokens for devices without a browser (RFC 8628).</summary>
public sealed class DeviceTests
{
    [Fact]
    public async Task A_device_waits_until_somebody_agrees()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var begun = (await program.PostAsync("/oauth/device_authorization", ("scope", "imap offline"))).Json;
        Assert.Equal(WebFixture.Origin + "/device", (string?)begun["verification_uri"]);
        Assert.Equal("authorization_pending", await PollAsync());
        Assert.Equal("slow_down", await PollAsync());
        web.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("authorization_pending", await PollAsync());

        var browser = await web.SignedInAsync();
        // The code in the address fills the field; a person still has to send it.
        var page = await browser.GetAsync("/device?code=" + begun["user_code"]);
        Assert.Equal((string?)begun["user_code"], page.Field("code"));
        var asked = await browser.SubmitAsync("/device", null, ("code", ((string)begun["user_code"]!).ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)));
        Assert.Contains("198.51.100.4", asked.Body);
        Assert.Equal("/device?done=device", (await browser.SubmitAsync("/device", "/device?handler=Answer", ("code", (string)begun["user_code"]!), ("answer", "yes"))).Location);
        web.Clock.Advance(TimeSpan.FromSeconds(10));
        var tokens = (await TokenAsync()).Json;
        Assert.Equal(LoginRefusal.None, await OAuthTests.RefusalAsync(web, (string)tokens["access_token"]!, MailProtocol.Imap));
        Assert.Equal(HttpStatusCode.OK, (await program.RefreshAsync((string)tokens["refresh_token"]!)).Status);
        Assert.Equal("expired_token", await PollAsync());
        // And the code cannot be typed again.
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync("/device", null, ("code", (string)begun["user_code"]!))).Status);

        Task<WebAnswer> TokenAsync() => program.PostAsync("/oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", (string?)begun["device_code"]));
        async Task<string?> PollAsync() => (string?)(await TokenAsync()).Json["error"];
    }

    [Fact]
    public async Task A_refusal_and_an_end_are_told()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var browser = await web.SignedInAsync();
        var begun = (await program.PostAsync("/oauth/device_authorization", ("scope", "imap"))).Json;
        await browser.SubmitAsync("/device", "/device?handler=Answer", ("code", (string)begun["user_code"]!), ("answer", "no"));
        Assert.Equal("access_denied", await ErrorAsync((string)begun["device_code"]!));
        var second = (await program.PostAsync("/oauth/device_authorization", ("scope", "imap"))).Json;
        web.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("expired_token", await ErrorAsync((string)second["device_code"]!));

        async Task<string?> ErrorAsync(string code) => (string?)(await program.PostAsync("/oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code))).Json["error"];
    }

    [Fact]
    public async Task Codes_cannot_be_tried_out()
    {
        await using var web = await WebFixture.CreateAsync();
        var program = await OAuthProgram.AddAsync(web);
        var browser = await web.SignedInAsync();
        var begun = (await program.PostAsync("/oauth/device_authorization", ("scope", "imap"))).Json;
        for (var i = 0; i < 10; i++) await browser.SubmitAsync("/device", null, ("code", "BBBB-BBBB"));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync("/device", null, ("code", (string)begun["user_code"]!))).Status);
    }
}
