using System.Net;
using System.Text;

namespace Facteur.Net.Dns;

/// <summary>RDATA of the types that are asked for.</summary>
internal static class DnsRecordParser
{
    /// <param name="end">Where the RDATA ends, inside the message; whoever calls checks that the reader stopped there.</param>
    /// <returns>Null when the reader failed, or for a type that is never asked for.</returns>
    public static DnsRecordData? Read(ref DnsWireReader reader, DnsType type, int end)
    {
        var length = end - reader.Offset;
        DnsRecordData? data = type switch
        {
            DnsType.A => Address(ref reader, length, 4),
            DnsType.Aaaa => Address(ref reader, length, 16),
            DnsType.Cname or DnsType.Ns or DnsType.Ptr => new NameRecordData(reader.ReadName()),
            DnsType.Mx => new MxRecordData(reader.ReadUInt16(), reader.ReadName()),
            DnsType.Txt => Text(ref reader, end),
            DnsType.Srv => new SrvRecordData(reader.ReadUInt16(), reader.ReadUInt16(), reader.ReadUInt16(), reader.ReadName()),
            DnsType.Tlsa => new TlsaRecordData(reader.ReadByte(), reader.ReadByte(), reader.ReadByte(), reader.ReadBytes(length - 3).ToArray()),
            DnsType.Caa => Caa(ref reader, end),
            DnsType.Soa => Soa(ref reader),
            _ => null,
        };
        return reader.Failed ? null : data;
    }

    private static AddressRecordData? Address(ref DnsWireReader reader, int length, int expected)
    {
        if (length == expected) return new AddressRecordData(new IPAddress(reader.ReadBytes(length)));
        reader.Fail();
        return null;
    }

    private static TxtRecordData Text(ref DnsWireReader reader, int end)
    {
        var text = new StringBuilder();
        while (!reader.Failed && reader.Offset < end)
        {
            var octets = reader.ReadBytes(reader.ReadByte());
            if (reader.Offset > end) reader.Fail();
            text.Append(DnsWireReader.Latin1(octets));
        }
        return new TxtRecordData(text.ToString());
    }

    private static CaaRecordData Caa(ref DnsWireReader reader, int end)
    {
        var flags = reader.ReadByte();
        var tag = DnsWireReader.Latin1(reader.ReadBytes(reader.ReadByte()));
        return new CaaRecordData(flags, tag.ToLowerInvariant(), DnsWireReader.Latin1(reader.ReadBytes(end - reader.Offset)));
    }

    private static SoaRecordData Soa(ref DnsWireReader reader)
    {
        var primary = reader.ReadName();
        reader.ReadName(); // whom to write to
        var serial = reader.ReadUInt32();
        reader.Skip(12); // refresh, retry, expire: between name servers
        return new SoaRecordData(primary, serial, reader.ReadUInt32());
    }
}
