using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Reports;

/// <summary>Asks a host outside the domain whether it takes the domain's reports (RFC 7489 §7.1): nobody is flooded at another's word.</summary>
public static class ExternalDestination
{
    /// <summary>Where reports for this destination go: there, where its host wants them instead, or nowhere.</summary>
    public static async ValueTask<IReadOnlyList<DmarcDestination>> ResolveAsync(
        DnsResolver dns, PublicSuffixList? suffixes, string policyDomain, DmarcDestination destination, CancellationToken cancel)
    {
        if (DnsName.OfMail(destination.Mailbox.Domain) is not { } host) return [];
        if (await OrganizationalDomainAsync(dns, suffixes, host, cancel) == await OrganizationalDomainAsync(dns, suffixes, policyDomain, cancel)) return [destination];
        var name = $"{policyDomain}._report._dmarc.{host}";
        if (name.Length > DnsName.MaxLength) return [];
        var answer = await dns.QueryAsync(name, DnsType.Txt, cancel);
        var consents = answer.Records.OfType<TxtRecordData>().Select(record => DmarcRecordParser.ParseConsent(record.Text, "rua")).OfType<IReadOnlyList<DmarcDestination>>().ToList();
        if (consents.Count == 0) return [];
        var instead = consents.SelectMany(list => list).ToList();
        if (instead.Count == 0) return [destination];
        // Another host again: neither the one nor the other.
        return instead.All(other => host.Equals(DnsName.OfMail(other.Mailbox.Domain), StringComparison.Ordinal)) ? instead : [];
    }

    private static async ValueTask<string> OrganizationalDomainAsync(DnsResolver dns, PublicSuffixList? suffixes, string domain, CancellationToken cancel) =>
        suffixes?.OrganizationalDomain(domain) ?? (await DmarcTreeWalk.RunAsync(dns, domain, null, cancel)).OrganizationalDomain(null);
}
