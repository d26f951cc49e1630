using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Net.Dialing;
using Facteur.Tests.Jmap;

namespace Facteur.Tests.Web.Reading;

/// <summary>Images of messages that are elsewhere: only those that their reader asked for, and only images (S-17, S-21).</summary>
public sealed class ImageProxyTests : IAsyncLifetime
{
    private static readonly byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
    private static readonly (string, string)[] own = [("Sec-Fetch-Site", "same-origin")];

    private readonly List<HttpFetchRequest> asked = [];
    private Func<Uri, HttpFetch> answer = uri => Answered(uri, png);
    private WebFixture web = null!;

    public async ValueTask InitializeAsync() => web = await WebFixture.CreateAsync((request, _) =>
    {
        asked.Add(request);
        return Task.FromResult(answer(request.Uri));
    });

    public ValueTask DisposeAsync() => web.DisposeAsync();

    [Fact]
    public async Task An_image_that_was_asked_for_comes_through_us()
    {
        var browser = await web.SignedInAsync();
        var path = (await SignAsync(browser, "https://pics.test/a.png?x=1&y=é")).Single();
        Assert.Empty(asked);
        var image = await browser.GetAsync(path!, own);
        Assert.Equal((HttpStatusCode.OK, "image/png"), (image.Status, image.Header("Content-Type")));
        Assert.Equal(("default-src 'none'; sandbox", "nosniff", "same-origin"), (image.Header("Content-Security-Policy"), image.Header("X-Content-Type-Options"), image.Header("Cross-Origin-Resource-Policy")));
        Assert.Contains("private", image.Header("Cache-Control"), StringComparison.Ordinal);
        var request = Assert.Single(asked);
        Assert.Equal("https://pics.test/a.png?x=1&y=%C3%A9", request.Uri.AbsoluteUri);
        Assert.Equal((DialPurpose.Web, 10 * 1024 * 1024, true), (request.Purpose, request.MaxOctets, request.Deadline <= TimeSpan.FromSeconds(30)));
        Assert.Equal(["Accept"], request.Headers.Select(one => one.Key));
    }

    [Fact]
    public async Task The_address_of_an_image_stays_the_same_for_a_day_and_is_over_after_two()
    {
        // A session of a browser is over sooner: this is a program's.
        var program = JmapHttp.With(web);
        async Task<string> PathAsync() => (string)(await program.PostAsync("/mail/images", """{"urls":["https://pics.test/a.png"]}""", "application/json")).Json["paths"]![0]!;
        var path = await PathAsync();
        Assert.Equal(path, await PathAsync());
        web.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync(path)).Status);
        web.Clock.Advance(TimeSpan.FromHours(26));
        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Nobody_else_writes_such_an_address()
    {
        var browser = await web.SignedInAsync();
        var path = (await SignAsync(browser, "https://pics.test/a.png")).Single()!;
        var another = await web.SignedInAsync();
        var friend = web.Browse();
        await friend.SignInAsync("ami@demo.test", "rivière-17-lune");
        foreach (var (who, address) in new[]
        {
            (friend, path), (browser, path.Replace("a.png", "b.png", StringComparison.Ordinal)), (browser, "/mail/image?u=https%3A%2F%2Fpics.test%2Fa.png"),
            (browser, path + "&u=https%3A%2F%2Fother.test%2F"), (browser, path[..^4]), (browser, path.Replace("&e=", "&e=9", StringComparison.Ordinal)), (browser, "/mail/image"),
        })
            Assert.Equal(HttpStatusCode.Forbidden, (await who.GetAsync(address, own)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await web.Browse().GetAsync(path, own)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(path, ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostJsonAsync("/mail/images", new JsonObject { ["urls"] = new JsonArray("https://x.test/") }, ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Empty(asked);
        GC.KeepAlive(another);
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")]
    [InlineData("<!doctype html><script>alert(1)</script>")]
    [InlineData("%PDF-1.7")]
    [InlineData("")]
    [InlineData("BM")]
    public async Task What_is_no_image_is_not_shown(string body)
    {
        answer = uri => Answered(uri, System.Text.Encoding.UTF8.GetBytes(body));
        var browser = await web.SignedInAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync((await SignAsync(browser, "https://pics.test/x")).Single()!, own)).Status);
    }

    [Fact]
    public async Task All_that_goes_wrong_elsewhere_looks_the_same()
    {
        var browser = await web.SignedInAsync();
        var path = (await SignAsync(browser, "http://pics.test:8080/x")).Single()!;
        var seen = new HashSet<string>();
        foreach (var outcome in Enum.GetValues<HttpOutcome>())
        {
            answer = uri => new HttpFetch(outcome, "words " + outcome, uri, outcome == HttpOutcome.Answered ? 500 : 0, null, null, []);
            var image = await browser.GetAsync(path, own);
            seen.Add($"{image.Status} {image.Body}");
        }
        Assert.Single(seen);
    }

    [Fact]
    public async Task Only_addresses_of_the_web_get_a_path()
    {
        var browser = await web.SignedInAsync();
        var paths = await SignAsync(browser, "https://a.test/", "javascript:alert(1)", "file:///etc/passwd", "ftp://a.test/x", "https://me:pw@a.test/", "//a.test/x", "data:image/png;base64,AAAA", "https://a.test/" + new string('a', 4000), "", "http://b.test/");
        Assert.Equal([true, false, false, false, false, false, false, false, false, true], paths.Select(path => path is not null));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"urls\":[1]}")]
    [InlineData("{\"urls\":")]
    [InlineData("{\"urls\":[\"\\ud800\"]}")]
    public async Task What_is_no_list_is_refused(string body)
    {
        var browser = await web.SignedInAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostTextAsync("/mail/images", body, "application/json", own)).Status);
    }

    private static HttpFetch Answered(Uri uri, byte[] body)
    {
        using var message = new HttpResponseMessage();
        return new HttpFetch(HttpOutcome.Answered, "", uri, 200, message.Headers, "text/html", body);
    }

    private static async Task<List<string?>> SignAsync(WebBrowser browser, params string[] urls)
    {
        var signed = await browser.PostTextAsync("/mail/images", JsonSerializer.Serialize(new { urls }), "application/json", own);
        Assert.Equal(HttpStatusCode.OK, signed.Status);
        return [.. signed.Json["paths"]!.AsArray().Select(one => (string?)one)];
    }
}
