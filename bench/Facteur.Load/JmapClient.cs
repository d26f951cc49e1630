using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Facteur.Load;

/// <summary>As much of a JMAP client (RFC 8620) as a load needs: one kept connection of HTTP/1.1, Basic authentication, the own account.</summary>
internal sealed class JmapClient : IAsyncDisposable
{
    public const string Using = """["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail"]""";

    private readonly LoadOptions options;
    private readonly LineConnection connection;
    private readonly string authorization;

    private JmapClient(LoadOptions options, LineConnection connection)
    {
        (this.options, this.connection) = (options, connection);
        authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}"));
    }

    public string Account { get; private set; } = "";

    private string ApiPath { get; set; } = "";

    private string UploadPath { get; set; } = "";

    private string EventSourcePath { get; set; } = "";

    /// <summary>Connects and reads the session.</summary>
    public static async Task<JmapClient> OpenAsync(LoadOptions options)
    {
        var client = new JmapClient(options, await LineConnection.ConnectAsync(options));
        var path = "/.well-known/jmap";
        while (true)
        {
            var (status, body, location) = await client.SendAsync("GET", path, null, default);
            if (location is not null)
            {
                path = PathOf(location);
                continue;
            }
            if (status != 200) throw new InvalidOperationException($"the session: {status} {Encoding.UTF8.GetString(body)}");
            using var session = JsonDocument.Parse(body);
            client.Read(session.RootElement);
            return client;
        }
    }

    /// <summary>Runs calls; the responses are thrown away by the next request.</summary>
    /// <param name="methodCalls">JSON list of calls.</param>
    public async Task<JsonDocument> CallAsync(string methodCalls)
    {
        var (status, body, _) = await SendAsync("POST", ApiPath, "application/json", Encoding.UTF8.GetBytes("{\"using\":" + Using + ",\"methodCalls\":" + methodCalls + "}"));
        if (status != 200) throw new InvalidOperationException($"{status} {Encoding.UTF8.GetString(body)}");
        return JsonDocument.Parse(body);
    }

    /// <summary>Sends calls and reads the octets of the response, without a look into them.</summary>
    public async Task<int> CallAsync(ReadOnlyMemory<byte> request)
    {
        var (status, body, _) = await SendAsync("POST", ApiPath, "application/json", request);
        return status == 200 ? body.Length : throw new InvalidOperationException($"{status} {Encoding.UTF8.GetString(body)}");
    }

    /// <summary>Uploads octets; answers their blob id.</summary>
    public async Task<string> UploadAsync(ReadOnlyMemory<byte> octets)
    {
        var (status, body, _) = await SendAsync("POST", UploadPath.Replace("{accountId}", Account, StringComparison.Ordinal), "message/rfc822", octets);
        if (status is not (200 or 201)) throw new InvalidOperationException($"upload: {status} {Encoding.UTF8.GetString(body)}");
        using var answer = JsonDocument.Parse(body);
        return answer.RootElement.GetProperty("blobId").GetString()!;
    }

    public async Task<string> MailboxAsync(string role)
    {
        using var answer = await CallAsync($$"""[["Mailbox/query",{"accountId":"{{Account}}","filter":{"role":"{{role}}"} },"0"]]""");
        return answer.RootElement.GetProperty("methodResponses")[0][1].GetProperty("ids")[0].GetString()!;
    }

    /// <summary>Turns the connection into an event source (RFC 8620 §7.3); its lines come from <see cref="ReadEventAsync"/>.</summary>
    public async Task ListenAsync(string types)
    {
        var path = EventSourcePath.Replace("{types}", types, StringComparison.Ordinal).Replace("{closeafter}", "no", StringComparison.Ordinal).Replace("{ping}", "300", StringComparison.Ordinal);
        await connection.WriteAsync($"GET {path} HTTP/1.1\r\nHost: {options.Host}:{options.Port}\r\nAuthorization: {authorization}\r\nAccept: text/event-stream\r\n\r\n");
        var status = Encoding.ASCII.GetString((await connection.ReadLineAsync()).Span);
        if (!status.Contains(" 200 ", StringComparison.Ordinal)) throw new InvalidOperationException($"event source: {status}");
        while ((await connection.ReadLineAsync()).Length > 0) { }
    }

    /// <summary>Waits for the next "state" event.</summary>
    public async Task ReadEventAsync()
    {
        // Chunk sizes and empty lines lie between; what counts is the name of the event.
        while (true)
        {
            var line = await connection.ReadLineAsync();
            if (line.Span.StartsWith("event: state"u8) || line.Span.StartsWith("event:state"u8)) return;
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private void Read(JsonElement session)
    {
        Account = session.GetProperty("primaryAccounts").GetProperty("urn:ietf:params:jmap:mail").GetString()!;
        ApiPath = PathOf(session.GetProperty("apiUrl").GetString()!);
        UploadPath = PathOf(session.GetProperty("uploadUrl").GetString()!);
        EventSourcePath = session.TryGetProperty("eventSourceUrl", out var events) ? PathOf(events.GetString()!) : "";
    }

    private async Task<(int Status, byte[] Body, string? Location)> SendAsync(string method, string path, string? type, ReadOnlyMemory<byte> body)
    {
        var head = $"{method} {path} HTTP/1.1\r\nHost: {options.Host}:{options.Port}\r\nAuthorization: {authorization}\r\n"
            + (type is null ? "\r\n" : $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n");
        var request = new byte[Encoding.ASCII.GetByteCount(head) + body.Length];
        Encoding.ASCII.GetBytes(head, request);
        body.CopyTo(request.AsMemory(request.Length - body.Length));
        await connection.WriteAsync(request);
        return await ReadAnswerAsync();
    }

    private async Task<(int Status, byte[] Body, string? Location)> ReadAnswerAsync()
    {
        var line = Encoding.ASCII.GetString((await connection.ReadLineAsync()).Span);
        var status = int.Parse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var (length, chunked, location) = (0L, false, (string?)null);
        while ((line = Encoding.ASCII.GetString((await connection.ReadLineAsync()).Span)).Length > 0)
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = long.Parse(line.AsSpan(15), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            else if (line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase)) chunked = true;
            else if (line.StartsWith("Location:", StringComparison.OrdinalIgnoreCase) && status is >= 300 and < 400) location = line[9..].Trim();
        }
        using var body = new MemoryStream();
        if (!chunked) await connection.ReadAsync(length, body);
        else
            while (long.Parse((await connection.ReadLineAsync()).Span, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is var size)
            {
                await connection.ReadAsync(size, body);
                await connection.ReadLineAsync();
                if (size == 0) break;
            }
        return (status, body.ToArray(), location);
    }

    private static string PathOf(string uri)
    {
        var scheme = uri.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? uri : uri[uri.IndexOf('/', scheme + 3)..];
    }
}
