using Facteur.Jmap.Blob;
using Facteur.Jmap.Push;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Jmap.Http;

/// <summary>Answers a request of a user. <paramref name="cancel"/>: the client left, or the user would not be let in any more.</summary>
public delegate Task JmapHandler(HttpContext context, JmapUser user, CancellationToken cancel);

/// <summary>JMAP over HTTP (RFC 8620 §1.7). One for the process; its routes are mapped into each web server that is built.</summary>
public sealed partial class JmapEndpoints
{
    /// <summary>Octets of a body that are taken, and then only thrown away, from who is not logged in.</summary>
    private const int MaxStrangersBody = 64 * 1024;

    private readonly UserGates eventSources = new(EventSourceEndpoint.MaxPerUser);
    private readonly UserGates webSockets = new(WebSocketEndpoint.MaxPerUser);
    private readonly IJmapAuthentication authentication;
    private readonly ILogger logger;

    public JmapEndpoints(JmapServices services, IJmapAuthentication authentication, ILoggerFactory loggers)
    {
        (Services, this.authentication, logger) = (services, authentication, loggers.CreateLogger<JmapEndpoints>());
        Processor = new JmapProcessor(services, JmapMethods.All(), loggers.CreateLogger<JmapProcessor>());
        Requests = new UserGates(services.Limits.MaxConcurrentRequests);
        Uploads = new UserGates(services.Limits.MaxConcurrentUpload);
    }

    public JmapServices Services { get; }

    public JmapProcessor Processor { get; }

    /// <summary>Requests to the API that run, by user.</summary>
    public UserGates Requests { get; }

    /// <summary>Uploads that run, by user.</summary>
    public UserGates Uploads { get; }

    public void Map(IEndpointRouteBuilder routes)
    {
        JmapCors.Map(routes);
        SessionEndpoint.Map(routes, this);
        ApiEndpoint.Map(routes, this);
        UploadEndpoint.Map(routes, this);
        DownloadEndpoint.Map(routes, this);
        if (Services.Push is not { Hub: var hub }) return;
        var stopping = routes.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        EventSourceEndpoint.Map(routes, this, hub, eventSources, stopping);
        WebSocketEndpoint.Map(routes, this, hub, webSockets, stopping);
    }

    /// <summary>
    /// What every route of JMAP does around its own work: who asks is found out first, before the body is read; the work is told when the client
    /// leaves or is not let in any more; what goes wrong becomes problem details, or the connection ends when an answer was under way.
    /// </summary>
    public RequestDelegate Guard(JmapHandler handler) => context => RunAsync(context, handler);

    /// <summary>Lets the body of a request be larger than pages' are; before it is read.</summary>
    public static void AllowBody(HttpContext context, long octets)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = octets;
    }

    private async Task RunAsync(HttpContext context, JmapHandler handler)
    {
        JmapCors.Apply(context.Response);
        AllowBody(context, MaxStrangersBody);
        if (await authentication.AuthenticateAsync(context) is not { } user) return;
        // Its key is part of the session.
        if (Services.Push is { } push) await push.ReadyAsync(context.RequestAborted);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var watch = user.Watch(() => End(ending));
        try
        {
            await handler(context, user, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Who left hears nothing; who is not let in any more does not hear the rest.
            if (!context.RequestAborted.IsCancellationRequested)
                await FailAsync(context, () => JmapProblem.WriteAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized", "The login that this request came with has ended."));
        }
        catch (JmapRequestException e)
        {
            await FailAsync(context, () => JmapProblem.WriteAsync(context, e));
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(context, () => JmapProblem.WriteAsync(context, e.StatusCode, "Bad request"));
        }
        catch (Exception e)
        {
            if (context.RequestAborted.IsCancellationRequested) return;
            LogFailed(e, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "");
            await FailAsync(context, () => JmapProblem.WriteAsync(context, StatusCodes.Status500InternalServerError, "Internal server error", "The server failed; its log says why."));
        }
    }

    private static Task FailAsync(HttpContext context, Func<Task> answer)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        return answer();
    }

    private static void End(CancellationTokenSource ending)
    {
        try
        {
            _ = ending.CancelAsync(); // not on the thread that changes the account
        }
        catch (ObjectDisposedException)
        {
            // It is over.
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Route} failed", EventName = "JmapRequestFailed")]
    private partial void LogFailed(Exception error, string method, string route);
}
