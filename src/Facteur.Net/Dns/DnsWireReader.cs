using System.Buffers.Binary;
using System.Text;

namespace Facteur.Net.Dns;

/// <summary>
/// Reads a DNS message whose sender means no good. The first thing that does not fit sets <see cref="Failed"/>; from then on
/// every read gives zeros and empty texts, so that callers check once. Never throws, never reads outside the message.
/// </summary>
internal ref struct DnsWireReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> message = message;

    /// <summary>Where the next octet is read.</summary>
    public int Offset { get; private set; }

    public bool Failed { get; private set; }

    public byte ReadByte()
    {
        if (!Has(1)) return 0;
        return message[Offset++];
    }

    public ushort ReadUInt16()
    {
        if (!Has(2)) return 0;
        Offset += 2;
        return BinaryPrimitives.ReadUInt16BigEndian(message[(Offset - 2)..]);
    }

    public uint ReadUInt32()
    {
        if (!Has(4)) return 0;
        Offset += 4;
        return BinaryPrimitives.ReadUInt32BigEndian(message[(Offset - 4)..]);
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (!Has(count)) return default;
        Offset += count;
        return message.Slice(Offset - count, count);
    }

    public void Skip(int count) => ReadBytes(count);

    public void Fail() => Failed = true;

    /// <summary>Reads a name, following compression (RFC 1035 §4.1.4).</summary>
    public string ReadName()
    {
        // Escapes make four characters of an octet at most.
        Span<char> text = stackalloc char[DnsName.MaxWireOctets * 4];
        var length = 0;
        var wireOctets = 1;
        var at = Offset;
        var limit = Offset; // a pointer leads before the label it stands in, and so never in a circle
        var jumped = false;
        while (!Failed)
        {
            if (at >= message.Length) break;
            var octet = message[at];
            if (octet == 0)
            {
                if (!jumped) Offset = at + 1;
                return new string(text[..length]);
            }
            if (octet >= 0xC0)
            {
                if (at + 1 >= message.Length) break;
                var target = (octet & 0x3F) << 8 | message[at + 1];
                if (!jumped) Offset = at + 2;
                if (target >= limit) break;
                jumped = true;
                at = limit = target;
                continue;
            }
            wireOctets += octet + 1;
            if (octet > DnsName.MaxLabelOctets || at + 1 + octet > message.Length || wireOctets > DnsName.MaxWireOctets) break;
            if (length > 0) text[length++] = '.';
            length += Label(message.Slice(at + 1, octet), text[length..]);
            at += octet + 1;
        }
        Fail();
        return "";
    }

    private static int Label(ReadOnlySpan<byte> label, Span<char> text)
    {
        var length = 0;
        foreach (var octet in label)
        {
            if (octet is >= 0x20 and < 0x7F and not (byte)'.' and not (byte)'\\')
            {
                text[length++] = octet is >= (byte)'A' and <= (byte)'Z' ? (char)(octet | 0x20) : (char)octet;
                continue;
            }
            text[length++] = '\\';
            text[length++] = (char)('0' + octet / 100);
            text[length++] = (char)('0' + octet / 10 % 10);
            text[length++] = (char)('0' + octet % 10);
        }
        return length;
    }

    private bool Has(int count)
    {
        if (Failed || count < 0 || count > message.Length - Offset) Failed = true;
        return !Failed;
    }

    /// <summary>Octets as characters of the same number.</summary>
    public static string Latin1(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);
}
