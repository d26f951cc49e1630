using System.Buffers.Binary;
using System.Net;
using System.Text;
using Facteur.Net.Dns;

namespace Facteur.Tests.Net.Dns;

/// <summary>A query as the test's server read it.</summary>
internal sealed record DnsRequest(byte[] Message, bool IsTcp, IPEndPoint Source)
{
    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(Message);
    public bool WantsAuthenticData => (Message[3] & 0x20) != 0;
    public bool IsCheckingDisabled => (Message[3] & 0x10) != 0;
    public bool HasOpt => Message[11] == 1;
    public bool IsDnssecOk => HasOpt && (Message[^4] & 0x80) != 0;
    public DnsType Type => (DnsType)BinaryPrimitives.ReadUInt16BigEndian(Message.AsSpan(QuestionEnd - 4));

    /// <summary>As written, capitals and all.</summary>
    public string Name
    {
        get
        {
            var labels = new List<string>();
            for (var at = 12; Message[at] != 0; at += Message[at] + 1) labels.Add(Encoding.ASCII.GetString(Message, at + 1, Message[at]));
            return string.Join('.', labels);
        }
    }

    public byte[] Question => Message[12..QuestionEnd];

    private int QuestionEnd
    {
        get
        {
            var at = 12;
            while (Message[at] != 0) at += Message[at] + 1;
            return at + 5;
        }
    }
}

/// <summary>A reply, written by other code than the one under test.</summary>
internal sealed class DnsTestReply(ushort id, byte[] question)
{
    private readonly List<byte[]>[] sections = [[], [], []];

    public DnsTestReply(DnsRequest request)
        : this(request.Id, request.Question)
    {
    }

    public int Code { get; init; }
    public bool IsTruncated { get; init; }
    public bool IsAuthenticData { get; init; }

    public DnsTestReply Answer(string owner, DnsType type, uint ttl, byte[] data) => Add(0, owner, (ushort)type, 1, ttl, data);

    /// <summary>Owned by the name of the question, by compression.</summary>
    public DnsTestReply Answer(DnsType type, uint ttl, byte[] data) => Add(0, null, (ushort)type, 1, ttl, data);

    public DnsTestReply Soa(string zone, uint ttl, uint minimum) =>
        Add(1, zone, (ushort)DnsType.Soa, 1, ttl, [.. Rdata.Name("ns." + zone), .. Rdata.Name("hostmaster." + zone), .. Rdata.Numbers(7, 3600, 600, 86400, minimum)]);

    public DnsTestReply Opt(int extendedError = -1, string text = "") =>
        Add(2, "", 41, 1232, 0, extendedError < 0 ? [] : [0, 15, 0, (byte)(2 + text.Length), (byte)(extendedError >> 8), (byte)extendedError, .. Encoding.ASCII.GetBytes(text)]);

    public DnsTestReply Add(int section, string? owner, ushort type, ushort klass, uint ttl, byte[] data)
    {
        byte[] head = [.. owner is null ? [0xC0, 12] : Rdata.Name(owner), .. Rdata.Short(type), .. Rdata.Short(klass), .. Rdata.Numbers(ttl), .. Rdata.Short((ushort)data.Length)];
        sections[section].Add([.. head, .. data]);
        return this;
    }

    public byte[] Build()
    {
        var flags = 0x8180 | (IsTruncated ? 0x0200 : 0) | (IsAuthenticData ? 0x0020 : 0) | Code;
        byte[] head = [.. Rdata.Short(id), .. Rdata.Short((ushort)flags), .. Rdata.Short(1), .. sections.SelectMany(section => Rdata.Short((ushort)section.Count))];
        return [.. head, .. question, .. sections.SelectMany(section => section).SelectMany(record => record)];
    }
}

/// <summary>Data of records as octets.</summary>
internal static class Rdata
{
    public static byte[] A(string address) => IPAddress.Parse(address).GetAddressBytes();

    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0];

    public static byte[] Mx(ushort preference, string exchange) => [.. Short(preference), .. Name(exchange)];

    public static byte[] Txt(params string[] strings) => [.. strings.SelectMany(text => Encoding.Latin1.GetBytes(text).Prepend((byte)text.Length))];

    public static byte[] Short(ushort value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Numbers(params uint[] values) => [.. values.SelectMany(value => new[] { (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value })];
}
