using System.Net;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>The mail exchangers of a domain in the order in which they are tried, or why there are none.</summary>
/// <param name="Names">At most as many as an attempt looks at; empty with <paramref name="Failure"/>.</param>
/// <param name="IsAuthentic">The answer, be it that there is no MX record, was validated.</param>
/// <param name="NextHop">The domain, and the end of its CNAME chain when that is another name.</param>
internal sealed record MailExchangers(IReadOnlyList<string> Names, bool IsAuthentic, IReadOnlyList<string> NextHop, AttemptOutcome? Failure);

/// <summary>Finds mail exchangers (RFC 5321 §5.1, RFC 7505).</summary>
internal sealed class MxLookup(DnsResolver resolver, TransportOptions options)
{
    /// <summary>Records of one answer that are sorted; the rest of a list that long is there to keep us busy.</summary>
    private const int MaxRecords = 1_000;

    public async ValueTask<MailExchangers> FindAsync(string domain, CancellationToken cancel)
    {
        var answer = await resolver.QueryAsync(domain, DnsType.Mx, cancel);
        string[] nextHop = answer.CanonicalName.Length == 0 || answer.CanonicalName.Equals(domain, StringComparison.OrdinalIgnoreCase) ? [domain] : [domain, answer.CanonicalName];
        MailExchangers Failed(AttemptOutcome failure) => new([], answer.IsAuthentic, nextHop, failure);
        return answer.Status switch
        {
            DnsStatus.Success when Order(answer.Records) is { } names => names.Count > 0
                ? new MailExchangers(names, answer.IsAuthentic, nextHop, null)
                : Failed(Findings.Permanent("5.4.6", $"the mail exchangers of {domain} lead back to this server, which has no mailboxes of that domain")),
            DnsStatus.Success => Failed(Findings.Permanent("5.1.10", $"{domain} takes no mail (null MX)")), // RFC 7505 §4.1
            DnsStatus.NoData => IsOwn(domain)
                ? Failed(Findings.Permanent("5.4.6", $"{domain} is this server, which has no mailboxes of that domain"))
                : new MailExchangers([domain], answer.IsAuthentic, nextHop, null), // the implicit MX
            DnsStatus.NoSuchName => Failed(Findings.Permanent("5.1.2", $"the domain {domain} does not exist")),
            _ => Failed(Findings.Temporary("4.4.3", $"the mail exchangers of {domain} cannot be looked up now ({TransportRules.Words(answer.Status)})")),
        };
    }

    public bool IsOwn(string host) => options.OwnNames.Contains(host, StringComparer.OrdinalIgnoreCase);

    public bool IsOwn(IEnumerable<IPAddress> addresses) => addresses.Any(options.OwnAddresses.Contains);

    /// <summary>Null for the null MX. Our own name takes itself and all that is not better off the list (RFC 5321 §5.1).</summary>
    private List<string>? Order(IReadOnlyList<DnsRecordData> records)
    {
        var all = records.OfType<MxRecordData>().Take(MaxRecords).ToList();
        var hosts = all.Where(record => record.Exchange.Length > 0).ToArray();
        if (hosts.Length == 0 && all.Count > 0) return null;
        var limit = hosts.Where(record => IsOwn(record.Exchange)).Select(record => (int)record.Preference).DefaultIfEmpty(int.MaxValue).Min();
        Random.Shared.Shuffle(hosts); // equals share the load
        return [.. hosts.Where(record => record.Preference < limit).OrderBy(record => record.Preference).Select(record => record.Exchange).Distinct(StringComparer.OrdinalIgnoreCase).Take(options.MaxHosts)];
    }
}

/// <summary>Outcomes that no host had a word in.</summary>
internal static class Findings
{
    public static AttemptOutcome Permanent(string enhancedCode, string text) => Of(AttemptVerdict.PermanentFailure, SmtpStage.Resolve, enhancedCode, text);

    public static AttemptOutcome Temporary(string enhancedCode, string text) => Of(AttemptVerdict.TemporaryFailure, SmtpStage.Resolve, enhancedCode, text);

    public static AttemptOutcome Of(AttemptVerdict verdict, SmtpStage stage, string enhancedCode, string text) =>
        new() { Verdict = verdict, Stage = stage, EnhancedCode = enhancedCode, Text = text };
}
