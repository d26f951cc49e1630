using System.Net;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Domains;

/// <summary>Does mail find its way here: MX, the addresses of the host, and their reverse names.</summary>
internal static class MailHostCheck
{
    /// <summary>MX (RFC 5321 §5.1, null MX: RFC 7505; no alias: RFC 5321 §5.1).</summary>
    public static async ValueTask<DomainFinding> MxAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Mx, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var exchanges = answer.Records.OfType<MxRecordData>().OrderBy(mx => mx.Preference).ToList();
        if (exchanges.Count == 0) return DomainFinding.Missing(record);
        var found = string.Join(", ", exchanges.Select(mx => $"{mx.Preference} {mx.Exchange}."));
        if (exchanges.Exists(mx => mx.Exchange.Length == 0)) return DomainFinding.Bad(record, "FCT-2110", found, record.Owner);
        foreach (var exchange in exchanges)
        {
            var alias = await context.Dns.QueryAsync(exchange.Exchange, DnsType.A, cancel);
            if (alias.IsDefinite && !alias.CanonicalName.Equals(exchange.Exchange, StringComparison.Ordinal))
                return DomainFinding.Warn(record, "FCT-2113", found, exchange.Exchange);
            if (alias.IsDefinite && alias.Records.Count == 0 && (await context.Dns.QueryAsync(exchange.Exchange, DnsType.Aaaa, cancel)) is { IsDefinite: true, Records.Count: 0 })
                return DomainFinding.Bad(record, "FCT-2112", found, exchange.Exchange);
        }
        return exchanges.Exists(mx => mx.Exchange.Equals(context.Setup.HostName, StringComparison.Ordinal))
            ? DomainFinding.Good(record, found)
            : DomainFinding.Bad(record, "FCT-2111", found, record.Owner, context.Setup.HostName, found);
    }

    /// <summary>A or AAAA of the host: public, and ours as far as we know our own.</summary>
    public static async ValueTask<DomainFinding> AddressAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, record.Type, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var addresses = answer.Records.OfType<AddressRecordData>().Select(data => data.Address).ToList();
        if (addresses.Count == 0) return DomainFinding.Missing(record);
        var found = string.Join(", ", addresses);
        if (addresses.Find(address => !context.IsPublic(address)) is { } closed) return DomainFinding.Bad(record, "FCT-2114", found, record.Owner, closed.ToString());
        return addresses.Contains(IPAddress.Parse(record.Value)) ? DomainFinding.Good(record, found) : DomainFinding.Bad(record, "FCT-2115", found, found, record.Value);
    }

    /// <summary>The reverse name is the host's, and leads back (forward-confirmed).</summary>
    public static async ValueTask<DomainFinding> ReverseAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var address = context.Setup.Addresses.First(candidate => DnsResolver.ReverseName(candidate).Equals(record.Owner, StringComparison.Ordinal));
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Ptr, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var names = answer.Records.OfType<NameRecordData>().Select(data => data.Name).ToList();
        if (names.Count == 0) return DomainFinding.Missing(record);
        var found = string.Join(", ", names.Select(name => name + "."));
        if (!names.Contains(context.Setup.HostName, StringComparer.Ordinal)) return DomainFinding.Bad(record, "FCT-2120", found, address.ToString(), found, context.Setup.HostName);
        var type = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;
        var (_, _, back) = await context.Dns.AddressesAsync(context.Setup.HostName, type, cancel);
        return back.Contains(address) ? DomainFinding.Good(record, found) : DomainFinding.Bad(record, "FCT-2121", found, context.Setup.HostName, address.ToString());
    }
}
