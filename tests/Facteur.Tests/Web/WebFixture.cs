using System.Net;
using Facteur.Accounts;
using Facteur.Net.Dialing;
using Facteur.Storage;
using Facteur.Tests.Support;
using Facteur.Web;
using Facteur.Web.External;
using Facteur.Web.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Web;

/// <summary>The web part over a store of two accounts, in memory: no socket, a clock that stands until it is moved.</summary>
internal sealed class WebFixture : IAsyncDisposable
{
    public const string Origin = "https://mail.demo.test";
    public const string Password = "soleil-42-papier";

    /// <summary>What pages say is open; nobody listens there.</summary>
    private static readonly ProgramListener[] Listeners =
    [
        .. new[] { (MailProtocol.Imap, 143, false), (MailProtocol.Imap, 993, true), (MailProtocol.Pop3, 110, false), (MailProtocol.Pop3, 995, true), (MailProtocol.Submission, 587, false), (MailProtocol.Submission, 2525, false), (MailProtocol.Submission, 465, true) }
            .Select(one => new ProgramListener(one.Item1, new IPEndPoint(new IPAddress([127, 99, 99, 99]), one.Item2), one.Item3)),
    ];

    private readonly WebApplication application;
    private readonly MailStore store;
    private readonly TemporaryFolder folder;
    private readonly List<WebBrowser> browsers = [];

    private WebFixture(TemporaryFolder folder, MailStore store, FakeTime clock, LoginService logins, WebServices web, WebApplication application) =>
        (this.folder, this.store, Clock, Logins, Services, this.application) = (folder, store, clock, logins, web, application);

    public FakeTime Clock { get; }
    public LoginService Logins { get; }
    public WebServices Services { get; }
    public MailStore Store => store;

    /// <summary>For what goes on: streams, WebSockets.</summary>
    public TestServer Server => application.GetTestServer();
    public AccountRecord Moi { get; private set; } = null!;

    public static async Task<WebFixture> CreateAsync(FetchAsync? fetch = null, ILoggerFactory? loggers = null, bool plaintext = false)
    {
        var folder = new TemporaryFolder();
        var clock = new FakeTime();
        var store = await TestStore.OpenAsync(folder.Path, clock);
        var options = new LoginOptions { HashIterations = 10 };
        var logins = new LoginService(store, options, clock, NullLogger<LoginService>.Instance);
        var web = new WebServices(new WebParts(
            new WebOptions { HostName = "mail.demo.test", PlaintextOnLoopback = plaintext, ProgramListeners = () => Listeners }, store, logins, options, fetch ?? ((request, _) => throw new InvalidOperationException($"nobody may be asked, not {request.Uri}")),
            clock, loggers ?? NullLoggerFactory.Instance) { Delivery = TestDelivery.Services(store, "mail.demo.test", clock) });
        await web.Accounts.AddDomainAsync("demo.test", default);
        await web.Accounts.AddAccountAsync("moi@demo.test", "Moi", Password, default);
        await web.Accounts.AddAccountAsync("ami@demo.test", "Ami", "rivière-17-lune", default);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddFacteurWeb(web);
        var application = builder.Build();
        application.UseFacteurWeb();
        await application.StartAsync();
        return new WebFixture(folder, store, clock, logins, web, application) { Moi = await web.Accounts.GetAccountAsync("moi@demo.test", default) };
    }

    /// <summary>Routes that are mapped.</summary>
    public IEnumerable<RouteEndpoint> Routes => application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    /// <summary>A browser of its own: cookies kept, redirects not followed.</summary>
    public WebBrowser Browse(string origin = Origin, string remote = "192.0.2.7")
    {
        var browser = new WebBrowser(application.GetTestServer().CreateHandler(context => context.Connection.RemoteIpAddress ??= IPAddress.Parse(remote)), origin, () => Clock.GetUtcNow());
        browsers.Add(browser);
        return browser;
    }

    /// <summary>One that is signed in.</summary>
    public async Task<WebBrowser> SignedInAsync()
    {
        var browser = Browse();
        var answer = await browser.SignInAsync("moi@demo.test", Password);
        Assert.Equal("/", answer.Location);
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in browsers) browser.Dispose();
        await application.DisposeAsync();
        Services.Dispose();
        Logins.Dispose();
        await store.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>One for all tests of a class that only look, since the pages take a tenth of a second to start.</summary>
public sealed class SharedWeb : IAsyncLifetime
{
    internal WebFixture Web { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Web = await WebFixture.CreateAsync();

    public ValueTask DisposeAsync() => Web.DisposeAsync();
}
