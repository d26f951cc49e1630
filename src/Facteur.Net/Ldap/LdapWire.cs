using System.Buffers.Binary;
using System.Formats.Asn1;

namespace Facteur.Net.Ldap;

/// <summary>Messages in and out of a stream.</summary>
internal sealed class LdapWire(Stream stream)
{
    /// <summary>A message is at most this long: an entry with the attributes that are asked for is a few KiB.</summary>
    private const int MaxMessageOctets = 4 * 1024 * 1024;

    private byte[] buffer = new byte[4096];
    private int start, end;

    public Stream Stream { get; private set; } = stream;

    /// <summary>Octets are there that were not asked for.</summary>
    public bool HasMore => end > start;

    /// <summary>TLS was put over it.</summary>
    public void Replace(Stream over) => Stream = over;

    public async ValueTask WriteAsync(byte[] message, CancellationToken cancel)
    {
        await Stream.WriteAsync(message, cancel);
        await Stream.FlushAsync(cancel);
    }

    /// <exception cref="IOException">The server closed.</exception>
    /// <exception cref="AsnContentException">It does not speak LDAP.</exception>
    public async ValueTask<LdapMessage> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (Length() is { } length)
            {
                await FillAsync(length, cancel);
                var message = LdapMessages.Read(buffer.AsSpan(start, length).ToArray()); // a copy: what is read from it keeps it
                start += length;
                return message;
            }
            await FillAsync(end - start + 1, cancel);
        }
    }

    /// <summary>Octets of the message at the start, with its header; null when the header is not there whole.</summary>
    private int? Length()
    {
        var octets = buffer.AsSpan(start, end - start);
        if (octets.Length < 2) return null;
        if (octets[0] != 0x30) throw new AsnContentException("that is no LDAP message");
        var content = (int)octets[1];
        if (content < 0x80) return 2 + content;
        var count = content & 0x7f;
        if (count is 0 or > 4) throw new AsnContentException("a length is not definite"); // RFC 4511 §5.1
        if (octets.Length < 2 + count) return null;
        Span<byte> number = stackalloc byte[4];
        octets.Slice(2, count).CopyTo(number[(4 - count)..]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(number);
        return length <= MaxMessageOctets ? 2 + count + (int)length : throw new AsnContentException("a message is too long");
    }

    private async ValueTask FillAsync(int wanted, CancellationToken cancel)
    {
        if (end - start >= wanted) return;
        if (start + wanted > buffer.Length)
        {
            var room = wanted > buffer.Length ? new byte[Math.Max(wanted, buffer.Length * 2)] : buffer;
            buffer.AsSpan(start, end - start).CopyTo(room);
            (buffer, start, end) = (room, 0, end - start);
        }
        while (end - start < wanted)
        {
            var count = await Stream.ReadAsync(buffer.AsMemory(end), cancel);
            if (count == 0) throw new IOException("the directory closed the connection");
            end += count;
        }
    }
}
