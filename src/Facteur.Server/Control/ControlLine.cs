using System.Text.Json;

namespace Facteur.Server.Control;

/// <summary>One JSON value per line, both ways.</summary>
internal static class ControlLine
{
    public static async ValueTask WriteAsync<T>(Stream stream, T value, CancellationToken cancel)
    {
        var octets = JsonSerializer.SerializeToUtf8Bytes(value, ControlJson.Options);
        await stream.WriteAsync(octets, cancel);
        await stream.WriteAsync("\n"u8.ToArray(), cancel);
        await stream.FlushAsync(cancel);
    }

    /// <summary>The next line; throws <see cref="IOException"/> when the other side closes before its end or sends too much.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length >= ControlSocket.MaxMessageOctets) throw new IOException("the message is too long");
                Array.Resize(ref buffer, buffer.Length * 2);
            }
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0) throw new IOException("the other side closed in the middle of a message");
            var end = buffer.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0) return buffer.AsMemory(0, length + end);
            length += read;
        }
    }
}
