using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Tests.Web;

/// <summary>The page of the webmail and its files; what happens in it is tested in a browser.</summary>
public sealed partial class MailPageTests(SharedWeb shared) : IClassFixture<SharedWeb>
{
    [Fact]
    public async Task Who_is_not_signed_in_signs_in_first_and_comes_back()
    {
        var answer = await shared.Web.Browse().GetAsync("/mail");
        Assert.Equal("/signin?next=%2Fmail", answer.Location);
        Assert.Equal("/mail", (await shared.Web.Browse().SignInAsync("moi@demo.test", WebFixture.Password, "/mail")).Location);
    }

    [Fact]
    public async Task The_front_door_leads_there()
    {
        var browser = await shared.Web.SignedInAsync();
        Assert.Equal("/mail", (await browser.GetAsync("/")).Location);
    }

    [Theory]
    [InlineData("fr-FR", "fr")]
    [InlineData("en-US", "en")]
    public async Task It_names_its_files_in_the_language_of_the_reader(string accepted, string language)
    {
        var browser = await shared.Web.SignedInAsync();
        var page = await browser.GetAsync("/mail", ("Accept-Language", accepted));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains($"<html lang=\"{language}\" data-theme=\"auto\" data-density=\"normal\" data-pane=\"none\" data-preview=\"on\">", page.Body);
        Assert.Matches($"""<link rel="modulepreload" href="/mail/assets/{language}-[^"]+\.js">""", page.Body);
        Assert.DoesNotMatch(@"\sstyle=|\son[a-z]+=", page.Body);
        var files = Files().Matches(page.Body).Select(one => one.Groups[1].Value).ToList();
        Assert.True(files.Count >= 3);
        foreach (var file in files) Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(file)).Status);
    }

    /// <summary>What stands in the page itself is named by its hash, but for data.</summary>
    [Fact]
    public async Task One_script_and_one_style_sheet_stand_in_it()
    {
        var page = await (await shared.Web.SignedInAsync()).GetAsync("/mail");
        var policy = page.Header("Content-Security-Policy");
        string Hash(string element) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Regex.Match(page.Body, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value)))}'";
        Assert.Contains($"script-src 'self' {Hash("script")};", policy);
        Assert.Contains($"style-src 'self' {Hash("style")};", policy);
        Assert.Equal(
            ["<script type=\"module\" src=\"\">", "<script>", "<script type=\"application/json\" id=\"brought\">"],
            Regex.Matches(page.Body, "<script[^>]*>").Select(one => Regex.Replace(one.Value, "src=\"[^\"]+\"", "src=\"\"")));
    }

    /// <summary>Whatever its setting: what the webmail asks itself is tested in a browser.</summary>
    [Theory]
    [InlineData("newest", true, "[{\"property\":\"listedAt\",\"isAscending\":false}]")]
    [InlineData("unread", true, "[{\"property\":\"allInThreadHaveKeyword\",\"keyword\":\"$seen\",\"isAscending\":true},{\"property\":\"listedAt\",\"isAscending\":false}]")]
    [InlineData("starred", false, "[{\"property\":\"hasKeyword\",\"keyword\":\"$flagged\",\"isAscending\":false},{\"property\":\"listedAt\",\"isAscending\":false}]")]
    public async Task It_brings_the_first_list_and_nothing_of_it_gets_out_of_its_element(string order, bool conversations, string sort)
    {
        const string Hostile = "</script><script>alert(1)</script><!--/first--><!--";
        await using var web = await WebFixture.CreateAsync();
        await web.Services.Webmail.WriteAsync(web.Moi.Id, new WebmailSetting(Order: order, Conversations: conversations), default);
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, MailboxName.Inbox, default))!;
        await using var intake = web.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.UTF8.GetBytes($"From: \"{Hostile}\" <a@b.test>\r\nSubject: {Hostile}\r\n\r\n{Hostile}\r\n"), default);
        await intake.CompleteAsync(default);
        await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, web.Clock.GetUtcNow())])], default);
        var page = await (await web.SignedInAsync()).GetAsync("/mail");
        var brought = JsonNode.Parse(Regex.Match(page.Body, "id=\"brought\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value)!.AsArray();
        Assert.Equal(["Email/query", "Email/get", "Thread/get", "Email/get"], brought[0]!["answers"]!.AsArray().Select(one => (string)one![0]!));
        Assert.Equal(sort, brought[0]!["calls"]![0]![1]!["sort"]!.ToJsonString());
        Assert.Equal(conversations, (bool)brought[0]!["calls"]![0]![1]!["collapseThreads"]!);
        Assert.Equal(Hostile, (string)brought[0]!["answers"]![3]![1]!["list"]![0]!["subject"]!);
        Assert.Equal("Mailbox/get", (string)brought[1]!["answers"]![0]![0]!);
        Assert.DoesNotContain("alert(1)</script", page.Body);
        Assert.Equal(2, Regex.Count(page.Body, "<!--first-->"));
        Assert.Equal(2, Regex.Count(page.Body, "<!--/first-->"));
        Assert.Contains(Hostile, WebUtility.HtmlDecode(Regex.Match(page.Body, "<span class=\"subject\">(.*?)</span>").Groups[1].Value));
    }

    [Fact]
    public async Task It_brings_the_session_that_JMAP_would_tell()
    {
        var browser = await shared.Web.SignedInAsync();
        var page = await browser.GetAsync("/mail");
        var brought = JsonNode.Parse(WebUtility.HtmlDecode(Regex.Match(page.Body, "data-session=\"([^\"]*)\"").Groups[1].Value));
        var told = (await browser.GetAsync("/.well-known/jmap", ("Sec-Fetch-Site", "same-origin"))).Json;
        Assert.Equal(told.ToJsonString(), brought!.ToJsonString());
    }

    [Fact]
    public async Task Files_are_kept_for_good_and_compressed_for_who_takes_it()
    {
        var browser = await shared.Web.SignedInAsync();
        var script = Regex.Match((await browser.GetAsync("/mail")).Body, "<script type=\"module\" src=\"([^\"]+)\"").Groups[1].Value;
        var plain = await browser.GetAsync(script);
        Assert.Contains("immutable", plain.Header("Cache-Control"));
        Assert.Equal("text/javascript; charset=utf-8", plain.Header("Content-Type"));
        Assert.Equal("", plain.Header("Content-Encoding"));
        var packed = await browser.GetAsync(script, ("Accept-Encoding", "gzip, br"));
        Assert.Equal(("br", "Accept-Encoding"), (packed.Header("Content-Encoding"), packed.Header("Vary")));
        using var brotli = new BrotliStream(await packed.Message.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Equal(plain.Body, await new StreamReader(brotli).ReadToEndAsync());
        Assert.Equal("", (await browser.GetAsync(script, ("Accept-Encoding", "gzip, br;q=0"))).Header("Content-Encoding"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/mail/assets/none.js")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/mail/assets/..%2f.vite%2fmanifest.json")).Status);
    }

    /// <summary>UX §5: at most 60 KB before the first list.</summary>
    [Fact]
    public async Task Scripts_before_the_first_list_stay_below_their_bound()
    {
        var browser = await shared.Web.SignedInAsync();
        var page = (await browser.GetAsync("/mail", ("Accept-Language", "fr"))).Body;
        var total = 0L;
        foreach (var file in Files().Matches(page).Select(one => one.Groups[1].Value).Where(one => one.EndsWith(".js", StringComparison.Ordinal)).Distinct())
        {
            var answer = await browser.OpenAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(file, UriKind.Relative)), ("Accept-Encoding", "br"));
            total += (await answer.Content.ReadAsByteArrayAsync()).Length;
        }
        Assert.InRange(total, 1, 60_000);
    }

    [Fact]
    public async Task Its_policy_lets_in_one_sanitiser_and_one_worker_and_no_other_page_has_it()
    {
        var browser = await shared.Web.SignedInAsync();
        var policy = (await browser.GetAsync("/mail")).Header("Content-Security-Policy");
        Assert.Contains("trusted-types facteur-body facteur-worker;", policy);
        Assert.Contains("frame-src 'self'", policy);
        Assert.Contains("worker-src 'self'", policy);
        Assert.Contains("connect-src 'self'", policy);
        Assert.Contains("require-trusted-types-for 'script'", policy);
        Assert.DoesNotContain("unsafe", policy);
        foreach (var path in new[] { "/settings/security", "/signin", "/mail/assets/none.js", "/no/such/page" })
            Assert.Contains("trusted-types 'none'", (await browser.GetAsync(path)).Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task Who_may_not_use_the_webmail_reads_why()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await web.Store.Settings.SetAsync(SettingScope.Of(web.Moi.Id), PolicyDocument.Setting, """{"webmail":{"on":false}}"""u8.ToArray(), default);
        var answer = await browser.GetAsync("/mail", ("Accept-Language", "fr"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("Accès refusé", WebUtility.HtmlDecode(answer.Body));
        Assert.DoesNotContain("data-session", answer.Body);
    }

    [GeneratedRegex("\"(/mail/assets/[^\"]+)\"")]
    private static partial Regex Files();
}
