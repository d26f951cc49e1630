using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Facteur.IntegrationTests.Browser.Elsewhere;

/// <summary>A request that came.</summary>
internal sealed record AskedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A web server of somebody else, on loopback with https: a mailing list's, a push service. Keeps what it is asked, and answers as it is told to.</summary>
internal sealed class OtherHost : IAsyncDisposable
{
    private readonly Channel<AskedRequest> asked = Channel.CreateUnbounded<AskedRequest>();
    private readonly WebApplication app;

    private OtherHost(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <summary>Status of the answers from now on.</summary>
    public int Status { get; set; } = StatusCodes.Status201Created;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<OtherHost> StartAsync(X509Certificate2 certificate)
    {
        var host = new OtherHost(certificate);
        await host.app.StartAsync();
        return host;
    }

    public string UrlOf(string path) => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Address.Port}{path}");

    /// <summary>The next request, once it came.</summary>
    public async Task<AskedRequest> NextAsync() => await asked.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(3));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await asked.Writer.WriteAsync(new AskedRequest(
            context.Request.Method, context.Request.Path + context.Request.QueryString, context.Request.Headers.ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        context.Response.StatusCode = Status;
    }
}
