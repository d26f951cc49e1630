using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Facteur.Jmap.Http;

/// <summary>The API resource (RFC 8620 §3.1): a request in, a response out.</summary>
internal static class ApiEndpoint
{
    /// <summary>How long a request may take to arrive.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    public static void Map(IEndpointRouteBuilder routes, JmapEndpoints endpoints) =>
        routes.MapPost(JmapUrls.Api, endpoints.Guard((context, user, cancel) => AnswerAsync(endpoints, context, user, cancel)));

    private static async Task AnswerAsync(JmapEndpoints endpoints, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        if (!IsJson(context.Request)) throw JmapRequestException.NotJson("The request is not of the type application/json.");
        using var place = endpoints.Requests.Enter(user.Person) ?? throw JmapRequestException.OverLimit(
            "maxConcurrentRequests", $"More than {endpoints.Services.Limits.MaxConcurrentRequests} requests of this user run.", StatusCodes.Status429TooManyRequests);
        using var body = await ReadAsync(endpoints, context, cancel);
        context.Response.ContentType = "application/json";
        await endpoints.Processor.RunAsync(user, body.Memory, context.Response.BodyWriter, cancel);
    }

    private static async ValueTask<RequestBody> ReadAsync(JmapEndpoints endpoints, HttpContext context, CancellationToken cancel)
    {
        var max = endpoints.Services.Limits.MaxSizeRequest;
        JmapEndpoints.AllowBody(context, max + 1L); // so that the answer is ours, with the name of the limit
        using var late = new CancellationTokenSource(patience, endpoints.Services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            return await RequestBody.ReadAsync(context.Request.BodyReader, context.Request.ContentLength, max, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new BadHttpRequestException("the request took too long to arrive", StatusCodes.Status408RequestTimeout);
        }
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
