using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Facteur.IntegrationTests.Browser.Elsewhere;

/// <summary>
/// Stands before the server, and makes its webmail another build when told to: other names for all files, another name of the build, as after an update. The files of the other build are not there any more.
/// Every script says of which build it is, so that a page that ran parts of two can be told.
/// </summary>
internal sealed class TwoBuilds : IAsyncDisposable
{
    /// <summary>The builds whose scripts a page ran.</summary>
    public const string Parts = "() => [...globalThis.parts].join()";

    private const string Assets = "/mail/assets/", NewPrefix = "newer-";

    private readonly HttpMessageInvoker upstream = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
    private readonly WebApplication app;
    private readonly string server;
    private Regex names = new("(?!)");
    private string build = "";

    private TwoBuilds(string server, X509Certificate2 certificate)
    {
        this.server = server;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        app = builder.Build();
        app.Run(PassAsync);
    }

    /// <summary>The newer build is served from now on.</summary>
    public bool IsNewer { get; set; }

    public string Origin => string.Create(CultureInfo.InvariantCulture, $"https://localhost:{new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}");

    public static async Task<TwoBuilds> StartAsync(FacteurServer server, X509Certificate2 certificate)
    {
        var started = new TwoBuilds(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{server.Port("https")}"), certificate);
        using var answer = await started.upstream.SendAsync(new HttpRequestMessage(HttpMethod.Get, started.server + "/mail/sw.js"), TestContext.Current.CancellationToken);
        var worker = await answer.Content.ReadAsStringAsync();
        started.build = Regex.Match(worker, "\"build\":\"([^\"]+)\"").Groups[1].Value;
        started.names = new Regex(string.Join('|', Regex.Matches(worker, "\"/mail/assets/([^\"]+)\"").Select(one => Regex.Escape(one.Groups[1].Value))));
        await started.app.StartAsync();
        return started;
    }

    /// <summary>What the page names as its build, by whether it is the newer one.</summary>
    public string BuildOf(bool isNewer) => isNewer ? new string([.. build.Reverse()]) : build;

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        upstream.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var (isNewer, path) = (IsNewer, context.Request.Path.Value!);
        if (path.StartsWith(Assets, StringComparison.Ordinal))
        {
            if (path.StartsWith(Assets + NewPrefix, StringComparison.Ordinal) != isNewer)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            path = path.Replace(Assets + NewPrefix, Assets, StringComparison.Ordinal);
        }
        try
        {
            using var request = RequestOf(context.Request, path);
            using var answer = await upstream.SendAsync(request, context.RequestAborted);
            await AnswerAsync(context, answer, isNewer);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            context.Abort(); // one of the two went away
        }
    }

    private HttpRequestMessage RequestOf(HttpRequest request, string path)
    {
        var passed = new HttpRequestMessage(new HttpMethod(request.Method), server + path + request.QueryString);
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0) passed.Content = new StreamContent(request.Body);
        foreach (var (name, values) in request.Headers)
            if (name is not ("Accept-Encoding" or "Connection" or "Transfer-Encoding") && !name.StartsWith(':') && !passed.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                passed.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        passed.Headers.Host = request.Host.Value;
        return passed;
    }

    private async Task AnswerAsync(HttpContext context, HttpResponseMessage answer, bool isNewer)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            if (name is not ("Transfer-Encoding" or "Connection" or "Content-Length" or "Alt-Svc")) response.Headers[name] = values.Select(value => value.Replace(server, Origin, StringComparison.Ordinal)).ToArray();
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (type is "text/html" or "text/javascript" or "text/css" || context.Request.Path == "/.well-known/jmap")
        {
            var text = (await answer.Content.ReadAsStringAsync(context.RequestAborted)).Replace(server, Origin, StringComparison.Ordinal);
            if (isNewer) text = names.Replace(text.Replace(build, BuildOf(isNewer), StringComparison.Ordinal), one => NewPrefix + one.Value);
            if (type == "text/javascript") text = $"(globalThis.parts ??= new Set()).add(\"{(isNewer ? "newer" : "older")}\");\n{text}";
            await response.WriteAsync(text, context.RequestAborted);
            return;
        }
        await response.StartAsync(context.RequestAborted);
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
        {
            await response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted); // events are not held back
        }
    }
}
