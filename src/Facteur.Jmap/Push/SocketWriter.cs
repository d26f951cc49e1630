using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text.Json;

namespace Facteur.Jmap.Push;

/// <summary>Messages to a client over a WebSocket, one at a time. A long response is sent as it is made, in frames; a short one waits until it is whole, so that it holds up nothing else.</summary>
internal sealed class SocketWriter(WebSocket socket) : IDisposable
{
    private const int Whole = 256 * 1024;
    private static readonly PipeOptions options = new(pauseWriterThreshold: 2 * Whole, resumeWriterThreshold: Whole, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false);

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Sends what <paramref name="respond"/> writes, one JSON object, as a Response (RFC 8887 §4.3.3).</summary>
    public async ValueTask SendResponseAsync(Func<PipeWriter, ValueTask> respond, string? requestId, CancellationToken cancel)
    {
        var pipe = new Pipe(options);
        var sending = PumpAsync(pipe.Reader, requestId, cancel);
        Exception? fault = null;
        try
        {
            await respond(pipe.Writer);
        }
        catch (Exception e)
        {
            fault = e;
            throw;
        }
        finally
        {
            await pipe.Writer.CompleteAsync(fault);
            if (fault is null) await sending;
            else await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A request as a whole is refused (§4.3.4).</summary>
    public ValueTask SendErrorAsync(JmapRequestException error, string? requestId, CancellationToken cancel) => SendAsync(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("@type"u8, "RequestError"u8);
            writer.WriteString("requestId"u8, requestId);
            error.Write(writer);
            writer.WriteEndObject();
        },
        cancel);

    public async ValueTask SendAsync(Action<Utf8JsonWriter> write, CancellationToken cancel)
    {
        var message = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(message, JmapJson.Writing)) write(writer);
        await turn.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(message.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask CloseAsync(WebSocketCloseStatus status, string why, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, why, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task PumpAsync(PipeReader reader, string? requestId, CancellationToken cancel)
    {
        try
        {
            var read = await reader.ReadAtLeastAsync(Whole, cancel);
            if (read.Buffer.IsEmpty) return;
            await turn.WaitAsync(cancel);
            try
            {
                await socket.SendAsync(Head(requestId), WebSocketMessageType.Text, endOfMessage: false, cancel);
                // The object's brace was sent.
                var rest = read.Buffer.Slice(1);
                while (true)
                {
                    foreach (var piece in rest) await socket.SendAsync(piece, WebSocketMessageType.Text, endOfMessage: false, cancel);
                    reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted) break;
                    read = await reader.ReadAsync(cancel);
                    rest = read.Buffer;
                }
                await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, endOfMessage: true, cancel);
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static ReadOnlyMemory<byte> Head(string? requestId)
    {
        var head = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(head, JmapJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("@type"u8, "Response"u8);
            if (requestId is not null) writer.WriteString("requestId"u8, requestId);
            writer.WriteEndObject();
        }
        // More members follow.
        var octets = head.WrittenMemory.ToArray();
        octets[^1] = (byte)',';
        return octets;
    }
}
