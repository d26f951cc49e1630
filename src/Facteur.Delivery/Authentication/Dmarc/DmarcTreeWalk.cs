using Facteur.Net.Dns;

namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>Records found on the way from a name up to the root (RFC 9989, "DNS Tree Walk").</summary>
/// <param name="Records">Those that are there, the lowest first.</param>
/// <param name="IsBroken">A question had no answer: there may be more.</param>
internal sealed record DmarcTreeWalk(string Start, IReadOnlyList<DmarcRecord> Records, bool IsBroken)
{
    private const string Prefix = "_dmarc.";

    // Labels of the name that follows a longer one: a walk asks eight questions at most.
    private const int MaxLabels = 7;

    /// <summary>The record that the owner of exactly this name published.</summary>
    public DmarcRecord? Own => Records is [var first, ..] && first.Domain == Start ? first : null;

    /// <summary>The record with psd=y above the start: a registry speaks for the names below it.</summary>
    public DmarcRecord? Registry => Records is [.., { Psd: DmarcPsd.Yes } last] && last.Domain != Start ? last : null;

    /// <param name="suffixes">With it, the walk ends at the organizational domain once it has found something: above are registries, which speak for names that have nothing.</param>
    public static async ValueTask<DmarcTreeWalk> RunAsync(DnsResolver dns, string start, PublicSuffixList? suffixes, CancellationToken cancel)
    {
        var end = suffixes?.OrganizationalDomain(start);
        var records = new List<DmarcRecord>();
        var broken = false;
        for (var name = start; name is not null; name = Next(name))
        {
            var (record, isBroken) = await RecordAsync(dns, name, cancel);
            broken |= isBroken;
            if (record is not null) records.Add(record);
            // One question that nobody answers takes long enough; the result is open by then.
            if (broken || records.Count > 0 && (records[^1].Psd != DmarcPsd.Unsaid || name == end)) break;
        }
        return new DmarcTreeWalk(start, records, broken);
    }

    /// <summary>The record of exactly this name, and whether the question had no answer.</summary>
    public static async ValueTask<(DmarcRecord? Record, bool IsBroken)> RecordAsync(DnsResolver dns, string name, CancellationToken cancel)
    {
        if (name.Length + Prefix.Length > DnsName.MaxLength) return (null, false);
        var answer = await dns.QueryAsync(Prefix + name, DnsType.Txt, cancel);
        return (TheOne(answer, name), answer.IsTemporaryFailure);
    }

    /// <summary>Where relaxed alignment compares: what psd tags say, else the public suffix list (RFC 7489 §3.2), else the highest record.</summary>
    public string OrganizationalDomain(PublicSuffixList? suffixes)
    {
        if (Records is [.., { Psd: DmarcPsd.No } last]) return last.Domain;
        if (Registry is { } registry) return Start[(Start.LastIndexOf('.', Start.Length - registry.Domain.Length - 2) + 1)..];
        return suffixes?.OrganizationalDomain(Start) ?? (Records.Count > 0 ? Records[^1].Domain : Start);
    }

    /// <summary>The record that speaks for the start: its own, its organizational domain's, its registry's, or with a list the highest below the
    /// organizational domain, or the lowest above.</summary>
    public DmarcRecord? Policy(string organizational) =>
        Own ?? Records.FirstOrDefault(record => record.Domain == organizational) ?? Registry
        ?? Records.LastOrDefault(record => DnsName.IsWithin(record.Domain, organizational)) ?? (Records is [var lowest, ..] ? lowest : null);

    // Several records at one name are none.
    private static DmarcRecord? TheOne(DnsAnswer answer, string domain)
    {
        DmarcRecord? found = null;
        foreach (var data in answer.Records)
        {
            if (data is not TxtRecordData text || DmarcRecordParser.Parse(text.Text, domain) is not { } record) continue;
            if (found is not null) return null;
            found = record;
        }
        return found;
    }

    private static string? Next(string name)
    {
        var dots = name.AsSpan().Count('.');
        if (dots == 0) return null;
        var skip = Math.Max(1, dots + 1 - MaxLabels);
        var at = 0;
        for (; skip > 0; skip--) at = name.IndexOf('.', at) + 1;
        return name[at..];
    }
}
