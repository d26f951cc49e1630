using System.Net;

namespace Facteur.Net.Dns;

/// <summary>
/// Answers questions to the domain name system. One object serves the whole process and is safe for any number of callers.
/// A failure is a value, never an exception: only cancellation throws.
/// </summary>
public abstract class DnsResolver
{
    /// <summary>Asks for the records of one name and type, following CNAMEs.</summary>
    /// <param name="name">Domain in A-labels, with or without the final dot; no search list is ever applied.</param>
    public abstract ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel);

    /// <summary>A records or AAAA records as addresses.</summary>
    public async ValueTask<(DnsStatus Status, bool IsAuthentic, IReadOnlyList<IPAddress> Addresses)> AddressesAsync(string host, DnsType type, CancellationToken cancel)
    {
        var answer = await QueryAsync(host, type, cancel);
        return (answer.Status, answer.IsAuthentic, [.. answer.Records.OfType<AddressRecordData>().Select(record => record.Address)]);
    }

    /// <summary>The name that an address looks up by: 4.3.2.1.in-addr.arpa, or nibbles under ip6.arpa (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    public static string ReverseName(IPAddress address)
    {
        address = address.Unmapped();
        var octets = address.GetAddressBytes();
        Array.Reverse(octets);
        return octets.Length == 4
            ? string.Join('.', octets) + ".in-addr.arpa"
            : string.Join('.', octets.SelectMany(octet => new[] { octet & 15, octet >> 4 }).Select(nibble => nibble.ToString("x", System.Globalization.CultureInfo.InvariantCulture))) + ".ip6.arpa";
    }
}

/// <summary>Record types that are asked for (values: IANA DNS parameters).</summary>
public enum DnsType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Tlsa = 52,
    Caa = 257,
}

/// <summary>What came of a question.</summary>
public enum DnsStatus : byte
{
    /// <summary>There are records.</summary>
    Success,
    /// <summary>The name exists and has none of this type (NODATA).</summary>
    NoData,
    /// <summary>The name does not exist (NXDOMAIN).</summary>
    NoSuchName,
    /// <summary>SERVFAIL, REFUSED, a reply that makes no sense, or a CNAME chain without end: try again later.</summary>
    ServerFailure,
    /// <summary>The resolver says that DNSSEC validation failed (RFC 8914 extended errors 6 to 12): temporary for mail, and named as such in reports.</summary>
    Bogus,
    /// <summary>No server answered in time.</summary>
    Timeout,
}

/// <summary>A reply, or why there is none.</summary>
/// <param name="Records">Of the asked type, at the end of the CNAME chain, in the order of the reply. Empty unless <see cref="DnsStatus.Success"/>.</param>
/// <param name="IsAuthentic">The reply was validated (AD bit, RFC 4035 §3.2.3) by a resolver that we trust to say so. Covers the whole chain and absence too.</param>
/// <param name="CanonicalName">Last name of the CNAME chain, lower case, no final dot; the asked name when there is no chain.</param>
/// <param name="Ttl">How long the reply may be kept.</param>
public sealed record DnsAnswer(DnsStatus Status, IReadOnlyList<DnsRecordData> Records, bool IsAuthentic, string CanonicalName, TimeSpan Ttl)
{
    /// <summary>The question was answered, be it by "there is none".</summary>
    public bool IsDefinite => Status is DnsStatus.Success or DnsStatus.NoData or DnsStatus.NoSuchName;

    /// <summary>No answer at all: whoever asked tries again later.</summary>
    public bool IsTemporaryFailure => !IsDefinite;
}

/// <summary>The data of one record. Names are lower case without the final dot; the root is "".</summary>
public abstract record DnsRecordData;

/// <summary>A and AAAA.</summary>
public sealed record AddressRecordData(IPAddress Address) : DnsRecordData;

/// <summary>CNAME, NS and PTR.</summary>
public sealed record NameRecordData(string Name) : DnsRecordData;

/// <summary>MX (RFC 5321 §5.1). Exchange "" is the null MX (RFC 7505).</summary>
public sealed record MxRecordData(ushort Preference, string Exchange) : DnsRecordData;

/// <summary>TXT: its strings joined without a blank (RFC 7208 §3.3), octet by octet as Latin-1, so that nothing is lost.</summary>
public sealed record TxtRecordData(string Text) : DnsRecordData;

/// <summary>SRV (RFC 2782). Target "" says that the service is not there.</summary>
public sealed record SrvRecordData(ushort Priority, ushort Weight, ushort Port, string Target) : DnsRecordData;

/// <summary>TLSA (RFC 6698 §2.1).</summary>
public sealed record TlsaRecordData(byte Usage, byte Selector, byte MatchingType, byte[] Data) : DnsRecordData;

/// <summary>CAA (RFC 8659 §4.1).</summary>
public sealed record CaaRecordData(byte Flags, string Tag, string Value) : DnsRecordData;

/// <summary>SOA, as far as anybody asks: the name server and the serial.</summary>
public sealed record SoaRecordData(string Primary, uint Serial, uint Minimum) : DnsRecordData;
