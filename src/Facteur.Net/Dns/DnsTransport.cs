using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Facteur.Net.Dns;

/// <summary>How a query ended on the wire.</summary>
internal enum DnsExchange : byte
{
    /// <summary>There is a reply.</summary>
    Replied,
    /// <summary>Nothing that answers the query came in time.</summary>
    Silent,
    /// <summary>The server's host says that nobody listens, or there is no way to it.</summary>
    Unreachable,
    /// <summary>A reply that makes no sense.</summary>
    Garbled,
}

/// <summary>One query to one server and its reply.</summary>
internal static class DnsTransport
{
    // Room for servers that send more than was allowed; what is longer yet is asked for over TCP.
    private const int UdpOctets = 4096;

    /// <summary>Replies to other queries that are read past. More than stray ones are an attempt to guess the id: TCP ends it.</summary>
    private const int MaxForeign = 8;

    private static readonly DnsReply truncated = new() { ResponseCode = DnsReply.NoError, IsTruncated = true };

    /// <summary>
    /// Over UDP, from a socket of its own: the system gives each a random port, and a connected one takes only what comes from
    /// the server's address and port.
    /// </summary>
    public static async Task<(DnsExchange Exchange, DnsReply? Reply)> AskUdpAsync(NameServer server, DnsQuery query, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(UdpOctets);
        try
        {
            using var socket = new Socket(server.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(server.EndPoint, cancel);
            await socket.SendAsync(query.Message, cancel);
            for (var foreign = 0; foreign <= MaxForeign; foreign++)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(0, UdpOctets), SocketFlags.None, cancel);
                var kind = DnsReplyParser.Parse(query, buffer.AsSpan(0, length), out var reply);
                if (kind != DnsReplyKind.Foreign) return kind == DnsReplyKind.Reply ? (DnsExchange.Replied, reply) : (DnsExchange.Garbled, null);
            }
            return (DnsExchange.Replied, truncated);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            return (DnsExchange.Replied, truncated);
        }
        catch (SocketException)
        {
            return (DnsExchange.Unreachable, null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Over TCP: each message behind its length (RFC 1035 §4.2.2), 65,535 octets at most.</summary>
    public static async Task<(DnsExchange Exchange, DnsReply? Reply)> AskTcpAsync(NameServer server, DnsQuery query, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        try
        {
            using var socket = new Socket(server.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server.EndPoint, cancel);
            BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)query.Length);
            query.Message.CopyTo(buffer.AsMemory(2));
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(buffer.AsMemory(0, query.Length + 2), cancel);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), cancel);
            int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancel);
            // Nobody else can have written here: what is not the reply is nonsense.
            var kind = DnsReplyParser.Parse(query, buffer.AsSpan(0, length), out var reply);
            return kind == DnsReplyKind.Reply && !reply!.IsTruncated ? (DnsExchange.Replied, reply) : (DnsExchange.Garbled, null);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return (DnsExchange.Unreachable, null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
