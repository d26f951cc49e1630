using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Facteur.Delivery.Filtering.Checkers.Milters;

/// <summary>What a milter answers.</summary>
/// <param name="Code">A letter of <see cref="MilterCode"/>.</param>
internal readonly record struct MilterReply(char Code, byte[] Data)
{
    /// <summary>The strings of the data, each ended by a zero octet; a last one without end counts.</summary>
    public IReadOnlyList<string> Strings(int from = 0)
    {
        var strings = new List<string>();
        var rest = Data.AsSpan(Math.Min(from, Data.Length));
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)0);
            strings.Add(Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]));
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return strings;
    }
}

/// <summary>Letters of the protocol, as libmilter writes them.</summary>
internal static class MilterCode
{
    // to the milter
    public const char Negotiate = 'O', Macros = 'D', Connect = 'C', Hello = 'H', Mail = 'M', Recipient = 'R', Data = 'T', Header = 'L', EndOfHeader = 'N', Body = 'B', EndOfMessage = 'E', Quit = 'Q';

    // from it: verdicts
    public const char Continue = 'c', Accept = 'a', Reject = 'r', TemporaryFailure = 't', Discard = 'd', ReplyCode = 'y', Skip = 's', Progress = 'p', ConnectionFailure = 'f', Shutdown = '4';

    // from it, at the end of a message: changes
    public const char AddHeader = 'h', InsertHeader = 'i', ChangeHeader = 'm', Quarantine = 'q';
}

/// <summary>Packets of the milter protocol: a length of four octets, a letter, data.</summary>
internal sealed class MilterWire(Stream stream)
{
    /// <summary>Data of one packet: what version 6 allows without asking for more.</summary>
    public const int MaxData = 65_535;

    // A header field that a milter adds is far shorter.
    private const int MaxAnswer = 256 * 1024;

    private readonly byte[] head = new byte[5];

    public async ValueTask SendAsync(char code, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        var packet = ArrayPool<byte>.Shared.Rent(5 + data.Length);
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(packet, data.Length + 1);
            packet[4] = (byte)code;
            data.Span.CopyTo(packet.AsSpan(5));
            await stream.WriteAsync(packet.AsMemory(0, 5 + data.Length), cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packet);
        }
    }

    public async ValueTask<MilterReply> ReadAsync(CancellationToken cancel)
    {
        try
        {
            await stream.ReadExactlyAsync(head, cancel);
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (length is 0 or > MaxAnswer) throw new CheckerException($"the milter sent a packet of {length} octets");
            var data = new byte[length - 1];
            await stream.ReadExactlyAsync(data, cancel);
            return new MilterReply((char)head[4], data);
        }
        catch (EndOfStreamException)
        {
            throw new CheckerException("the milter closed the connection in the middle of the conversation");
        }
    }

    /// <summary>Strings, each ended by a zero octet; none can hold one.</summary>
    public static byte[] Strings(params ReadOnlySpan<string> strings)
    {
        var data = new ArrayBufferWriter<byte>(64);
        foreach (var text in strings)
        {
            Encoding.UTF8.GetBytes(text.Replace('\0', ' '), data);
            data.Write("\0"u8);
        }
        return data.WrittenSpan.ToArray();
    }
}
