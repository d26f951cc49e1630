using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Facteur.Net;
using Facteur.Smtp;

namespace Facteur.Delivery;

/// <summary>Writes the fields that delivery adds to a message.</summary>
internal static class TraceFields
{
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>Return-Path, to stand before all else (RFC 5321 §4.4).</summary>
    public static void WriteReturnPath(IBufferWriter<byte> output, Envelope envelope) =>
        Encoding.UTF8.GetBytes($"Return-Path: <{envelope.Sender}>\r\n", output);

    /// <summary>Received, to stand before the message (RFC 5321 §4.4).</summary>
    public static void WriteReceived(IBufferWriter<byte> output, SmtpPeer peer, Envelope envelope, string hostName, DateTimeOffset now)
    {
        var text = new StringBuilder(400);
        text.Append("Received: ");
        // Where a person sits who writes in a browser is nobody's business: the trace has it.
        if (!peer.IsHttp) text.Append("from ").Append(HelloName(peer.Hello)).Append(" (").Append(AddressLiteral(peer.Remote.Address)).Append(")\r\n\t");
        text.Append("by ").Append(hostName).Append(" with ").Append(Protocol(peer, envelope)).Append(" id ").Append(envelope.Id);
        // Several recipients are nobody's business but their own (RFC 5321 §7.2).
        if (envelope.Recipients.Count == 1) text.Append("\r\n\tfor <").Append(envelope.Recipients[0].Address).Append('>');
        if (peer.CipherSuite is { } suite) text.Append("\r\n\ttls ").Append(suite); // RFC 8314 §4.3
        text.Append(";\r\n\t");
        AppendDate(text, now);
        text.Append("\r\n");
        Write(output, text);
    }

    /// <summary>What a submitted message must have and lacks (RFC 6409 §8.2, §8.3): fields to stand at the end of its header.</summary>
    public static void WriteMissing(IBufferWriter<byte> output, bool hasDate, bool hasMessageId, Envelope envelope, string hostName, DateTimeOffset now)
    {
        var text = new StringBuilder(200);
        if (!hasDate)
        {
            text.Append("Date: ");
            AppendDate(text, now);
            text.Append("\r\n");
        }
        if (!hasMessageId)
            text.Append(CultureInfo.InvariantCulture, $"Message-ID: <{now.ToUnixTimeMilliseconds()}.{envelope.Id}@{hostName}>\r\n");
        Write(output, text);
    }

    // "with" types of RFC 3848, and of RFC 6531 §4.3 for transactions with SMTPUTF8.
    internal static string Protocol(SmtpPeer peer, Envelope envelope)
    {
        if (peer.IsHttp) return "HTTP";
        var secure = peer.TlsProtocol is null ? "" : "S";
        var authenticated = peer.Account is null ? "" : "A";
        var name = (peer.Mode == SmtpMode.Lmtp, envelope.SmtpUtf8) switch
        {
            (true, false) => "LMTP",
            (true, true) => "UTF8LMTP",
            (false, true) => "UTF8SMTP",
            _ => peer.IsExtended || secure.Length > 0 ? "ESMTP" : "SMTP",
        };
        return name + secure + authenticated;
    }

    private static string HelloName(string hello) =>
        hello.Length == 0 || (hello[0] != '[' && hello.AsSpan().ContainsAnyExcept(HostCharacters)) || (hello[0] == '[' && !hello.EndsWith(']'))
            ? "unknown"
            : hello;

    internal static string AddressLiteral(IPAddress address)
    {
        address = address.Unmapped();
        // A zone belongs to this machine and to no grammar.
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return $"[IPv6:{new IPAddress(address.GetAddressBytes())}]";
        return $"[{address}]";
    }

    // RFC 5322 §3.3, with the offset of this machine (RFC 5321 §4.4).
    private static void AppendDate(StringBuilder text, DateTimeOffset now)
    {
        text.Append(now.ToString("ddd, d MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture));
        var offset = (int)now.Offset.TotalMinutes;
        text.Append(offset < 0 ? '-' : '+');
        text.Append(((Math.Abs(offset) / 60 * 100) + (Math.Abs(offset) % 60)).ToString("0000", CultureInfo.InvariantCulture));
    }

    private static void Write(IBufferWriter<byte> output, StringBuilder text)
    {
        foreach (var chunk in text.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
    }
}
