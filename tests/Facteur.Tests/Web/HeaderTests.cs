using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.Web.Text;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Facteur.Tests.Web;

/// <summary>What every answer says to the browser, and which requests are let through at all.</summary>
public sealed class HeaderTests(SharedWeb shared) : IClassFixture<SharedWeb>
{
    private static readonly string[] paths =
    [
        "/", "/mail", "/mail/assets/none.js", "/signin", "/signin/code", "/signout", "/settings/security", "/settings/security/password", "/settings/security/two-step", "/settings/security/passkeys",
        "/settings/security/app-passwords", "/settings/data", "/settings/filters", "/settings/filters/scripts", "/settings/general", "/settings/labels", "/settings/contacts", "/settings/accounts", "/settings/vacation", "/settings/notifications", "/settings/appearance", "/settings/forwarding-pop-imap", "/settings/forwarding-pop-imap/outlook", "/settings/forwarding-pop-imap/iphone", "/settings/forwarding-pop-imap/none", "/settings/security/programs", "/device", "/oauth/authorize", "/oauth/token", "/oauth/register", "/.well-known/oauth-authorization-server",
        "/assets/none.js", "/favicon.ico", "/robots.txt", "/no/such/page", "/language/fr", "/signin/external/none", "/signin/external/callback",
    ];

    [Fact]
    public async Task Every_answer_has_the_strict_header_fields()
    {
        var web = shared.Web;
        foreach (var browser in new[] { web.Browse(), await web.SignedInAsync(), web.Browse("https://other.test"), web.Browse("http://mail.demo.test") })
            foreach (var path in paths)
            {
                var answer = await browser.GetAsync(path);
                var policy = answer.Header("Content-Security-Policy");
                Assert.StartsWith("default-src 'none'; ", policy);
                // Of the webmail's page one of each is named by what it is (MailPageTests).
                Assert.Matches("script-src 'self'(?: 'sha256-[^ ;]{44}')?; style-src 'self'(?: 'sha256-[^ ;]{44}')?;", policy);
                Assert.Equal(path == "/mail" && policy.Contains("facteur-body", StringComparison.Ordinal), policy.Contains("sha256", StringComparison.Ordinal));
                Assert.Contains("frame-ancestors 'none'", policy);
                Assert.Contains("base-uri 'none'", policy);
                Assert.Contains("form-action 'self'", policy);
                Assert.Contains("require-trusted-types-for 'script'", policy);
                Assert.DoesNotContain("unsafe", policy);
                Assert.DoesNotContain("*", policy);
                Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
                Assert.Equal("same-origin", answer.Header("Referrer-Policy"));
                Assert.Equal("same-origin", answer.Header("Cross-Origin-Opener-Policy"));
                Assert.Equal("same-origin", answer.Header("Cross-Origin-Resource-Policy"));
                Assert.Equal(answer.Message.RequestMessage!.RequestUri!.Scheme == "https", answer.Header("Strict-Transport-Security").Length > 0);
                if (!path.StartsWith("/favicon", StringComparison.Ordinal)) Assert.Equal("no-store", answer.Header("Cache-Control"));
                Assert.Equal("", answer.Header("Server"));
            }
    }

    [Fact]
    public async Task No_page_names_another_server_or_holds_script_or_style_of_its_own()
    {
        var web = shared.Web;
        foreach (var browser in new[] { web.Browse(), await web.SignedInAsync() })
            foreach (var path in paths)
            {
                var answer = await browser.GetAsync(path);
                var body = Regex.Replace(answer.Body, "<(script|style)>(.*?)</\\1>", one => answer.Header("Content-Security-Policy").Contains(HashOf(one.Groups[2].Value), StringComparison.Ordinal) ? "" : one.Value, RegexOptions.Singleline);
                body = body.Replace("<script type=\"application/json\"", "", StringComparison.Ordinal);
                Assert.DoesNotMatch(@"<script(?![^>]*\ssrc=""(?:/mail)?/assets/)", body);
                Assert.DoesNotMatch(@"<style|\sstyle=|\son[a-z]+=", body);
                // The namespace of SVG is a name, not an address.
                Assert.DoesNotMatch(@"(?:src|href|action)=""(?!/|\?|#)", body);
            }
    }

    private static string HashOf(string content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";

    [Fact]
    public async Task What_pages_load_is_there_and_kept_for_good()
    {
        var web = shared.Web;
        var browser = web.Browse();
        var files = Regex.Matches((await browser.GetAsync("/signin")).Body, "\"(/assets/[^\"]+)\"").Select(one => one.Groups[1].Value).Distinct().ToList();
        Assert.Equal(4, files.Count);
        foreach (var file in files)
        {
            var answer = await browser.GetAsync(file);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Contains("immutable", answer.Header("Cache-Control"));
            Assert.NotEqual("application/octet-stream", answer.Header("Content-Type"));
        }
    }

    [Fact]
    public async Task Another_host_name_is_told_the_right_one_and_clear_text_is_sent_to_https()
    {
        var web = shared.Web;
        var other = await web.Browse("https://evil.test").GetAsync("/signin");
        Assert.Equal(HttpStatusCode.MisdirectedRequest, other.Status);
        Assert.Contains("https://mail.demo.test/", other.Body);
        Assert.DoesNotContain("evil.test", other.Body);
        var clear = await web.Browse("http://anything.test").GetAsync("/signin?next=/x");
        Assert.Equal(HttpStatusCode.PermanentRedirect, clear.Status);
        Assert.Equal("https://mail.demo.test/signin?next=/x", clear.Location);
        Assert.Equal("https://mail.demo.test/", (await web.Browse("http://mail.demo.test").PostAsync("/signin", [("user", "a"), ("password", "b")])).Location);
    }

    [Fact]
    public async Task A_form_of_another_site_changes_nothing()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var stranger = web.Browse();
        var strange = (await stranger.GetAsync("/signin")).Field("form");
        var own = (await browser.GetAsync("/settings/security")).Field("form");
        const string Out = "/settings/security?handler=EndAll";
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(Out, [])).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(Out, [("form", strange)])).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(Out, [("form", own)], ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(Out, [("form", own)], ("Sec-Fetch-Site", "same-site"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(Out, [("form", own)], ("Origin", "https://evil.test"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(Out, [("form", own)], ("Origin", "null"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostJsonAsync(Out, new System.Text.Json.Nodes.JsonObject { ["form"] = own })).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings/security")).Status);
        Assert.Equal("/signin", (await browser.PostAsync(Out, [("form", own)], ("Sec-Fetch-Site", "same-origin"))).Location);
    }

    [Fact]
    public async Task A_form_that_is_too_long_is_not_read()
    {
        var web = shared.Web;
        var browser = await web.SignedInAsync();
        var own = (await browser.GetAsync("/settings/security")).Field("form");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/settings/security?handler=EndAll", [("form", own), ("x", new string('x', 20_000))])).Status);
    }

    [Theory]
    [InlineData("fr-CA,en;q=0.5", "Se connecter")]
    [InlineData("en;q=0.4,fr;q=0.9", "Se connecter")]
    [InlineData("de,en;q=0.1", "Sign in")]
    [InlineData("de", "Sign in")]
    [InlineData("*;q=x,,;;q=2", "Sign in")]
    public async Task The_language_is_the_browser_s(string accepted, string title)
    {
        var web = shared.Web;
        Assert.Contains($"<h1>{title}</h1>", (await web.Browse().GetAsync("/signin", ("Accept-Language", accepted))).Body);
    }

    [Fact]
    public async Task The_language_follows_the_choice_and_then_the_account()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        Assert.Equal("/signout", (await browser.GetAsync("/language/fr?next=/signout")).Location);
        Assert.Contains("Se déconnecter", WebUtility.HtmlDecode((await browser.GetAsync("/signout")).Body));
        await web.Store.Settings.SetAsync(Facteur.Storage.SettingScope.Of(web.Moi.Id), "locale", "\"en\""u8.ToArray(), default);
        Assert.Contains("Sign out", (await browser.GetAsync("/signout")).Body);
    }

    [Fact]
    public void Both_languages_have_the_same_texts_and_pages_use_them_all()
    {
        foreach (var resources in new[] { WebText.Resources, WebText.Settings })
        {
            var english = Texts(resources, "en");
            var french = Texts(resources, "fr");
            Assert.NotEmpty(english);
            Assert.Equal(english.Keys.Order(), french.Keys.Order());
            foreach (var (key, text) in english)
                Assert.Equal(Places(text), Places(french[key]));
        }

        static IEnumerable<string> Places(string text) => Regex.Matches(text, @"\{\d\}").Select(one => one.Value).Distinct().Order();
        static Dictionary<string, string> Texts(System.Resources.ResourceManager resources, string language) => resources.GetResourceSet(System.Globalization.CultureInfo.GetCultureInfo(language), true, language == "en")!
            .Cast<System.Collections.DictionaryEntry>().ToDictionary(one => (string)one.Key, one => (string)one.Value!);
    }
}

/// <summary>What owners read of the browsers that are signed in.</summary>
public sealed class BrowserNameTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome, Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0", "Edge, Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1", "Safari, iPhone")]
    [InlineData("curl/8.5", "curl/8.5")]
    [InlineData("", "?")]
    public void A_browser_is_named(string userAgent, string name) => Assert.Equal(name, Facteur.Web.Requests.BrowserName.Of(userAgent));
}
