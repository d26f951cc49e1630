using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Facteur.Net.Dialing;

namespace Facteur.Jmap.Push;

/// <summary>What a push service made of a message.</summary>
internal enum PushOutcome : byte
{
    Taken,
    /// <summary>The subscription does not exist there any more (404, 410; RFC 8030 §7.3), or its address may not be asked at all.</summary>
    Gone,
    /// <summary>Less often (429).</summary>
    TooMany,
    /// <summary>Not now, or not this.</summary>
    Failed,
}

/// <summary>Posts messages to push services (RFC 8030 §5), through the guarded way out alone: the address is one that a user wrote.</summary>
internal sealed class PushSender(Func<HttpFetchRequest, CancellationToken, Task<HttpFetch>> fetch, TimeProvider time)
{
    private static readonly TimeSpan deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan longestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>Says who we are; null before its key is known.</summary>
    public Vapid? Vapid { get; set; }

    /// <param name="isUrgent">For a person who waits: a message came (RFC 8030 §5.3).</param>
    /// <param name="timeToLive">How long the service keeps it for a client that is away (§5.2).</param>
    /// <returns>What came of it, and when to try again if the service says so.</returns>
    public async Task<(PushOutcome Outcome, TimeSpan? RetryAfter)> PostAsync(
        PushSubscription to, Action<Utf8JsonWriter> write, bool isUrgent, TimeSpan timeToLive, CancellationToken cancel)
    {
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json, JmapJson.Writing)) write(writer);
        var octets = to.Keys is null ? json.WrittenSpan.ToArray() : PushEncryption.Encrypt(json.WrittenSpan, to.Keys);
        var content = new ByteArrayContent(octets);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (to.Keys is not null) content.Headers.ContentEncoding.Add("aes128gcm");
        var headers = new List<KeyValuePair<string, string>>
        {
            new("TTL", ((long)timeToLive.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            new("Urgency", isUrgent ? "high" : "normal"),
        };
        if (Vapid is { } vapid) headers.Add(new("Authorization", vapid.AuthorizationFor(to.Url)));
        var answer = await fetch(new HttpFetchRequest(to.Url) { Method = HttpMethod.Post, Content = content, Headers = headers, Deadline = deadline }, cancel);
        return (OutcomeOf(answer), RetryAfterOf(answer));
    }

    private static PushOutcome OutcomeOf(HttpFetch answer) => answer switch
    {
        { IsSuccess: true } => PushOutcome.Taken,
        { Outcome: HttpOutcome.Answered, Status: 404 or 410 } or { Outcome: HttpOutcome.Forbidden } => PushOutcome.Gone,
        { Outcome: HttpOutcome.Answered, Status: 429 } => PushOutcome.TooMany,
        // What it answered at such length is nothing to us; that it answered is.
        _ => PushOutcome.Failed,
    };

    private TimeSpan? RetryAfterOf(HttpFetch answer)
    {
        if (answer.Headers is null || !answer.Headers.TryGetValues("Retry-After", out var values) || !RetryConditionHeaderValue.TryParse(values.FirstOrDefault(), out var retry)) return null;
        var after = retry.Delta ?? retry.Date - time.GetUtcNow();
        return after is not { } wait || wait <= TimeSpan.Zero ? null : wait < longestRetryAfter ? wait : longestRetryAfter;
    }
}
