using System.Globalization;
using Facteur.Delivery.Reports;
using Facteur.Delivery.Transport;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Domains;

/// <summary>Is the way to us protected: DANE, MTA-STS, reports of TLS failures.</summary>
internal static class TransportCheck
{
    /// <summary>With TLSA records, one must match a key in use (RFC 7672 §3.1), and the zone must be signed (§2.2).</summary>
    public static async ValueTask<DomainFinding> DaneAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Tlsa, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var records = answer.Records.OfType<TlsaRecordData>().ToList();
        if (records.Count == 0) return DomainFinding.Good(record, "");
        var found = string.Join(", ", records.Select(data => string.Create(CultureInfo.InvariantCulture, $"{data.Usage} {data.Selector} {data.MatchingType} {Convert.ToHexStringLower(data.Data)}")));
        if (!answer.IsAuthentic) return DomainFinding.Warn(record, "FCT-2171", found);
        var expected = Convert.FromHexString(record.Value.AsSpan(record.Value.LastIndexOf(' ') + 1));
        return records.Exists(data => data is { Usage: 3, Selector: 1, MatchingType: 1 } && data.Data.AsSpan().SequenceEqual(expected))
            ? DomainFinding.Good(record, found)
            : new DomainFinding(record, FindingState.Fault, "FCT-2170", found);
    }

    /// <summary>Where reports of TLS failures go (RFC 8460 §3).</summary>
    public static async ValueTask<DomainFinding> ReportsAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var (texts, failure) = await TextsAsync(context, record, "v=TLSRPTv1", cancel);
        if (failure is not null) return failure;
        var found = string.Join(", ", texts.Select(DomainRecords.Quote));
        if (texts.Count > 1) return DomainFinding.Bad(record, "FCT-2160", found, $"{texts.Count} records");
        return TlsReportRecord.Parse(texts[0]) is not null ? DomainFinding.Good(record, found) : DomainFinding.Bad(record, "FCT-2160", found, texts[0]);
    }

    /// <summary>The record announces the policy that is served, and the policy that the world sees lets mail come here (RFC 8461 §3, §4.1).</summary>
    public static async ValueTask<DomainFinding> PointerAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var (texts, failure) = await TextsAsync(context, record, "v=STSv1", cancel);
        if (failure is not null) return failure;
        var found = string.Join(", ", texts.Select(DomainRecords.Quote));
        if (MtaStsPolicyText.ReadRecord(texts) is not { } id) return DomainFinding.Bad(record, "FCT-2165", found, texts.Count > 1 ? $"{texts.Count} records" : texts[0]);
        if (context.Setup.MtaStsId is { } served && served != id) return DomainFinding.Bad(record, "FCT-2166", found, id, served);
        if (context.Fetch is not { } fetch) return DomainFinding.Good(record, found);
        var (text, problem) = await fetch(new Uri($"https://mta-sts.{context.Setup.Domain}/.well-known/mta-sts.txt"), cancel);
        if (text is null || MtaStsPolicyText.Read(text, out problem) is not { } policy) return DomainFinding.Bad(record, "FCT-2167", found, problem ?? "it is no policy");
        if (!MtaStsPolicyText.Matches(policy, context.Setup.HostName)) return new DomainFinding(record, FindingState.Fault, "FCT-2168", found, context.Setup.HostName);
        return policy.Mode == MtaStsMode.Enforce ? DomainFinding.Good(record, found) : DomainFinding.Warn(record, "FCT-2169", found, policy.Mode.ToString().ToLowerInvariant());
    }

    private static async ValueTask<(List<string> Texts, DomainFinding? Failure)> TextsAsync(DomainCheckContext context, DomainRecordLine record, string version, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Txt, cancel);
        if (answer.IsTemporaryFailure) return ([], DomainFinding.NoAnswer(record, answer));
        var texts = answer.Records.OfType<TxtRecordData>().Select(data => data.Text).Where(text => text.StartsWith(version, StringComparison.Ordinal)).ToList();
        return texts.Count == 0 ? ([], DomainFinding.Missing(record)) : (texts, null);
    }
}
