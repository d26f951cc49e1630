using System.Text.Json;
using Facteur.Jmap.Http;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Facteur.Jmap.Blob;

/// <summary>The upload resource (RFC 8620 §6.1): octets stream into the store, and are a blob that only their uploader sees.</summary>
internal static class UploadEndpoint
{
    public const string UnknownType = "application/octet-stream";

    public static void Map(IEndpointRouteBuilder routes, JmapEndpoints endpoints) =>
        routes.MapPost(JmapUrls.Upload, endpoints.Guard((context, user, cancel) => AnswerAsync(endpoints, context, user, cancel)));

    private static async Task AnswerAsync(JmapEndpoints endpoints, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        var limits = endpoints.Services.Limits;
        if (await FindAccountAsync(endpoints, context, user, cancel) is not { } account) return;
        using var place = endpoints.Uploads.Enter(user.Person) ?? throw JmapRequestException.OverLimit(
            "maxConcurrentUpload", $"More than {limits.MaxConcurrentUpload} uploads of this user run.", StatusCodes.Status429TooManyRequests);
        if (context.Request.ContentLength > limits.MaxSizeUpload) throw TooLarge(limits);
        JmapEndpoints.AllowBody(context, limits.MaxSizeUpload + 1); // so that the answer is ours, with the name of the limit
        try
        {
            var owner = new UploadOwner(account.Id, user.Person);
            await using var intake = endpoints.Services.Store.Uploads.Begin(owner, context.Request.ContentLength);
            await ReceiveAsync(endpoints.Services, context, intake, cancel);
            await WriteAsync(context, await intake.CompleteAsync(TypeOf(context.Request.ContentType), cancel), cancel);
        }
        catch (StoreFullException)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status507InsufficientStorage, "Insufficient storage", "There is no room for the upload; try again later.");
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.OverQuota)
        {
            throw TooLarge(limits);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.NoSuchAccount)
        {
            await NotFoundAsync(context);
        }
    }

    /// <summary>Null when the answer was written: an account that is not there and one of others are told alike (RELIABILITY S-25).</summary>
    private static async ValueTask<JmapAccount?> FindAccountAsync(JmapEndpoints endpoints, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        var account = await new JmapRequest(endpoints.Services, user).FindAccountAsync((string)context.Request.RouteValues["accountId"]!, cancel);
        if (account is null) await NotFoundAsync(context);
        else if (account.IsReadOnly) await JmapProblem.WriteAsync(context, StatusCodes.Status403Forbidden, "Forbidden", "The account can only be read.");
        else return account;
        return null;
    }

    private static async ValueTask ReceiveAsync(JmapServices services, HttpContext context, UploadIntake intake, CancellationToken cancel)
    {
        using var patience = new UploadPatience(services.Time, cancel);
        var reader = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(patience.Next(intake.Length));
                if (intake.Length + result.Buffer.Length > services.Limits.MaxSizeUpload) throw TooLarge(services.Limits);
                foreach (var segment in result.Buffer) await intake.WriteAsync(segment, cancel);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
        catch (OperationCanceledException) when (patience.IsOver && !cancel.IsCancellationRequested)
        {
            throw new BadHttpRequestException("the upload took too long to arrive", StatusCodes.Status408RequestTimeout);
        }
    }

    private static async Task WriteAsync(HttpContext context, UploadRecord upload, CancellationToken cancel)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, JmapJson.Writing);
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(upload.Owner.Account));
        writer.WriteString("blobId"u8, JmapBlobId.Of(upload.Id).ToString());
        writer.WriteString("type"u8, upload.Type);
        writer.WriteNumber("size"u8, upload.Body.Size);
        writer.WriteEndObject();
        await writer.FlushAsync(cancel);
    }

    /// <summary>The media type as the client wrote it, without parameters; what is no media type is octets.</summary>
    public static string TypeOf(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Length is > 0 and <= UploadStore.MaxTypeLength ? type.MediaType.ToString() : UnknownType;

    private static JmapRequestException TooLarge(JmapLimits limits) =>
        JmapRequestException.OverLimit("maxSizeUpload", $"The upload is larger than {limits.MaxSizeUpload} octets.", StatusCodes.Status413PayloadTooLarge);

    private static Task NotFoundAsync(HttpContext context) => JmapProblem.WriteAsync(context, StatusCodes.Status404NotFound, "Not found", "There is no such account.");
}
