using System.Text.Json;
using Facteur.Delivery.Authentication;
using Facteur.Jmap;
using Facteur.Jmap.Http;
using Facteur.Net.Dialing;
using Facteur.Storage.Emails;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Facteur.Web.Reading;

/// <summary>
/// One-click unsubscription (RFC 8058 §3.2), when its reader says so: the address is read from the stored message and never taken from the page. No
/// cookie, no redirect, nothing that tells who asks beyond the address itself.
/// </summary>
internal sealed partial class Unsubscribing(WebServices web)
{
    public const string Path = "/mail/unsubscribe";

    private const int MaxHeaderOctets = 512 * 1024, MaxBody = 4 * 1024, MaxAnswer = 64 * 1024;
    private static readonly TimeSpan deadline = TimeSpan.FromSeconds(20);

    private readonly ILogger logger = web.Loggers.CreateLogger<Unsubscribing>();

    /// <summary>POST: {"accountId", "emailId"} to {"result": "done" | "refused" | "failed" | "notOffered"}.</summary>
    public async Task AnswerAsync(HttpContext context, JmapUser user, CancellationToken cancel)
    {
        var (accountId, emailId) = await ReadAsync(context, cancel);
        if (accountId is null || !JmapIds.TryRead(emailId, out Storage.EmailId email))
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "Bad request", "accountId and emailId have to be given.");
            return;
        }
        if (await new JmapRequest(web.Jmap.Services, user).FindAccountAsync(accountId, cancel) is not { } account
            || !(await web.Store.Emails.LookAsync(account.Id, cancel)).TryFind(email, out var row))
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status404NotFound, "Not found", "There is no such email.");
            return;
        }
        var result = OneClickUnsubscribe.Find(await ReadHeaderAsync(row, cancel), web.Options.HostName) is { } address ? await PostAsync(address, cancel) : "notOffered";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($"{{\"result\":\"{result}\"}}", cancel);
    }

    private async ValueTask<string> PostAsync(Uri address, CancellationToken cancel)
    {
        var fetch = await web.Fetch(new HttpFetchRequest(address)
        {
            Method = HttpMethod.Post, Content = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]), MaxOctets = MaxAnswer, Deadline = deadline,
        }, cancel);
        // A sender that answers at length has still been told.
        var result = fetch.Outcome switch
        {
            HttpOutcome.TooLarge => "done",
            HttpOutcome.Answered when fetch.Status is >= 200 and < 300 => "done",
            HttpOutcome.Answered when fetch.Status is >= 300 and < 500 => "refused",
            _ => "failed",
        };
        LogAsked(address.Host, result);
        return result;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadHeaderAsync(EmailRow row, CancellationToken cancel)
    {
        await using var body = await web.Store.OpenBodyAsync(row.Body, cancel);
        if (body is null) return default;
        var octets = new byte[(int)Math.Min(body.Length, MaxHeaderOctets)];
        var filled = 0;
        for (int read; filled < octets.Length && (read = await body.ReadAsync(filled, octets.AsMemory(filled, Math.Min(16 * 1024, octets.Length - filled)), cancel)) > 0;)
        {
            // The empty line may lie across two reads.
            var from = Math.Max(0, filled - 3);
            filled += read;
            if (octets.AsSpan(from, filled - from).IndexOf("\r\n\r\n"u8) is >= 0 and var end) return octets.AsMemory(0, from + end + 2);
        }
        return octets.AsMemory(0, filled);
    }

    private static async ValueTask<(string? Account, string? Email)> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null or > MaxBody) return default;
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: cancel);
            return (Text(json.RootElement, "accountId"), Text(json.RootElement, "emailId"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [LoggerMessage(LogLevel.Information, "Unsubscription at {Host}: {Result}", EventName = "Unsubscribed")]
    private partial void LogAsked(string host, string result);
}
