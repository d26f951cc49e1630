using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>The session resource and the API over HTTP (RFC 8620 §2, §3.1).</summary>
public sealed class HttpTests(SharedWeb shared) : IClassFixture<SharedWeb>
{
    private readonly WebFixture web = shared.Web;

    [Fact]
    public async Task The_session_says_what_there_is_and_where()
    {
        var answer = await JmapHttp.With(web).GetAsync("/.well-known/jmap");
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Contains("no-store", answer.Header("Cache-Control"));
        var session = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal(75 * 1024 * 1024, session.GetProperty("capabilities").GetProperty("urn:ietf:params:jmap:core").GetProperty("maxSizeUpload").GetInt64());
        var account = session.GetProperty("accounts").EnumerateObject().Single();
        Assert.Equal("moi@demo.test", account.Value.GetProperty("name").GetString());
        Assert.True(account.Value.GetProperty("isPersonal").GetBoolean());
        Assert.False(account.Value.GetProperty("isReadOnly").GetBoolean());
        Assert.Equal("moi@demo.test", session.GetProperty("username").GetString());
        Assert.Equal("https://mail.demo.test/jmap", session.GetProperty("apiUrl").GetString());
        Assert.Equal("https://mail.demo.test/jmap/upload/{accountId}/", session.GetProperty("uploadUrl").GetString());
        Assert.Equal("https://mail.demo.test/jmap/download/{accountId}/{blobId}/{name}?type={type}", session.GetProperty("downloadUrl").GetString());
        // §2: core is not among them.
        Assert.False(session.GetProperty("primaryAccounts").TryGetProperty("urn:ietf:params:jmap:core", out _));
        Assert.Matches("^[0-9a-f]{20}$", session.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_request_is_answered_with_the_state_of_the_session()
    {
        var program = JmapHttp.With(web);
        var answer = await program.PostAsync(JmapHttp.Echo);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal($$"""{"methodResponses":[["Core/echo",{"hello":true},"c0"]],"sessionState":"{{(await program.SessionAsync()).GetProperty("state").GetString()}}"}""", answer.Body);
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("", "")]
    public async Task An_answer_is_compressed_for_who_takes_that(string accepted, string coding)
    {
        var text = new string('x', 5_000);
        var request = new HttpRequestMessage(HttpMethod.Post, "/jmap")
        {
            Content = new StringContent($$"""{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{"text":"{{text}}"},"c0"]]}""", Encoding.UTF8, "application/json"),
        };
        using var answer = await JmapHttp.With(web).OpenAsync(request, ("Accept-Encoding", accepted));
        Assert.Equal((HttpStatusCode.OK, coding), (answer.StatusCode, string.Join(",", answer.Content.Headers.ContentEncoding)));
        Assert.Equal(coding.Length > 0, answer.Headers.Vary.Contains("Accept-Encoding"));
        var octets = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(coding.Length > 0, octets.Length < 1_000);
        await using Stream stream = coding switch
        {
            "br" => new BrotliStream(new MemoryStream(octets), CompressionMode.Decompress),
            "gzip" => new GZipStream(new MemoryStream(octets), CompressionMode.Decompress),
            _ => new MemoryStream(octets),
        };
        Assert.Equal(text, (await JsonDocument.ParseAsync(stream)).RootElement.GetProperty("methodResponses")[0][1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_fails_is_told_uncompressed()
    {
        var answer = await JmapHttp.With(web).PostAsync("{", ("Accept-Encoding", "br"));
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json", ""), (answer.Status, answer.Header("Content-Type"), answer.Header("Content-Encoding")));
        Assert.Equal("urn:ietf:params:jmap:error:notJSON", (string?)answer.Json["type"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Basic /////w==")]
    [InlineData("Digest username=moi")]
    public async Task Who_brings_no_credentials_is_told_which_are_taken(string? authorization)
    {
        foreach (var answer in new[] { await new JmapHttp(web, authorization).GetAsync("/.well-known/jmap"), await new JmapHttp(web, authorization).PostAsync(JmapHttp.Echo) })
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
            Assert.Equal("Basic realm=\"facteur\", charset=\"UTF-8\", Bearer realm=\"facteur\"", answer.Header("WWW-Authenticate"));
            Assert.Equal(401, (int)answer.Json["status"]!);
        }
    }

    [Fact]
    public async Task A_wrong_password_is_told_as_everywhere()
    {
        var answer = await JmapHttp.With(web, password: "wrong").GetAsync("/.well-known/jmap");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("FCT-3001", (string)answer.Json["code"]!);
        Assert.Equal(answer.Body, (await JmapHttp.With(web, "nobody@demo.test", "wrong").GetAsync("/.well-known/jmap")).Body);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("")]
    public async Task Other_types_than_JSON_are_refused(string type)
    {
        var answer = await JmapHttp.With(web).PostAsync("/jmap", JmapHttp.Echo, type);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal("urn:ietf:params:jmap:error:notJSON", (string)answer.Json["type"]!);
    }

    [Fact]
    public async Task A_type_with_its_charset_is_taken() =>
        Assert.Equal(HttpStatusCode.OK, (await JmapHttp.With(web).PostAsync("/jmap", JmapHttp.Echo, "Application/JSON; charset=UTF-8")).Status);

    [Fact]
    public async Task A_request_that_is_too_large_names_the_limit()
    {
        var answer = await JmapHttp.With(web).PostAsync(JmapHttp.Echo.Replace("true", '"' + new string('x', 10_000_000) + '"', StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(("urn:ietf:params:jmap:error:limit", "maxSizeRequest"), ((string)answer.Json["type"]!, (string)answer.Json["limit"]!));
    }

    [Fact]
    public async Task Pages_of_other_sites_may_ask_but_not_with_cookies()
    {
        var browser = web.Browse();
        foreach (var path in new[] { "/.well-known/jmap", "/jmap", "/jmap/upload/a1/", "/jmap/download/a1/e1/x" })
        {
            var preflight = await browser.OptionsAsync(path, ("Origin", "https://client.test"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization"));
            Assert.Equal(HttpStatusCode.NoContent, preflight.Status);
            Assert.Equal("*", preflight.Header("Access-Control-Allow-Origin"));
            Assert.Contains("Authorization", preflight.Header("Access-Control-Allow-Headers"));
            Assert.Equal("", preflight.Header("Access-Control-Allow-Credentials"));
        }
        foreach (var answer in new[] { await JmapHttp.With(web).PostAsync(JmapHttp.Echo, ("Origin", "https://client.test")), await new JmapHttp(web, null).GetAsync("/.well-known/jmap", ("Origin", "https://client.test")) })
            Assert.Equal(("*", ""), (answer.Header("Access-Control-Allow-Origin"), answer.Header("Access-Control-Allow-Credentials")));
    }

    [Fact]
    public async Task Answers_have_the_strict_header_fields_of_all()
    {
        foreach (var answer in new[] { await JmapHttp.With(web).PostAsync(JmapHttp.Echo), await JmapHttp.With(web).PostAsync("{"), await new JmapHttp(web, null).GetAsync("/.well-known/jmap") })
        {
            Assert.StartsWith("default-src 'none';", answer.Header("Content-Security-Policy"));
            Assert.Equal(("nosniff", "same-origin"), (answer.Header("X-Content-Type-Options"), answer.Header("Cross-Origin-Resource-Policy")));
            Assert.Contains("no-store", answer.Header("Cache-Control"));
        }
    }

    [Fact]
    public async Task Letters_come_through_as_they_are()
    {
        var answer = await JmapHttp.With(web).PostAsync(JmapHttp.Echo.Replace("true", "\"é 日本 \\u00e9 \\ud83d\\ude00 </script>\"", StringComparison.Ordinal));
        Assert.Contains("\"é 日本 é", answer.Body, StringComparison.Ordinal);
        Assert.Equal("é 日本 é 😀 </script>", JsonDocument.Parse(answer.Body).RootElement.GetProperty("methodResponses")[0][1].GetProperty("hello").GetString());
        Assert.Equal(Encoding.UTF8.GetByteCount(answer.Body), Encoding.UTF8.GetBytes(answer.Body).Length);
    }
}
