using System.Net;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Web;

/// <summary>Sign-in by password and code, and what ends a session.</summary>
public sealed class SignInTests(SharedWeb shared) : IClassFixture<SharedWeb>
{
    [Fact]
    public async Task A_password_signs_in_and_goes_on_to_where_one_was_going()
    {
        var web = shared.Web;
        var browser = web.Browse();
        Assert.Equal("/signin?next=%2Fsettings%2Fsecurity%2Fpassword", (await browser.GetAsync("/settings/security/password")).Location);
        Assert.Equal("/settings/security/password", (await browser.SignInAsync("moi@demo.test", WebFixture.Password, "/settings/security/password")).Location);
        var page = await browser.GetAsync("/settings/security/password");
        Assert.Contains("moi@demo.test", page.Body);
    }

    [Theory]
    [InlineData("moi@demo.test", "wrong")]
    [InlineData("nobody@demo.test", WebFixture.Password)]
    [InlineData("' OR 1=1--", "x")]
    [InlineData("moi@demo.test", "")]
    public async Task All_that_is_wrong_is_told_in_the_same_words(string user, string password)
    {
        await using var web = await WebFixture.CreateAsync();
        var answer = await web.Browse().SignInAsync(user, password);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("The address or the password is not right.", WebUtility.HtmlDecode(answer.Body));
        Assert.DoesNotContain("__Host-facteur=", answer.Header("Set-Cookie"));
    }

    [Theory]
    [InlineData("https://evil.test/")]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/x\r\nSet-Cookie: a=b")]
    public async Task A_sign_in_never_leads_to_another_server(string next)
    {
        var web = shared.Web;
        Assert.Equal("/", (await web.Browse().SignInAsync("moi@demo.test", WebFixture.Password, next)).Location);
    }

    [Fact]
    public async Task A_session_is_another_one_after_each_sign_in_and_the_former_one_is_over()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var first = browser.Cookies["__Host-facteur"];
        await browser.SubmitAsync("/signout", null);
        Assert.False(browser.Cookies.ContainsKey("__Host-facteur"));
        // A session that somebody planted is not the one that is signed in.
        browser.Cookies["__Host-facteur"] = first;
        await browser.SignInAsync("moi@demo.test", WebFixture.Password);
        Assert.NotEqual(first.Value, browser.Cookies["__Host-facteur"].Value);
        var thief = web.Browse();
        thief.Cookies["__Host-facteur"] = first;
        Assert.StartsWith("/signin", (await thief.GetAsync("/settings/security")).Location);
    }

    [Fact]
    public async Task A_session_ends_when_it_is_idle_and_when_it_is_old()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        for (var hours = 0; hours < 23; hours++)
        {
            web.Clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings/security")).Status);
        }
        web.Clock.Advance(TimeSpan.FromHours(1));
        Assert.StartsWith("/signin", (await browser.GetAsync("/settings/security")).Location);

        var idle = await web.SignedInAsync();
        web.Clock.Advance(TimeSpan.FromHours(2));
        Assert.StartsWith("/signin", (await idle.GetAsync("/settings/security")).Location);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("disabled")]
    [InlineData("removed")]
    public async Task A_session_ends_at_once_with_what_let_it_in(string change)
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        web.Clock.Advance(TimeSpan.FromSeconds(1));
        if (change == "password") await web.Services.Accounts.SetPasswordAsync("moi@demo.test", "another-fine-one", default);
        if (change == "disabled") await web.Services.Accounts.SetEnabledAsync("moi@demo.test", false, default);
        if (change == "removed") await web.Services.Accounts.RemoveAccountAsync("moi@demo.test", default);
        Assert.StartsWith("/signin", (await browser.GetAsync("/settings/security")).Location);
        if (change != "disabled") return;
        await web.Services.Accounts.SetEnabledAsync("moi@demo.test", true, default);
        Assert.StartsWith("/signin", (await browser.GetAsync("/settings/security")).Location);
    }

    [Fact]
    public async Task A_password_is_changed_by_who_knows_it_and_the_others_are_out()
    {
        await using var web = await WebFixture.CreateAsync();
        var (mine, other) = (await web.SignedInAsync(), await web.SignedInAsync());
        web.Clock.Advance(TimeSpan.FromSeconds(1));
        const string Page = "/settings/security/password";
        var refused = await mine.SubmitAsync(Page, null, ("old", "wrong"), ("new", "quatre mots très longs"), ("again", "quatre mots très longs"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        var done = await mine.SubmitAsync(Page, null, ("old", WebFixture.Password), ("new", "quatre mots très longs"), ("again", "quatre mots très longs"));
        Assert.Equal(Page + "?done=password", done.Location);
        Assert.Equal(HttpStatusCode.OK, (await mine.GetAsync(Page)).Status);
        Assert.StartsWith("/signin", (await other.GetAsync(Page)).Location);
        Assert.Equal("/", (await web.Browse().SignInAsync("moi@demo.test", "quatre mots très longs")).Location);
    }

    [Fact]
    public async Task A_second_factor_is_added_asked_for_and_accepted_once()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Page = "/settings/security/two-step";
        var begun = await browser.SubmitAsync(Page, Page + "?handler=Begin");
        var secret = begun.Field("secret");
        Assert.Contains("<svg class=\"qr\"", begun.Body);
        var confirmed = await browser.PostAsync(Page + "?handler=Confirm", [("form", begun.Field("form")), ("secret", secret), ("uri", begun.Field("uri")), ("code", Code(secret, web.Clock.GetUtcNow()))]);
        Assert.Equal(HttpStatusCode.OK, confirmed.Status);
        var recovery = System.Text.RegularExpressions.Regex.Matches(confirmed.Body, "<li><code>([^<]+)</code></li>").Select(one => one.Groups[1].Value).ToList();
        Assert.Equal(10, recovery.Count);

        web.Clock.Advance(TimeSpan.FromSeconds(30));
        var second = web.Browse();
        Assert.Equal("/signin/code?next=%2F", (await second.SignInAsync("moi@demo.test", WebFixture.Password)).Location);
        // What waits for its code is no session.
        Assert.StartsWith("/signin?", (await second.GetAsync("/settings/security")).Location);
        var code = Code(secret, web.Clock.GetUtcNow());
        Assert.Equal(HttpStatusCode.BadRequest, (await second.SubmitAsync("/signin/code", null, ("code", "000000"))).Status);
        Assert.Equal("/", (await second.SubmitAsync("/signin/code", null, ("code", code))).Location);
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/settings/security")).Status);

        var replay = web.Browse();
        await replay.SignInAsync("moi@demo.test", WebFixture.Password);
        Assert.Equal(HttpStatusCode.BadRequest, (await replay.SubmitAsync("/signin/code", null, ("code", code))).Status);
        Assert.Equal("/", (await replay.SubmitAsync("/signin/code", null, ("code", recovery[3]))).Location);
    }

    [Fact]
    public async Task Codes_cannot_be_tried_out()
    {
        await using var web = await WebFixture.CreateAsync();
        var enrolled = await web.Services.Totp.EnrolAsync(web.Moi, "demo", default);
        Assert.NotNull(await web.Services.Totp.ConfirmAsync(web.Moi, Code(enrolled.Secret, web.Clock.GetUtcNow()), default));
        web.Clock.Advance(TimeSpan.FromMinutes(1));
        var browser = web.Browse();
        await browser.SignInAsync("moi@demo.test", WebFixture.Password);
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.BadRequest, (await browser.SubmitAsync("/signin/code", null, ("code", "000000"))).Status);
        // The sixth begins again, even with the right one.
        Assert.StartsWith("/signin?why=again", (await browser.SubmitAsync("/signin/code", null, ("code", Code(enrolled.Secret, web.Clock.GetUtcNow())))).Location);
    }

    [Fact]
    public async Task An_app_password_reads_mail_and_opens_no_page()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        const string Page = "/settings/security/app-passwords";
        var made = await browser.SubmitAsync(Page, Page + "?handler=Add", ("label", "phone"), ("protocol", "Imap"), ("days", "30"));
        var secret = System.Text.RegularExpressions.Regex.Match(made.Body, "id=\"secret\">([^<]+)<").Groups[1].Value;
        Assert.DoesNotContain(secret, (await browser.GetAsync(Page)).Body);
        Assert.Equal(LoginRefusal.None, (await LoginAsync(MailProtocol.Imap)).Refusal);
        Assert.NotEqual(LoginRefusal.None, (await LoginAsync(MailProtocol.Pop3)).Refusal);
        Assert.NotEqual("/", (await web.Browse().SignInAsync("moi@demo.test", secret)).Location);
        var id = (await browser.GetAsync(Page)).Field("id");
        await browser.SubmitAsync(Page, Page + "?handler=Remove", ("id", id));
        Assert.Equal(LoginRefusal.BadCredentials, (await LoginAsync(MailProtocol.Imap)).Refusal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Page)).Status);

        ValueTask<LoginResult> LoginAsync(MailProtocol protocol) =>
            web.Logins.LoginAsync(new LoginAttempt("moi@demo.test", secret, new LoginClient(protocol, IPAddress.Loopback) { IsEncrypted = true }), default);
    }

    [Fact]
    public async Task Browsers_are_listed_and_signed_out_one_by_one_or_all()
    {
        await using var web = await WebFixture.CreateAsync();
        var (mine, other) = (await web.SignedInAsync(), await web.SignedInAsync());
        var names = System.Text.RegularExpressions.Regex.Matches((await mine.GetAsync("/settings/security")).Body, "name=\"name\" value=\"([^\"]+)\"").Select(one => one.Groups[1].Value).ToList();
        Assert.Equal(2, names.Count);
        var sessions = await web.Services.Sessions.ListAsync(web.Moi, default);
        var ofOther = sessions.Single(one => one.Key.EndsWith(Facteur.Accounts.Sessions.OpaqueToken.Hash(other.Cookies["__Host-facteur"].Value), StringComparison.Ordinal)).Name;
        await mine.SubmitAsync("/settings/security", "/settings/security?handler=End", ("name", ofOther));
        Assert.StartsWith("/signin", (await other.GetAsync("/settings/security")).Location);
        Assert.Equal("/signin", (await mine.SubmitAsync("/settings/security", "/settings/security?handler=EndAll")).Location);
        Assert.Empty(await web.Services.Sessions.ListAsync(web.Moi, default));
    }

    /// <summary>RFC 6238 with its defaults, written anew: six digits of HMAC-SHA-1 over steps of 30 seconds.</summary>
    internal static string Code(string base32, DateTimeOffset at)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(base32.Select(c => Convert.ToString(Alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(8 * i, 8), 2)).ToArray();
        var step = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(step, at.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // as the RFC says
        var hash = System.Security.Cryptography.HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        var number = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }
}
