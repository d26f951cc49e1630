using System.Globalization;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Domains;

/// <summary>Do programs find their servers by themselves, and may certificates be issued: SRV, aliases of services, CAA.</summary>
internal static class ServiceCheck
{
    /// <summary>SRV (RFC 2782, RFC 6186): target and port as expected; priority and weight are the owner's business.</summary>
    public static async ValueTask<DomainFinding> ServiceAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Srv, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var services = answer.Records.OfType<SrvRecordData>().ToList();
        if (services.Count == 0) return record.Value.EndsWith(" .", StringComparison.Ordinal) ? DomainFinding.Good(record, "") : DomainFinding.Missing(record);
        var found = string.Join(", ", services.Select(service => string.Create(CultureInfo.InvariantCulture, $"{service.Priority} {service.Weight} {service.Port} {service.Target}.")));
        var expected = record.Value.Split(' ');
        var (port, target) = (int.Parse(expected[2], CultureInfo.InvariantCulture), expected[3].TrimEnd('.'));
        return services.Exists(service => service.Port == port && service.Target.Equals(target, StringComparison.Ordinal))
            ? DomainFinding.Good(record, found)
            : DomainFinding.Warn(record, "FCT-2180", found, found, record.Value);
    }

    /// <summary>An alias of the host, or a name with the host's addresses.</summary>
    public static async ValueTask<DomainFinding> HostAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.A, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        if (answer.Status == DnsStatus.NoSuchName) return DomainFinding.Missing(record);
        var host = record.Value.TrimEnd('.');
        if (answer.CanonicalName.Equals(host, StringComparison.Ordinal)) return DomainFinding.Good(record, record.Value);
        var addresses = answer.Records.OfType<AddressRecordData>().Select(data => data.Address).ToList();
        var found = addresses.Count > 0 ? string.Join(", ", addresses) : answer.CanonicalName + ".";
        var (_, _, ours) = await context.Dns.AddressesAsync(host, DnsType.A, cancel);
        return addresses.Count > 0 && addresses.TrueForAll(ours.Contains)
            ? DomainFinding.Good(record, found)
            : DomainFinding.Bad(record, "FCT-2181", found, record.Owner, found, host);
    }

    /// <summary>CAA (RFC 8659 §4.2): without records anyone may issue; with "issue" records one of them must be the authority's.</summary>
    public static async ValueTask<DomainFinding> AuthorityAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Caa, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var issuers = answer.Records.OfType<CaaRecordData>().Where(data => data.Tag.Equals("issue", StringComparison.OrdinalIgnoreCase)).Select(data => data.Value.Split(';')[0].Trim()).ToList();
        var found = string.Join(", ", answer.Records.OfType<CaaRecordData>().Select(data => $"{data.Flags} {data.Tag} \"{data.Value}\""));
        return issuers.Count == 0 || issuers.Contains("letsencrypt.org", StringComparer.OrdinalIgnoreCase)
            ? DomainFinding.Good(record, found)
            : DomainFinding.Warn(record, "FCT-2190", found, string.Join(", ", issuers));
    }
}
