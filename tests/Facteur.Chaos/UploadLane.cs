using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Facteur.IntegrationTests.Support;

namespace Facteur.Chaos;

/// <summary>Uploads of JMAP beside other load: a blob whose id was told is there after every kill, whole (RFC 8620 §6.1).</summary>
internal sealed class UploadLane : IDisposable
{
    private readonly ConcurrentQueue<(string Blob, string Digest)> waiting = new();
    private readonly HttpClient http;
    private readonly FacteurServer server;
    private string? account;

    public UploadLane(FacteurServer server, string user, string password)
    {
        this.server = server;
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        http = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(1) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>Blobs that were told, in all.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Uploads until it is stopped, or the server is gone.</summary>
    public async Task LoadAsync(Action acknowledge, CancellationToken stop)
    {
        try
        {
            account ??= await AccountAsync(stop);
            while (!stop.IsCancellationRequested)
            {
                var octets = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 200_000));
                using var content = new ByteArrayContent(octets);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                using var answer = await http.PostAsync(At($"/jmap/upload/{account}/"), content, stop);
                Assert.True(answer.StatusCode == HttpStatusCode.Created, $"an upload was answered {answer.StatusCode}");
                using var told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(stop));
                waiting.Enqueue((told.RootElement.GetProperty("blobId").GetString()!, Convert.ToHexString(SHA256.HashData(octets))));
                Acknowledged++;
                acknowledge();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
        }
    }

    /// <summary>Reads back what was told since the last time.</summary>
    public async Task CheckAsync()
    {
        while (waiting.TryDequeue(out var one))
        {
            using var answer = await http.GetAsync(At($"/jmap/download/{account}/{one.Blob}/blob?type=application/octet-stream"));
            Assert.True(answer.IsSuccessStatusCode, $"blob {one.Blob} was told and is answered {answer.StatusCode}");
            Assert.Equal(one.Digest, Convert.ToHexString(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync())));
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<string> AccountAsync(CancellationToken stop)
    {
        using var session = JsonDocument.Parse(await http.GetStringAsync(At("/.well-known/jmap"), stop));
        return session.RootElement.GetProperty("primaryAccounts").GetProperty("urn:ietf:params:jmap:mail").GetString()!;
    }

    private Uri At(string path) => new($"https://localhost:{server.Port("https")}{path}");
}
