using System.Buffers;
using Facteur.Mail;
using Facteur.Net;

namespace Facteur.Pop3.Wire;

/// <summary>
/// A message, or its top, as a multi-line answer (RFC 1939 §3). Reads straight into the connection's buffers and flushes chunk
/// by chunk, so a message of any size costs one chunk. What is stored goes out octet for octet, but for:
/// a CRLF where the last line has none (the answer must end in CRLF "." CRLF); the empty line where the header has none
/// after it (Outlook Express hangs); 0x80 for NUL (Outlook hangs; RFC 5322 knows no NUL). See CLIENTS 7.
/// </summary>
internal static class MessageSender
{
    /// <summary>Two thirds of what a transport buffers before it makes writers wait: larger gains nothing, smaller costs calls.</summary>
    private const int ChunkOctets = 40 * 1024;

    /// <summary>False when the client is gone.</summary>
    public static async ValueTask<bool> SendAsync(MailConnection connection, IMessageSource message, TopLimit limit, CancellationToken cancel)
    {
        var stuffer = new DotStuffer();
        var (last, beforeLast) = ((byte)'\n', (byte)'\r');
        for (var offset = 0L; offset < message.Length && !limit.Reached;)
        {
            var chunk = connection.Output.GetMemory((int)Math.Min(ChunkOctets, message.Length - offset));
            var read = await message.ReadAsync(offset, chunk, cancel);
            if (read == 0) throw new EndOfStreamException($"a message of {message.Length} octets ends after {offset}");
            offset += read;
            chunk = chunk[..limit.Take(chunk.Span[..read])];
            if (chunk.Length > 0)
                (beforeLast, last) = chunk.Length > 1 ? (chunk.Span[^2], chunk.Span[^1]) : (last, chunk.Span[0]);
            Send(connection, chunk, ref stuffer);
            if (connection.Output.UnflushedBytes >= ChunkOctets && !await connection.FlushAsync()) return false;
        }
        if (last != '\n' || beforeLast != '\r') connection.Output.Write("\r\n"u8);
        if (!limit.HeaderEnded) connection.Output.Write("\r\n"u8);
        connection.Output.Write(".\r\n"u8);
        return true;
    }

    /// <summary>Sends a message that is in memory; nothing is read and, but for full buffers, nothing is waited for.</summary>
    public static ValueTask<bool> SendAsync(MailConnection connection, ReadOnlyMemory<byte> message, TopLimit limit)
    {
        var octets = message.Span;
        var part = octets[..limit.Take(octets)];
        var output = connection.Output;
        var stuffer = new DotStuffer();
        if (part.Contains((byte)0)) WriteWithoutNuls(part, output, ref stuffer);
        else if (stuffer.TryPass(part)) output.Write(part);
        else stuffer.Write(part, output);
        if (!part.EndsWith("\r\n"u8) && !part.IsEmpty) output.Write("\r\n"u8);
        if (!limit.HeaderEnded) output.Write("\r\n"u8);
        output.Write(".\r\n"u8);
        return output.UnflushedBytes >= ChunkOctets ? connection.FlushAsync() : new(true);
    }

    private static void WriteWithoutNuls(ReadOnlySpan<byte> part, IBufferWriter<byte> output, ref DotStuffer stuffer)
    {
        var copy = ArrayPool<byte>.Shared.Rent(part.Length);
        var octets = copy.AsSpan(0, part.Length);
        part.Replace(octets, (byte)0, (byte)0x80);
        stuffer.Write(octets, output);
        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <param name="chunk">Octets that lie at the start of the memory the output gave last.</param>
    private static void Send(MailConnection connection, Memory<byte> chunk, ref DotStuffer stuffer)
    {
        chunk.Span.Replace((byte)0, (byte)0x80);
        if (stuffer.TryPass(chunk.Span))
        {
            connection.Output.Advance(chunk.Length);
            return;
        }
        var copy = ArrayPool<byte>.Shared.Rent(chunk.Length);
        chunk.CopyTo(copy);
        stuffer.Write(copy.AsSpan(0, chunk.Length), connection.Output);
        ArrayPool<byte>.Shared.Return(copy);
    }
}
