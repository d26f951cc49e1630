using System.Net;
using System.Text;
using Facteur.Storage;
using Facteur.Tests.Support;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>Upload and download over HTTP (RFC 8620 §6.1, §6.2).</summary>
public sealed class BlobHttpTests(SharedWeb shared) : IClassFixture<SharedWeb>
{
    private readonly WebFixture web = shared.Web;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_000_000)]
    public async Task What_is_uploaded_can_be_downloaded(int length)
    {
        var program = JmapHttp.With(web);
        var (account, octets) = (await program.AccountAsync(), Octets(length));
        var upload = await program.UploadAsync(account, octets, "image/png; x=y");
        Assert.Equal((HttpStatusCode.Created, "application/json"), (upload.Status, upload.Header("Content-Type")));
        Assert.Equal((account, "image/png", length), ((string)upload.Json["accountId"]!, (string)upload.Json["type"]!, (int)upload.Json["size"]!));
        var (answer, got) = await program.DownloadAsync($"/jmap/download/{account}/{upload.Json["blobId"]}/photo.png?type=image/png");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(octets, got);
        Assert.Equal(("image/png", length.ToString()), (Header(answer, "Content-Type"), Header(answer, "Content-Length")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("text/\u0001")]
    public async Task A_type_that_is_none_is_octets(string? type)
    {
        var program = JmapHttp.With(web);
        Assert.Equal("application/octet-stream", (string)(await program.UploadAsync(await program.AccountAsync(), [1], type)).Json["type"]!);
    }

    [Fact]
    public async Task A_download_never_runs_as_a_page_of_ours()
    {
        var program = JmapHttp.With(web);
        var account = await program.AccountAsync();
        var blob = (string)(await program.UploadAsync(account, Encoding.UTF8.GetBytes("<script>alert(1)</script>"), "text/html")).Json["blobId"]!;
        var (answer, _) = await program.DownloadAsync($"/jmap/download/{account}/{blob}/page.html?type=text/html;charset=utf-8;x=y");
        Assert.Equal("text/html; charset=utf-8", Header(answer, "Content-Type"));
        Assert.Equal("attachment; filename=\"page.html\"", Header(answer, "Content-Disposition"));
        Assert.Equal("default-src 'none'; sandbox", Header(answer, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal(["immutable", "max-age=31536000", "private"], Header(answer, "Cache-Control").Split(", ").Order());
        foreach (var type in new[] { "", "x", "text/html%0d%0aX-Evil:1", "*/*", new string('a', 300) + "/b" })
            Assert.Equal("application/octet-stream", Header((await program.DownloadAsync($"/jmap/download/{account}/{blob}/x?type={type}")).Answer, "Content-Type"));
    }

    [Theory]
    [InlineData("rapport.pdf", "attachment; filename=\"rapport.pdf\"")]
    [InlineData("r%C3%A9sum%C3%A9.pdf", "attachment; filename=\"r_sum_.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf")]
    [InlineData("a%2Fb%5Cc.txt", "attachment; filename=\"a_b_c.txt\"")]
    [InlineData("%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", "attachment; filename=\"_.._etc_passwd\"")]
    [InlineData("%22;%20x=%22.txt", "attachment; filename=\"__ x=_.txt\"")]
    [InlineData("a%0D%0Ab%07.txt", "attachment; filename=\"ab.txt\"")]
    [InlineData("...", "attachment; filename=\"download\"")]
    [InlineData("evil%E2%80%AEfdp.exe", "attachment; filename=\"evilfdp.exe\"")]
    [InlineData("", "attachment; filename=\"download\"")]
    public async Task A_name_is_the_name_of_a_file_and_nothing_else(string name, string expected)
    {
        var program = JmapHttp.With(web);
        var account = await program.AccountAsync();
        var blob = (string)(await program.UploadAsync(account, [1])).Json["blobId"]!;
        Assert.Equal(expected, Header((await program.DownloadAsync($"/jmap/download/{account}/{blob}/{name}?type=a/b")).Answer, "Content-Disposition"));
    }

    [Fact]
    public async Task A_long_name_keeps_its_extension()
    {
        var program = JmapHttp.With(web);
        var account = await program.AccountAsync();
        var blob = (string)(await program.UploadAsync(account, [1])).Json["blobId"]!;
        var disposition = Header((await program.DownloadAsync($"/jmap/download/{account}/{blob}/{new string('x', 600)}.pdf?type=a/b")).Answer, "Content-Disposition");
        Assert.Equal($"attachment; filename=\"{new string('x', 251)}.pdf\"", disposition);
    }

    [Theory]
    [InlineData("bytes=0-4", "01234", "bytes 0-4/20")]
    [InlineData("bytes=5-", "56789abcdefghij", "bytes 5-19/20")]
    [InlineData("bytes=-3", "hij", "bytes 17-19/20")]
    [InlineData("bytes=-50", "0123456789abcdefghij", "bytes 0-19/20")]
    [InlineData("bytes=18-99999999999999999999", "ij", "bytes 18-19/20")]
    [InlineData("bytes=20-", null, "bytes */20")]
    [InlineData("bytes=-0", null, "bytes */20")]
    [InlineData("bytes=0-1,4-5", "0123456789abcdefghij", "")]
    [InlineData("bytes=4-2", "0123456789abcdefghij", "")]
    [InlineData("octets=0-1", "0123456789abcdefghij", "")]
    public async Task Parts_are_sent_as_asked(string range, string? expected, string contentRange)
    {
        var program = JmapHttp.With(web);
        var account = await program.AccountAsync();
        var blob = (string)(await program.UploadAsync(account, Encoding.ASCII.GetBytes("0123456789abcdefghij"))).Json["blobId"]!;
        var (answer, octets) = await program.DownloadAsync($"/jmap/download/{account}/{blob}/x?type=a/b", ("Range", range));
        Assert.Equal(expected is null ? HttpStatusCode.RequestedRangeNotSatisfiable : contentRange.Length > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(contentRange, Header(answer, "Content-Range"));
        if (expected is not null) Assert.Equal(expected, Encoding.ASCII.GetString(octets));
    }

    [Fact]
    public async Task What_a_client_has_is_not_sent_again_and_a_part_only_of_the_same()
    {
        var program = JmapHttp.With(web);
        var account = await program.AccountAsync();
        var path = $"/jmap/download/{account}/{(await program.UploadAsync(account, Octets(100))).Json["blobId"]}/x?type=a/b";
        var tag = Header((await program.DownloadAsync(path)).Answer, "ETag");
        var (known, nothing) = await program.DownloadAsync(path, ("If-None-Match", $"\"other\", {tag}"));
        Assert.Equal((HttpStatusCode.NotModified, 0), (known.StatusCode, nothing.Length));
        Assert.Equal(HttpStatusCode.OK, (await program.DownloadAsync(path, ("If-None-Match", "\"other\""))).Answer.StatusCode);
        Assert.Equal(10, (await program.DownloadAsync(path, ("Range", "bytes=0-9"), ("If-Range", tag))).Octets.Length);
        Assert.Equal(100, (await program.DownloadAsync(path, ("Range", "bytes=0-9"), ("If-Range", "\"other\""))).Octets.Length);
        using var head = await program.OpenAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal((HttpStatusCode.OK, "100", 0), (head.StatusCode, Header(head, "Content-Length"), (await head.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task Messages_and_their_decoded_parts_are_blobs()
    {
        var program = JmapHttp.With(web);
        var account = await program.AccountAsync();
        var message = Encoding.ASCII.GetBytes(
            "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
            + "--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQF\r\n--b--\r\n");
        var inbox = (await web.Store.FindMailboxAsync(web.Moi.Id, "INBOX", default))!;
        await using var intake = web.Store.BeginMessage(null);
        await intake.WriteAsync(message, default);
        await intake.CompleteAsync(default);
        var email = (await web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, web.Clock.GetUtcNow())])], default)).Entries[0].Email;
        Assert.Equal(message, (await program.DownloadAsync($"/jmap/download/{account}/e{email.Value}/m.eml?type=message/rfc822")).Octets);
        Assert.Equal([0, 1, 2, 3, 4, 5], (await program.DownloadAsync($"/jmap/download/{account}/e{email.Value}-2/a.pdf?type=application/pdf")).Octets);
        Assert.Equal([2, 3], (await program.DownloadAsync($"/jmap/download/{account}/e{email.Value}-2/a.pdf?type=application/pdf", ("Range", "bytes=2-3"))).Octets);
        // The same message uploaded has parts as well.
        var blob = (string)(await program.UploadAsync(account, message, "message/rfc822")).Json["blobId"]!;
        Assert.Equal("hello", Encoding.ASCII.GetString((await program.DownloadAsync($"/jmap/download/{account}/{blob}-1/a.txt?type=text/plain")).Octets));
    }

    [Fact]
    public async Task Blobs_and_accounts_of_others_are_told_as_those_that_are_not_there()
    {
        var (moi, ami) = (JmapHttp.With(web), JmapHttp.With(web, "ami@demo.test", "rivière-17-lune"));
        var (mine, theirs) = (await moi.AccountAsync(), await ami.AccountAsync());
        var blob = (string)(await moi.UploadAsync(mine, [1, 2, 3])).Json["blobId"]!;
        var absent = await ami.GetAsync($"/jmap/download/{theirs}/u999999/x?type=a/b");
        Assert.Equal(HttpStatusCode.NotFound, absent.Status);
        foreach (var path in new[] { $"{mine}/{blob}/x", $"{theirs}/{blob}/x", $"{mine}/e1/x", "a999/e1/x", $"{theirs}/{blob}x/x", $"{theirs}/%2e%2e%2fe1/x" })
        {
            var answer = await ami.GetAsync($"/jmap/download/{path}?type=a/b");
            Assert.Equal(HttpStatusCode.NotFound, answer.Status);
            Assert.Equal(absent.Body, answer.Body);
        }
        var refused = await ami.UploadAsync(mine, [1]);
        Assert.Equal((HttpStatusCode.NotFound, (await ami.UploadAsync("a999", [1])).Body), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task Who_is_not_logged_in_uploads_and_downloads_nothing()
    {
        var stranger = new JmapHttp(web, null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.UploadAsync("a1", new byte[1_000_000])).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/jmap/download/a1/e1/x?type=a/b")).Status);
    }

    [Fact]
    public async Task An_upload_that_is_too_large_names_the_limit()
    {
        var program = JmapHttp.With(web);
        var account = await program.AccountAsync();
        var max = (await program.SessionAsync()).GetProperty("capabilities").GetProperty("urn:ietf:params:jmap:core").GetProperty("maxSizeUpload").GetInt64();
        using var announced = new HttpRequestMessage(HttpMethod.Post, $"/jmap/upload/{account}/") { Content = new StreamContent(new EndlessStream(max + 1)) };
        announced.Content.Headers.ContentLength = max + 1;
        foreach (var request in new[] { announced, new HttpRequestMessage(HttpMethod.Post, $"/jmap/upload/{account}/") { Content = new StreamContent(new EndlessStream(max + 1)) } })
        {
            using var answer = await program.OpenAsync(request);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Contains("\"limit\":\"maxSizeUpload\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task More_uploads_at_once_than_allowed_are_refused()
    {
        await using var own = await WebFixture.CreateAsync();
        var program = JmapHttp.With(own);
        var account = await program.AccountAsync();
        var places = Enumerable.Range(0, 8).Select(_ => own.Services.Jmap.Uploads.Enter(own.Moi.Id)!).ToList();
        var refused = await program.UploadAsync(account, [1]);
        Assert.Equal((HttpStatusCode.TooManyRequests, "maxConcurrentUpload"), (refused.Status, (string)refused.Json["limit"]!));
        places[0].Dispose();
        Assert.Equal(HttpStatusCode.Created, (await program.UploadAsync(account, [1])).Status);
    }

    [Fact]
    public async Task An_upload_that_does_not_go_on_ends_and_leaves_nothing()
    {
        await using var own = await WebFixture.CreateAsync();
        var program = JmapHttp.With(own);
        var body = new HeldStream();
        var running = program.OpenAsync(new HttpRequestMessage(HttpMethod.Post, $"/jmap/upload/{await program.AccountAsync()}/") { Content = new StreamContent(body) });
        await body.Begun.WaitAsync(TimeSpan.FromSeconds(20));
        while (!running.IsCompleted)
        {
            own.Clock.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }
        using var answer = await running;
        Assert.Equal(HttpStatusCode.RequestTimeout, answer.StatusCode);
        body.End();
        Assert.Empty(await own.Store.CheckConsistencyAsync(default));
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    private static byte[] Octets(int length)
    {
        var octets = new byte[length];
        new Random(length).NextBytes(octets);
        return octets;
    }
}
