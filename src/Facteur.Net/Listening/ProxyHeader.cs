using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Facteur.Net;

/// <summary>What the first octets of a proxied connection are.</summary>
public enum ProxyStatus
{
    /// <summary>A whole header; the input was moved past it.</summary>
    Complete,
    /// <summary>More octets are needed.</summary>
    NeedMore,
    /// <summary>No header, or a broken one: the connection is to be dropped.</summary>
    Invalid,
}

/// <summary>
/// The header by which a proxy tells whose connection it carries: the PROXY protocol, versions 1 (text) and 2 (binary), of
/// HAProxy's proxy-protocol.txt. Source and destination are null when the proxy speaks for itself (UNKNOWN, LOCAL).
/// </summary>
public readonly record struct ProxyHeader(IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>Longest line of version 1, with its CRLF (its section 2.1).</summary>
    private const int MaxLineOctets = 107;

    /// <summary>Most octets behind the fixed part of version 2 that are accepted: addresses of unix sockets and a few TLVs.</summary>
    private const int MaxBinaryOctets = 2048;

    private const int BinaryFixedOctets = 16;

    private static ReadOnlySpan<byte> BinarySignature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ReadOnlySpan<byte> LineSignature => "PROXY "u8;

    /// <summary>Takes a header off the front of <paramref name="input"/>.</summary>
    /// <param name="input">Unread octets; moved past the header only on <see cref="ProxyStatus.Complete"/>.</param>
    public static ProxyStatus TryRead(ref ReadOnlySequence<byte> input, out ProxyHeader header)
    {
        header = default;
        Span<byte> start = stackalloc byte[BinaryFixedOctets];
        var have = (int)Math.Min(input.Length, start.Length);
        input.Slice(0, have).CopyTo(start);
        start = start[..have];
        if (StartsAlike(start, LineSignature))
            return start.Length < LineSignature.Length ? ProxyStatus.NeedMore : TryReadLine(ref input, out header);
        if (!StartsAlike(start, BinarySignature))
            return ProxyStatus.Invalid;
        return start.Length < BinaryFixedOctets ? ProxyStatus.NeedMore : TryReadBinary(start, ref input, out header);
    }

    private static bool StartsAlike(ReadOnlySpan<byte> start, ReadOnlySpan<byte> signature)
    {
        var common = Math.Min(start.Length, signature.Length);
        return start[..common].SequenceEqual(signature[..common]);
    }

    private static ProxyStatus TryReadLine(ref ReadOnlySequence<byte> input, out ProxyHeader header)
    {
        header = default;
        var head = input.Slice(0, Math.Min(input.Length, MaxLineOctets));
        var reader = new SequenceReader<byte>(head);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
            return head.Length == MaxLineOctets ? ProxyStatus.Invalid : ProxyStatus.NeedMore;
        var words = Encoding.ASCII.GetString(line).Split(' ');
        if (words[1] == "UNKNOWN")
        {
            input = input.Slice(reader.Position);
            return ProxyStatus.Complete;
        }
        var family = words[1] switch { "TCP4" => AddressFamily.InterNetwork, "TCP6" => AddressFamily.InterNetworkV6, _ => AddressFamily.Unspecified };
        if (words.Length != 6 || EndPoint(words[2], words[4], family) is not { } source || EndPoint(words[3], words[5], family) is not { } destination)
            return ProxyStatus.Invalid;
        header = new ProxyHeader(source, destination);
        input = input.Slice(reader.Position);
        return ProxyStatus.Complete;
    }

    private static IPEndPoint? EndPoint(string address, string port, AddressFamily family) =>
        IPAddress.TryParse(address, out var ip) && ip.AddressFamily == family
        && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new IPEndPoint(ip, number)
            : null;

    private static ProxyStatus TryReadBinary(ReadOnlySpan<byte> start, ref ReadOnlySequence<byte> input, out ProxyHeader header)
    {
        header = default;
        int version = start[12] >> 4, command = start[12] & 15;
        int length = BinaryPrimitives.ReadUInt16BigEndian(start[14..]);
        if (version != 2 || command > 1 || length > MaxBinaryOctets)
            return ProxyStatus.Invalid;
        if (input.Length < BinaryFixedOctets + length)
            return ProxyStatus.NeedMore;
        Span<byte> addresses = stackalloc byte[36];
        var given = Math.Min(length, addresses.Length);
        input.Slice(BinaryFixedOctets, given).CopyTo(addresses);
        if (command == 1 && !TryReadAddresses(start[13], addresses[..given], out header))
            return ProxyStatus.Invalid;
        input = input.Slice(BinaryFixedOctets + length);
        return ProxyStatus.Complete;
    }

    private static bool TryReadAddresses(byte family, ReadOnlySpan<byte> addresses, out ProxyHeader header)
    {
        header = default;
        var width = family switch { 0x11 => 4, 0x21 => 16, _ => 0 }; // TCP over IPv4, over IPv6; others are taken as LOCAL
        if (width == 0)
            return true;
        if (addresses.Length < 2 * width + 4)
            return false;
        var ports = addresses[(2 * width)..];
        header = new ProxyHeader(
            new IPEndPoint(new IPAddress(addresses[..width]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(new IPAddress(addresses[width..(2 * width)]), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
        return true;
    }
}
