using System.Globalization;
using System.Net;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Transport;

/// <summary>Addresses of a host, with what DANE needs to know of how they were found.</summary>
/// <param name="Status">Of the whole: Success when there is an address; else a failure, if either question failed.</param>
/// <param name="IsAuthentic">All answers with addresses were validated.</param>
/// <param name="CanonicalName">End of the CNAME chain.</param>
internal sealed record HostLookup(string Host, DnsStatus Status, IReadOnlyList<IPAddress> Addresses, bool IsAuthentic, string CanonicalName)
{
    public bool IsAlias => !CanonicalName.Equals(Host, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What TLSA says of a host.</summary>
/// <param name="BaseDomain">The name under which records were found (RFC 7672 §2.2.3); null: DANE does not apply.</param>
/// <param name="Records">All records there, usable or not.</param>
/// <param name="Failure">A question failed: the host is not to be used now (RFC 7672 §2.1.2).</param>
internal sealed record TlsaFinding(string? BaseDomain, IReadOnlyList<TlsaRecordData> Records, DnsStatus? Failure)
{
    public static readonly TlsaFinding NotApplicable = new(null, [], null);
}

/// <summary>Finds the TLSA records of a mail host whose name was found securely (RFC 7672 §2.2.2, §2.2.3).</summary>
internal static class TlsaLookup
{
    public static async ValueTask<TlsaFinding> FindAsync(DnsResolver resolver, HostLookup host, int port, CancellationToken cancel)
    {
        if (host.Status != DnsStatus.Success) return TlsaFinding.NotApplicable;
        var candidates = new List<string>(2);
        if (host.IsAuthentic)
        {
            candidates.Add(host.CanonicalName);
            if (host.IsAlias) candidates.Add(host.Host);
        }
        else if (host.IsAlias)
        {
            // The alias may be signed though what it points to is not: then the alias is where records can be.
            var alias = await resolver.QueryAsync(host.Host, DnsType.Cname, cancel);
            if (alias.IsTemporaryFailure) return new TlsaFinding(null, [], alias.Status);
            if (alias is { Status: DnsStatus.Success, IsAuthentic: true }) candidates.Add(host.Host);
        }
        foreach (var candidate in candidates)
        {
            var answer = await resolver.QueryAsync(string.Create(CultureInfo.InvariantCulture, $"_{port}._tcp.{candidate}"), DnsType.Tlsa, cancel);
            if (answer.IsTemporaryFailure) return new TlsaFinding(null, [], answer.Status);
            var records = answer.Records.OfType<TlsaRecordData>().ToList();
            if (answer.IsAuthentic && records.Count > 0) return new TlsaFinding(candidate, records, null);
        }
        return TlsaFinding.NotApplicable;
    }
}
