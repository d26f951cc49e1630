using System.Net;
using System.Text;
using Facteur.Jmap;
using Facteur.Net.Dialing;
using Facteur.Storage;

namespace Facteur.Tests.Web.Reading;

/// <summary>The frame of message bodies (S-16), and unsubscription over HTTP.</summary>
public sealed class BodyFrameTests
{
    private const string Newsletter = "Authentication-Results: mail.demo.test; dkim=pass header.d=list.test header.s=k1 header.b=QUJDREVG\nDKIM-Signature: v=1; a=rsa-sha256; d=list.test; s=k1; h=From:List-Unsubscribe:List-Unsubscribe-Post; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\nList-Unsubscribe: <https://list.test/out?x=1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nFrom: a@list.test\n\nhello\n";

    [Fact]
    public async Task The_frame_runs_no_script_and_asks_nobody()
    {
        await using var web = await WebFixture.CreateAsync();
        var frame = await web.Browse().GetAsync("/mail/body");
        var policy = frame.Header("Content-Security-Policy").Split("; ");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'none'", policy);
        Assert.Contains("img-src blob: data: https://mail.demo.test/mail/image", policy);
        Assert.Contains("frame-ancestors 'self'", policy);
        var sandbox = policy.Single(one => one.StartsWith("sandbox", StringComparison.Ordinal));
        Assert.DoesNotContain("allow-scripts", sandbox);
        Assert.DoesNotContain("allow-forms", sandbox);
        Assert.DoesNotContain("allow-top-navigation", sandbox);
        Assert.DoesNotContain(policy, one => one.Contains('*', StringComparison.Ordinal) || one.Contains("connect-src", StringComparison.Ordinal) || one.Contains("font-src", StringComparison.Ordinal));
        Assert.Equal(("SAMEORIGIN", "off", "nosniff"), (frame.Header("X-Frame-Options"), frame.Header("X-DNS-Prefetch-Control"), frame.Header("X-Content-Type-Options")));
        Assert.DoesNotContain("<script", frame.Body);
    }

    [Theory]
    [InlineData(HttpOutcome.Answered, 202, "done")]
    [InlineData(HttpOutcome.TooLarge, 0, "done")]
    [InlineData(HttpOutcome.Answered, 302, "refused")]
    [InlineData(HttpOutcome.Answered, 404, "refused")]
    [InlineData(HttpOutcome.Answered, 503, "failed")]
    [InlineData(HttpOutcome.Forbidden, 0, "failed")]
    public async Task Unsubscribing_posts_what_the_RFC_says(HttpOutcome outcome, int status, string result)
    {
        var asked = new List<(HttpFetchRequest Request, string Body)>();
        await using var web = await WebFixture.CreateAsync(async (request, cancel) =>
        {
            asked.Add((request, await request.Content!.ReadAsStringAsync(cancel)));
            return new HttpFetch(outcome, "", request.Uri, status, null, null, []);
        });
        var browser = await web.SignedInAsync();
        var email = await DeliverAsync(web, Newsletter);
        var answer = await PostAsync(browser, web, email);
        Assert.Equal($"{{\"result\":\"{result}\"}}", answer.Body);
        var (sent, body) = Assert.Single(asked);
        Assert.Equal(("https://list.test/out?x=1", HttpMethod.Post, "List-Unsubscribe=One-Click", 0, 0), (sent.Uri.AbsoluteUri, sent.Method, body, sent.MaxRedirects, sent.Headers.Count));
    }

    [Fact]
    public async Task Nothing_is_posted_for_others_or_without_an_offer()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var (newsletter, plain) = (await DeliverAsync(web, Newsletter), await DeliverAsync(web, Newsletter.Replace("dkim=pass", "dkim=fail", StringComparison.Ordinal)));
        Assert.Equal("{\"result\":\"notOffered\"}", (await PostAsync(browser, web, plain)).Body);
        var friend = web.Browse();
        await friend.SignInAsync("ami@demo.test", "rivière-17-lune");
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(friend, web, newsletter)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(web.Browse(), web, newsletter)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(browser, web, "e999")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(browser, web, "x")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostTextAsync("/mail/unsubscribe", "{}", "application/json", ("Sec-Fetch-Site", "cross-site"))).Status);
    }

    private static Task<WebAnswer> PostAsync(WebBrowser browser, WebFixture web, string email) =>
        browser.PostTextAsync("/mail/unsubscribe", $$"""{"accountId":"{{JmapIds.Of(web.Moi.Id)}}","emailId":"{{email}}"}""", "application/json", ("Sec-Fetch-Site", "same-origin"));

    private static async Task<string> DeliverAsync(WebFixture web, string message)
    {
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!;
        await using var intake = web.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), default);
        await intake.CompleteAsync(default);
        return JmapIds.Of((await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, web.Clock.GetUtcNow())])], default)).Entries[0].Email);
    }
}
