using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Facteur.Jmap.Push;
using Facteur.Net.Dialing;

namespace Facteur.Tests.Jmap;

/// <summary>A message that a push service got.</summary>
internal sealed record PushedMessage(Uri Uri, Dictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>A push service: keeps what it gets, and answers as it is told to.</summary>
internal sealed class PushRecorder
{
    private readonly Channel<PushedMessage> messages = Channel.CreateUnbounded<PushedMessage>();

    /// <summary>Status of answers; 0 for none at all.</summary>
    public int Status { get; set; } = 201;

    public string? RetryAfter { get; set; }

    public int Count { get; private set; }

    public async Task<HttpFetch> FetchAsync(HttpFetchRequest request, CancellationToken cancel)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancel);
        var headers = request.Headers.ToDictionary(one => one.Key, one => one.Value);
        foreach (var (name, values) in request.Content.Headers) headers[name] = string.Join(", ", values);
        Assert.Equal((HttpMethod.Post, DialPurpose.Web, false, 0), (request.Method, request.Purpose, request.AllowClearText, request.MaxRedirects));
        Count++;
        var status = Status;
        messages.Writer.TryWrite(new PushedMessage(request.Uri, headers, body));
        var fields = new Fields();
        if (RetryAfter is not null) fields.TryAddWithoutValidation("Retry-After", RetryAfter);
        return status == 0 ? new HttpFetch(HttpOutcome.Unreachable, "nobody is there", request.Uri, 0, null, null, []) : new HttpFetch(HttpOutcome.Answered, "answered", request.Uri, status, fields, null, []);
    }

    public async Task<PushedMessage> NextAsync() => await messages.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public bool IsEmpty => messages.Reader.Count == 0;

    private sealed class Fields : HttpHeaders;
}

/// <summary>A client that encrypts.</summary>
internal sealed class PushReceiver : IDisposable
{
    private readonly ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] auth = RandomNumberGenerator.GetBytes(16);

    public string Keys => $$"""{"p256dh": "{{Base64Url.EncodeToString(P256.Export(key.ExportParameters(false)))}}", "auth": "{{Base64Url.EncodeToString(auth)}}"}""";

    public JsonElement Read(PushedMessage message)
    {
        Assert.Equal("aes128gcm", message.Headers["Content-Encoding"]);
        return JsonDocument.Parse(PushEncryption.Decrypt(message.Body, key, auth)).RootElement;
    }

    public void Dispose() => key.Dispose();
}
