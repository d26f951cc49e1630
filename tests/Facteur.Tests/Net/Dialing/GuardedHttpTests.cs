using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net.Dialing;

/// <summary>Fetches through the guarded dialer, from servers that mean no good.</summary>
public sealed class GuardedHttpTests
{
    private static readonly X509Certificate2 certificate = TestCertificate.Create("host.example", "other.example");
    private readonly CancellationToken cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetches_a_document()
    {
        await using var target = Target.Https(certificate, "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\nX-Own: 1\r\nContent-Length: 5\r\n\r\nhello");
        using var http = Http(Zone());
        for (var i = 0; i < 3; i++)
        {
            var fetch = await http.GetAsync(new Uri($"https://host.example:{target.Port}/x"), 100, TimeSpan.FromSeconds(20), cancel);
            Assert.True(fetch.IsSuccess, fetch.Sentence);
            Assert.Equal(("hello", "text/plain", 200), (Encoding.ASCII.GetString(fetch.Body), fetch.MediaType, fetch.Status));
            Assert.Equal(["1"], fetch.Headers.GetValues("x-own"));
        }
        Assert.Equal(1, target.Connections);
    }

    [Fact]
    public async Task A_certificate_of_another_name_or_of_nobody_is_refused()
    {
        await using var target = Target.Https(certificate, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var zone = Zone().A("wrong.example", "127.0.0.1");
        using var http = Http(zone);
        var wrong = await http.GetAsync(new Uri($"https://wrong.example:{target.Port}/"), 100, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal(HttpOutcome.TlsFailed, wrong.Outcome);
        using var plain = new GuardedHttp(Dialers.Local(DialPurpose.Web, zone), new GuardedHttpOptions(), TimeProvider.System);
        var unknown = await plain.GetAsync(new Uri($"https://host.example:{target.Port}/"), 100, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal(HttpOutcome.TlsFailed, unknown.Outcome);
    }

    [Fact]
    public void Nothing_is_fetched_to_judge_a_certificate()
    {
        var policy = OutboundTrust.ChainPolicy();
        Assert.True(policy.DisableCertificateDownloads);
        Assert.Equal(X509RevocationMode.NoCheck, policy.RevocationMode);
    }

    [Fact]
    public async Task Handshakes_leave_the_policy_as_it_was()
    {
        await using var target = Target.Https(certificate, "");
        var policy = OutboundTrust.ChainPolicy([certificate]);
        var roots = policy.CustomTrustStore.Count;
        for (var i = 0; i < 3; i++)
        {
            var result = await Dialers.Local(DialPurpose.Web).ConnectAsync(target.EndPoint, DialPurpose.Web, cancel);
            await using var tls = new SslStream(result.Connection!.Stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "host.example", CertificateChainPolicy = policy }, cancel);
        }
        Assert.Equal((0, 0, roots), (policy.ExtraStore.Count, policy.ApplicationPolicy.Count, policy.CustomTrustStore.Count));
    }

    [Theory]
    [InlineData("http://host.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://host.example/")]
    [InlineData("ftp://host.example/")]
    [InlineData("https://user:password@host.example/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://inside.example/")]
    [InlineData("https://outside.example:22/")]
    [InlineData("https://outside.example:6379/")]
    public async Task Other_schemes_ports_and_places_are_forbidden(string uri)
    {
        using var http = new GuardedHttp(Dialers.Strict(Zone().A("inside.example", "192.168.1.1").A("outside.example", "1.1.1.1")), new GuardedHttpOptions(), TimeProvider.System);
        var fetch = await http.GetAsync(new Uri(uri), 100, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal(HttpOutcome.Forbidden, fetch.Outcome);
        Assert.DoesNotContain("192.168", fetch.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_answered_and_not_followed_unless_asked()
    {
        await using var target = Target.Https(certificate, "HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n");
        using var http = Http(Zone());
        var fetch = await http.GetAsync(new Uri($"https://host.example:{target.Port}/"), 100, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal((HttpOutcome.Answered, 302), (fetch.Outcome, fetch.Status));
        Assert.False(fetch.IsSuccess);
    }

    [Theory]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("http://host.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//169.254.169.254/latest/meta-data")]
    public async Task A_redirect_to_a_forbidden_place_is_forbidden(string location)
    {
        await using var target = Target.Https(certificate, $"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        using var http = Http(Zone());
        var fetch = await http.SendAsync(new HttpFetchRequest(new Uri($"https://host.example:{target.Port}/")) { MaxRedirects = 5 }, cancel);
        Assert.Equal(HttpOutcome.Forbidden, fetch.Outcome);
    }

    [Fact]
    public async Task Redirects_are_followed_up_to_their_number_and_circles_end()
    {
        await using var target = Target.Https(certificate, (head, stream, stop) => stream.WriteAsync(Encoding.ASCII.GetBytes(
            head.StartsWith("GET /end ", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend"
            : head.StartsWith("GET /circle ", StringComparison.Ordinal) ? "HTTP/1.1 301 Moved\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n"
            : "HTTP/1.1 307 Moved\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n"), stop).AsTask());
        using var http = Http(Zone());
        var found = await http.SendAsync(new HttpFetchRequest(new Uri($"https://host.example:{target.Port}/start")) { MaxRedirects = 1 }, cancel);
        Assert.Equal(("end", "/end"), (Encoding.ASCII.GetString(found.Body), found.Uri.AbsolutePath));
        var circle = await http.SendAsync(new HttpFetchRequest(new Uri($"https://host.example:{target.Port}/circle")) { MaxRedirects = 4 }, cancel);
        Assert.Equal(HttpOutcome.TooManyRedirects, circle.Outcome);
    }

    [Fact]
    public async Task A_token_for_one_server_does_not_reach_another()
    {
        var heads = new List<string>();
        await using var second = Target.Https(certificate, (head, stream, stop) =>
        {
            heads.Add(head);
            return stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop).AsTask();
        });
        await using var first = Target.Https(certificate, (head, stream, stop) =>
        {
            heads.Add(head);
            return stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: https://other.example:{second.Port}/\r\nContent-Length: 0\r\n\r\n"), stop).AsTask();
        });
        using var http = Http(Zone());
        var fetch = await http.SendAsync(new HttpFetchRequest(new Uri($"https://host.example:{first.Port}/"))
        {
            MaxRedirects = 3,
            Headers = [new("Authorization", "Bearer secret"), new("Accept-Language", "fr")],
        }, cancel);
        Assert.True(fetch.IsSuccess);
        Assert.Equal([true, false], heads.Select(head => head.Contains("secret", StringComparison.Ordinal)));
        Assert.All(heads, head => Assert.Contains("Accept-Language: fr", head, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Content-Length: 10737418240\r\n")]
    [InlineData("")]
    [InlineData("Transfer-Encoding: chunked\r\n")]
    public async Task An_endless_body_ends_at_the_limit(string field)
    {
        var chunk = Encoding.ASCII.GetBytes(field.Contains("chunked", StringComparison.Ordinal) ? "400\r\n" + new string('x', 1024) + "\r\n" : new string('x', 1024));
        var sent = 0L;
        await using var target = Target.Https(certificate, async (_, stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{field}\r\n"), stop);
            for (; ; sent += chunk.Length) await stream.WriteAsync(chunk, stop);
        });
        using var http = Http(Zone());
        var fetch = await http.GetAsync(new Uri($"https://host.example:{target.Port}/"), 64 * 1024, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal(HttpOutcome.TooLarge, fetch.Outcome);
        Assert.Empty(fetch.Body);
    }

    [Fact]
    public async Task A_compressed_body_is_bounded_by_what_it_unpacks_to()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(new byte[8 * 1024 * 1024], cancel);
        await using var target = Target.Https(certificate, async (_, stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n"), stop);
            await stream.WriteAsync(packed.ToArray(), stop);
        });
        using var http = new GuardedHttp(Dialers.Local(DialPurpose.Web, Zone()), new GuardedHttpOptions { Decompress = true, ExtraRoots = [certificate] }, TimeProvider.System);
        var fetch = await http.GetAsync(new Uri($"https://host.example:{target.Port}/"), 64 * 1024, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal(HttpOutcome.TooLarge, fetch.Outcome);
    }

    [Fact]
    public async Task A_body_that_trickles_ends_at_the_deadline()
    {
        var time = new FakeTime();
        var begun = new TaskCompletionSource();
        await using var target = Target.Https(certificate, async (_, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"u8.ToArray(), stop);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, stop);
        });
        using var http = new GuardedHttp(Dialers.Local(DialPurpose.Web, Zone()), new GuardedHttpOptions { ExtraRoots = [certificate] }, time);
        var fetching = http.GetAsync(new Uri($"https://host.example:{target.Port}/"), 100, TimeSpan.FromSeconds(10), cancel);
        await begun.Task.WaitAsync(cancel);
        time.Advance(TimeSpan.FromSeconds(11));
        var fetch = await fetching;
        Assert.Equal(HttpOutcome.TimedOut, fetch.Outcome);
        Assert.Contains("within 10 s", fetch.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_moves_inside_after_the_first_look_up_is_forbidden()
    {
        // First the address of the test's server, then a private one that the rule does not allow.
        await using var target = Target.Https(certificate, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        var zone = new ZoneResolver().A("host.example", "127.0.0.1");
        using var http = Http(zone);
        var uri = new Uri($"https://host.example:{target.Port}/");
        Assert.True((await http.GetAsync(uri, 100, TimeSpan.FromSeconds(20), cancel)).IsSuccess);
        zone.Remove("host.example", DnsType.A).A("host.example", "192.168.1.1");
        var second = await http.GetAsync(uri, 100, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal((HttpOutcome.Forbidden, "host.example does not lead to a public address"), (second.Outcome, second.Sentence));
    }

    [Fact]
    public async Task What_is_not_HTTP_is_broken_and_a_closed_port_unreachable()
    {
        await using var target = Target.Https(certificate, "220 mail ready\r\n");
        using var http = Http(Zone());
        Assert.Equal(HttpOutcome.Broken, (await http.GetAsync(new Uri($"https://host.example:{target.Port}/"), 100, TimeSpan.FromSeconds(20), cancel)).Outcome);
        int closed;
        await using (var gone = new Target()) closed = gone.Port;
        var refused = await http.GetAsync(new Uri($"https://host.example:{closed}/"), 100, TimeSpan.FromSeconds(20), cancel);
        Assert.Equal((HttpOutcome.Unreachable, $"host.example refuses connections on port {closed}"), (refused.Outcome, refused.Sentence));
    }

    [Fact]
    public async Task A_header_section_without_end_is_broken_off()
    {
        await using var target = Target.Https(certificate, async (_, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
            for (var i = 0; ; i++) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: {new string('y', 100)}\r\n"), stop);
        });
        using var http = Http(Zone());
        Assert.Equal(HttpOutcome.Broken, (await http.GetAsync(new Uri($"https://host.example:{target.Port}/"), 100, TimeSpan.FromSeconds(20), cancel)).Outcome);
    }

    [Fact]
    public async Task A_body_is_sent()
    {
        var seen = new TaskCompletionSource<string>();
        await using var target = Target.Https(certificate, async (head, stream, stop) =>
        {
            var body = new byte[12];
            await stream.ReadExactlyAsync(body, stop);
            seen.TrySetResult(head + Encoding.ASCII.GetString(body));
            await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), stop);
        });
        using var http = Http(Zone());
        var fetch = await http.SendAsync(new HttpFetchRequest(new Uri($"https://host.example:{target.Port}/unsubscribe"))
        {
            Method = HttpMethod.Post,
            Content = new StringContent("one=click&a=", Encoding.ASCII, "application/x-www-form-urlencoded"),
            Headers = [new("X-Own", "1")],
        }, cancel);
        Assert.True(fetch.IsSuccess);
        var text = await seen.Task;
        Assert.Contains("X-Own: 1\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("one=click&a=", text, StringComparison.Ordinal);
    }

    private static ZoneResolver Zone() => new ZoneResolver().A("host.example", "127.0.0.1").A("other.example", "127.0.0.1");

    private static GuardedHttp Http(DnsResolver resolver) =>
        new(Dialers.Local(DialPurpose.Web, resolver), new GuardedHttpOptions { ExtraRoots = [certificate] }, TimeProvider.System);
}
