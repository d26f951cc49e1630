using System.Net;
using System.Net.Security;
using Facteur.Delivery.Transport;
using Facteur.Net;
using Facteur.Server.Configuration;
using Facteur.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ClientCertificateMode = Facteur.Net.ClientCertificateMode;

namespace Facteur.Server.Running;

/// <summary>HTTP and HTTPS by Kestrel, only when they are configured: the pages of Facteur.Web, /health/live, /health/ready, and the MTA-STS policies of our domains.</summary>
internal sealed partial class WebListeners(
    ServerCertificates certificates, Func<string?> whyNotReady, MtaStsPublishing policies, WebServices pages, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ILogger logger = loggers.CreateLogger<WebListeners>();
    private WebApplication? application;
    private IReadOnlyList<ListenAddress> addresses = [];

    /// <summary>Where it listens, with the ports that the system gave.</summary>
    public IReadOnlyList<ListenAddress> Open { get; private set; } = [];

    /// <summary>When it was opened.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Starts, stops or replaces the web server when its addresses change; unchanged ones are left alone.</summary>
    /// <exception cref="ListenException">An address cannot be bound; then the former ones are open as before.</exception>
    public async Task ApplyAsync(IReadOnlyList<ListenAddress> wanted, CancellationToken cancel)
    {
        if (wanted.SequenceEqual(addresses))
        {
            // Rules are looked at with each connection; what is shown follows them.
            Open = [.. Open.Zip(wanted, (open, now) => open with { Rules = now.Rules })];
            addresses = wanted;
            return;
        }
        var former = addresses;
        await CloseAsync(cancel);
        try
        {
            await StartAsync(wanted, cancel);
        }
        catch (IOException e)
        {
            if (former.Count > 0)
                await StartAsync(former, cancel);
            throw new ListenException(wanted[0], e.Message);
        }
    }

    public ValueTask DisposeAsync() => new(CloseAsync(CancellationToken.None));

    private async Task StartAsync(IReadOnlyList<ListenAddress> wanted, CancellationToken cancel)
    {
        if (wanted.Count == 0)
            return;
        var built = Build(wanted);
        try
        {
            await built.StartAsync(cancel);
        }
        catch
        {
            await built.DisposeAsync();
            throw;
        }
        (application, addresses, Since) = (built, wanted, time.GetUtcNow());
        var bound = built.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => BindingAddress.Parse(a).Port).ToList();
        Open = [.. wanted.Select((address, i) => address with { EndPoint = new IPEndPoint(address.EndPoint.Address, bound[i]) })];
        foreach (var address in Open)
            LogListening(address.Kind.Name, address.EndPoint.ToString(), address.Kind.ImplicitTls ? " over TLS" : "");
    }

    private async Task CloseAsync(CancellationToken cancel)
    {
        if (application is null)
            return;
        await application.StopAsync(cancel);
        await application.DisposeAsync();
        (application, addresses, Open) = (null, [], []);
    }

    private WebApplication Build(IReadOnlyList<ListenAddress> wanted)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "facteur" });
        builder.Services.AddSingleton(loggers);
        // Over plain http alone there are no pages, unless a proxy of the operator's brings https.
        var hasPages = wanted.Any(address => address.Kind.ImplicitTls) || pages.Options.Proxies.Count > 0;
        if (hasPages)
            builder.Services.AddFacteurWeb(pages);
        else
            builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024; // no page takes more
            // What a stranger may have us keep before anybody looks at it.
            kestrel.Limits.MaxRequestBufferSize = 64 * 1024;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 128 * 1024;
            kestrel.Limits.Http2.InitialStreamWindowSize = 96 * 1024;
            foreach (var address in wanted)
                kestrel.Listen(address.EndPoint, listen => Secure(listen, address));
        });
        var built = builder.Build();
        if (hasPages)
            built.UseFacteurWeb();
        built.MapGet("/health/live", () => Results.Text("live\n"));
        built.MapGet("/health/ready", () => whyNotReady() is { } why
            ? Results.Text(why + "\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready\n"));
        built.MapMtaSts(policies);
        return built;
    }

    private void Secure(ListenOptions listen, ListenAddress address)
    {
        if (!address.Kind.ImplicitTls)
            return;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            // A copy: Kestrel adds the application protocols, which mail connections must not get.
            OnConnection = context => new ValueTask<SslServerAuthenticationOptions>(OptionsAt(address, certificates.Store.Select(context.ClientHelloInfo.ServerName))),
        });
    }

    /// <summary>
    /// With the rules for clients' certificates as they are now. One that is not believed, or a missing one that is required, fails the
    /// handshake: browsers have a page for it, and a certificate that a request shows is one that was verified.
    /// </summary>
    private SslServerAuthenticationOptions OptionsAt(ListenAddress address, SslServerAuthenticationOptions shared)
    {
        if (certificates.RulesAt(address) is not { Mode: not ClientCertificateMode.None } rules)
            return Copy(shared);
        var isOptional = rules.Mode == ClientCertificateMode.Optional;
        return rules.Ask(shared, (_, certificate, chain, errors) => certificate is null ? isOptional : ClientCertificateRules.FaultOf(chain, errors) is null);
    }

    private static SslServerAuthenticationOptions Copy(SslServerAuthenticationOptions shared) => new()
    {
        ServerCertificateContext = shared.ServerCertificateContext,
        EnabledSslProtocols = shared.EnabledSslProtocols,
        AllowRenegotiation = false,
    };

    [LoggerMessage(LogLevel.Information, "Listening for {Listener} on {Address}{Tls}")]
    private partial void LogListening(string listener, string address, string tls);
}
