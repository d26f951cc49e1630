using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Facteur.Jmap.Push;

/// <summary>A message of a client over a WebSocket, whole: its frames put together (RFC 8887 §4.3).</summary>
internal sealed class SocketMessage : IDisposable
{
    private const int First = 4 * 1024;
    private byte[] octets = ArrayPool<byte>.Shared.Rent(First);
    private int length;

    public ReadOnlyMemory<byte> Octets => octets.AsMemory(0, length);

    public WebSocketMessageType Kind { get; private set; } = WebSocketMessageType.Text;

    /// <summary>It is longer than what is taken; its end was not read.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>"@type" and "id" of the message; null where they are no strings, or the message is no object.</summary>
    public (string? Type, string? Id) Head { get; private set; }

    /// <summary>Waits without a buffer for the next message, and reads it.</summary>
    public static async ValueTask<SocketMessage> ReceiveAsync(WebSocket socket, int max, CancellationToken cancel)
    {
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, cancel);
        var message = new SocketMessage { Kind = first.MessageType };
        if (first.MessageType == WebSocketMessageType.Close) return message;
        try
        {
            await message.ReadAsync(socket, max, cancel);
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (octets.Length > 0) ArrayPool<byte>.Shared.Return(octets);
        octets = [];
    }

    private async ValueTask ReadAsync(WebSocket socket, int max, CancellationToken cancel)
    {
        while (true)
        {
            if (length == octets.Length) Grow();
            var received = await socket.ReceiveAsync(octets.AsMemory(length), cancel);
            length += received.Count;
            Kind = received.MessageType;
            IsTooLong = length > max;
            if (received.MessageType == WebSocketMessageType.Close || IsTooLong) return;
            if (!received.EndOfMessage) continue;
            Head = ReadHead(Octets.Span);
            return;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * octets.Length);
        octets.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(octets);
        octets = larger;
    }

    private static (string?, string?) ReadHead(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = InternetJson.MaxDepth });
        string? type = null, id = null;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isType, isId) = (reader.ValueTextEquals("@type"u8), reader.ValueTextEquals("id"u8));
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String) type = reader.GetString();
                else if (isId && reader.TokenType == JsonTokenType.String) id = reader.GetString();
                else reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Who reads it as a request says what is wrong with it.
        }
        return (type, id);
    }
}
