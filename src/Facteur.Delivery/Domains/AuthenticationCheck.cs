using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Domains;

/// <summary>Is mail of the domain believed: SPF, DKIM, DMARC.</summary>
internal static class AuthenticationCheck
{
    /// <summary>One record, readable, within its limits, that lets this host send and not everybody (RFC 7208 §3.2, §4.6.4).</summary>
    public static async ValueTask<DomainFinding> SpfAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Txt, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var records = Texts(answer).Where(text => text.Equals("v=spf1", StringComparison.OrdinalIgnoreCase) || text.StartsWith("v=spf1 ", StringComparison.OrdinalIgnoreCase)).ToList();
        if (records.Count == 0) return DomainFinding.Missing(record);
        var found = string.Join(", ", records.Select(DomainRecords.Quote));
        if (records.Count > 1) return DomainFinding.Bad(record, "FCT-2130", found, $"{records.Count}");
        if (records[0].EndsWith(" +all", StringComparison.OrdinalIgnoreCase) || records[0].EndsWith(" all", StringComparison.OrdinalIgnoreCase))
            return DomainFinding.Bad(record, "FCT-2133", found, record.Owner);
        foreach (var address in context.Setup.Addresses)
        {
            var result = await context.Spf.CheckAsync(address, context.Setup.HostName, ("postmaster", record.Owner), cancel);
            if (result.Verdict == SpfVerdict.TempError) return new DomainFinding(record, FindingState.Unknown, "FCT-2101", found, record.Owner, result.Problem ?? "");
            if (result.Verdict == SpfVerdict.PermError) return DomainFinding.Bad(record, "FCT-2131", found, result.Problem ?? "permerror");
            if (result.Verdict != SpfVerdict.Pass) return DomainFinding.Bad(record, "FCT-2132", found, address.ToString(), record.Owner, result.Verdict.ToString().ToLowerInvariant());
        }
        return DomainFinding.Good(record, found);
    }

    /// <summary>The key that DNS shows is the one that signs (RFC 6376 §3.6.1).</summary>
    public static async ValueTask<DomainFinding> DkimAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Txt, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var texts = Texts(answer).ToList();
        if (texts.Count == 0) return DomainFinding.Missing(record);
        var found = string.Join(", ", texts.Select(DomainRecords.Quote));
        var ours = context.Setup.DkimKeys.First(key => record.Owner.StartsWith(key.Selector + "._domainkey.", StringComparison.Ordinal));
        var expected = KeyRecord.Parse(ours.Record, out _)!;
        var keys = texts.Select(text => KeyRecord.Parse(text, out _)).OfType<KeyRecord>().ToList();
        if (keys.Count == 0) return DomainFinding.Bad(record, "FCT-2140", found, found);
        return keys.Exists(key => key.KeyType == expected.KeyType && key.PublicKey.AsSpan().SequenceEqual(expected.PublicKey))
            ? DomainFinding.Good(record, found)
            : DomainFinding.Bad(record, "FCT-2141", found);
    }

    /// <summary>One usable record that asks for something, and whose reports are wanted where they go (RFC 7489 §6.3, §7.1).</summary>
    public static async ValueTask<DomainFinding> DmarcAsync(DomainCheckContext context, DomainRecordLine record, CancellationToken cancel)
    {
        var answer = await context.Dns.QueryAsync(record.Owner, DnsType.Txt, cancel);
        if (answer.IsTemporaryFailure) return DomainFinding.NoAnswer(record, answer);
        var texts = Texts(answer).Where(text => text.StartsWith("v=DMARC1", StringComparison.OrdinalIgnoreCase)).ToList();
        if (texts.Count == 0) return DomainFinding.Missing(record);
        var found = string.Join(", ", texts.Select(DomainRecords.Quote));
        if (texts.Count > 1) return DomainFinding.Bad(record, "FCT-2153", found, $"{texts.Count}");
        if (DmarcRecordParser.Parse(texts[0], context.Setup.Domain) is not { IsUsable: true } policy) return DomainFinding.Bad(record, "FCT-2150", found, texts[0]);
        foreach (var destination in policy.AggregateReports)
            if (await ConsentAsync(context, destination.Mailbox.Domain, cancel) is { } missing) return DomainFinding.Warn(record, "FCT-2152", found, destination.Mailbox.ToString(), missing);
        return policy.Policy == DmarcPolicy.None ? DomainFinding.Warn(record, "FCT-2151", found) : DomainFinding.Good(record, found);
    }

    /// <summary>Null: reports may go there. Else the record that would have to say so.</summary>
    private static async ValueTask<string?> ConsentAsync(DomainCheckContext context, string target, CancellationToken cancel)
    {
        var domain = context.Setup.Domain;
        if (target.Equals(domain, StringComparison.OrdinalIgnoreCase) || target.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)) return null;
        var name = $"{domain}._report._dmarc.{target}";
        var answer = await context.Dns.QueryAsync(name, DnsType.Txt, cancel);
        return answer.IsTemporaryFailure || Texts(answer).Any(text => text.StartsWith("v=DMARC1", StringComparison.Ordinal)) ? null : name;
    }

    private static IEnumerable<string> Texts(DnsAnswer answer) => answer.Records.OfType<TxtRecordData>().Select(data => data.Text);
}
