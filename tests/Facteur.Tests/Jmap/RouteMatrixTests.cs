using System.Net;
using System.Text;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Tests.Web;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Tests.Jmap;

/// <summary>
/// Every route of JMAP that is mapped: nothing for strangers, nothing of others, and paths that are none (S-22, S-25). NULs are in the tests of the
/// built program: the host of these takes none.
/// </summary>
public sealed class RouteMatrixTests(RouteAccounts accounts) : IClassFixture<RouteAccounts>
{
    private static readonly string[] noAccounts = ["a999999", "A1", "a01", "..%2fa1", "%2e%2e", "a1%2f..%2fa1", "%c0%ae%c0%ae", "a%EF%BC%91", "null", new('a', 300)];
    private static readonly string[] noBlobs = ["e999999", "..%2f..%2fetc%2fpasswd", "%2e%2e%2fe1", "e01", "E1", "u999999", "e1-", "e1-9_9", "e1-..", "%c0%ae", "C:%5cx", "CON", new('e', 4000)];

    private readonly WebFixture web = accounts.Web;

    private sealed record Route(string Method, string Pattern)
    {
        public bool Has(string parameter) => Pattern.Contains($"{{{parameter}}}", StringComparison.Ordinal);

        public string Path(string account, string blob) => Pattern.Replace("{accountId}", account, StringComparison.Ordinal).Replace("{blobId}", blob, StringComparison.Ordinal).Replace("{name}", "x", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_gets_nothing()
    {
        var routes = Routes();
        Assert.Contains(new Route("POST", JmapUrls.Api), routes);
        Assert.Contains(new Route("GET", JmapUrls.Session), routes);
        foreach (var route in routes)
            foreach (var authorization in new[] { null, JmapHttp.Basic("moi@demo.test", "never-right-1") })
            {
                // Wrong passwords make whoever sends them wait; here they are not to be guesses in a row.
                web.Clock.Advance(TimeSpan.FromHours(1));
                var answer = await SendAsync(route, route.Path(accounts.Own, "e1"), authorization);
                Assert.True(answer.Status == HttpStatusCode.Unauthorized && answer.Type is "application/problem+json" or "", $"{route}: {answer}");
            }
    }

    [Fact]
    public async Task The_account_of_another_is_as_one_that_does_not_exist()
    {
        foreach (var route in Routes().Where(route => route.Has("accountId")))
        {
            var none = await SendAsync(route, route.Path("a999999", accounts.OwnBlob), accounts.Authorization);
            Assert.True(none.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden, $"{route}: {none}");
            Assert.Equal(none, await SendAsync(route, route.Path(accounts.Other, accounts.OtherBlob), accounts.Authorization));
            foreach (var account in noAccounts) AssertRefused(await SendAsync(route, route.Path(account, accounts.OwnBlob), accounts.Authorization), $"{route} {account}");
        }
    }

    [Fact]
    public async Task The_blob_of_another_is_as_one_that_does_not_exist()
    {
        foreach (var route in Routes().Where(route => route.Has("blobId")))
        {
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(route, route.Path(accounts.Own, accounts.OwnBlob), accounts.Authorization)).Status);
            var none = await SendAsync(route, route.Path(accounts.Own, "e999999"), accounts.Authorization);
            Assert.True(none.Status == HttpStatusCode.NotFound, $"{route}: {none}");
            Assert.Equal(none, await SendAsync(route, route.Path(accounts.Own, accounts.OtherBlob), accounts.Authorization));
            Assert.Equal(none, await SendAsync(route, route.Path(accounts.Own, accounts.OtherBlob + "-1"), accounts.Authorization));
            foreach (var blob in noBlobs) AssertRefused(await SendAsync(route, route.Path(accounts.Own, blob), accounts.Authorization), $"{route} {blob}");
        }
    }

    [Fact]
    public async Task Random_paths_lead_nowhere_and_break_nothing()
    {
        string[] pieces = ["..", "%2e%2e", "%2f", "%5c", "%c0%ae", "%ff", "a1", "e1", "jmap", "upload", "download", "{accountId}", "~", ";", "%25", "%F0%9F%98%80", "x", "*", "?type=", "&type=%0d%0a", "//"];
        var random = new Random(22);
        for (var round = 0; round < 400; round++)
        {
            var path = new StringBuilder("/jmap");
            for (var i = random.Next(1, 7); i > 0; i--) path.Append(random.Next(3) == 0 ? "" : "/").Append(pieces[random.Next(pieces.Length)]);
            var answer = await SendAsync(new Route(random.Next(2) == 0 ? "GET" : "POST", ""), path.ToString(), accounts.Authorization);
            Assert.True((int)answer.Status is < 500, $"{path}: {answer}");
        }
    }

    private static void AssertRefused(Answer answer, string shown) =>
        Assert.True((int)answer.Status is >= 400 and < 500 && !answer.Body.Contains("Secret", StringComparison.Ordinal), $"{shown}: {answer}");

    /// <summary>All of JMAP that is mapped, but preflights.</summary>
    private List<Route> Routes() =>
    [
        .. from route in web.Routes
           where route.Metadata.GetMetadata<OwnAuthentication>() is not null
           from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           where method != "OPTIONS"
           select new Route(method, route.RoutePattern.RawText!),
    ];

    private sealed record Answer(HttpStatusCode Status, string Type, string Body);

    private async Task<Answer> SendAsync(Route route, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), new Uri(WebFixture.Origin + path));
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (route.Method == "POST") request.Content = new ByteArrayContent("{}"u8.ToArray());
        using var response = await web.Browse().SendAsync(request, default);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? "", await response.Content.ReadAsStringAsync());
    }
}

/// <summary>Two people with mail, over HTTP.</summary>
public sealed class RouteAccounts : IAsyncLifetime
{
    internal WebFixture Web { get; private set; } = null!;

    /// <summary>Of the one who asks.</summary>
    public string Authorization { get; private set; } = "";
    public string Own { get; private set; } = "";
    public string Other { get; private set; } = "";
    public string OwnBlob { get; private set; } = "";
    public string OtherBlob { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Web = await WebFixture.CreateAsync();
        Authorization = JmapHttp.Basic("moi@demo.test", WebFixture.Password);
        var other = await Web.Services.Accounts.GetAccountAsync("ami@demo.test", default);
        (Own, Other) = (JmapIds.Of(Web.Moi.Id), JmapIds.Of(other.Id));
        (OwnBlob, OtherBlob) = (await DeliverAsync(Web.Moi), await DeliverAsync(other));
    }

    public ValueTask DisposeAsync() => Web.DisposeAsync();

    private async Task<string> DeliverAsync(AccountRecord to)
    {
        var inbox = await Web.Store.FindMailboxAsync(to.Id, "INBOX", default);
        await using var intake = Web.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.UTF8.GetBytes($"From: x@example.net\r\nSubject: Secret\r\n\r\nSecret of {to.Address}\r\n"), default);
        await intake.CompleteAsync(default);
        var receipt = await Web.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox!.Id, FlagSet.Empty, Web.Clock.GetUtcNow())])], default);
        return JmapBlobId.Of(receipt.Entries[0].Email).ToString();
    }
}
