using System.Text.Json;
using Facteur.Delivery.Transport;

namespace Facteur.Delivery.Reports;

/// <summary>A TLS observation without its time, as the store counts it.</summary>
internal sealed record StoredTlsObservation(
    string Domain, TlsPolicyType PolicyType, IReadOnlyList<string> Lines, IReadOnlyList<string> MxHosts, TlsResultType Result, string? Host, string? Receiving, string? Sending, string? Reason)
{
    // A policy is small; what a host answers may not be.
    private const int MaxLines = 100;
    private const int MaxText = 500;

    public static StoredTlsObservation Of(TlsObservation seen) => new(
        seen.PolicyDomain, seen.PolicyType, Cut(seen.PolicyStrings), Cut(seen.MxPatterns), seen.Result,
        // Successes are only counted (RFC 8460 §4.2.1): where they went would make rows without end.
        seen.Result == TlsResultType.Success ? null : seen.ReceivingHost, seen.Result == TlsResultType.Success ? null : seen.ReceivingAddress?.ToString(),
        seen.Result == TlsResultType.Success ? null : seen.SendingAddress?.ToString(), seen.Result == TlsResultType.Success ? null : Cut(seen.FailureReason));

    private static List<string> Cut(IReadOnlyList<string> lines) => [.. lines.Take(MaxLines).Select(line => Cut(line)!)];

    private static string? Cut(string? text) => text?.Length > MaxText ? text[..MaxText] : text;
}

/// <summary>Makes and reads the JSON of reports on TLS (RFC 8460 §4.4).</summary>
public static class TlsReportDocument
{
    // JSON is held in memory whole, and many times its size once read.
    private const int MaxJson = 4 * 1024 * 1024;
    private const int MaxPolicies = 1000;
    private const int MaxFailures = 5000;

    /// <summary>The JSON in UTF-8.</summary>
    public static byte[] Write(TlsReport report) => JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.TlsReport);

    /// <summary>Reads an attachment or a request: JSON, plain or in gzip.</summary>
    /// <exception cref="ReportFormatException">It is no report, or out of bounds.</exception>
    public static TlsReport Read(ReadOnlyMemory<byte> attachment)
    {
        try
        {
            using var content = ReportContent.Open(attachment, ".json", MaxJson);
            var report = JsonSerializer.Deserialize(content, ReportJson.Default.TlsReport);
            if (report is not { Organization: not null, DateRange: not null, ReportId: { Length: > 0 }, Policies: not null }
                || report.Policies.Any(policy => policy is not { Policy: { Domain: not null, Type: not null }, Summary: not null }))
                throw new ReportFormatException("the report lacks what RFC 8460 asks for");
            if (report.Policies.Count > MaxPolicies || report.Policies.Sum(policy => policy.Failures?.Count ?? 0) > MaxFailures)
                throw new ReportFormatException("the report has too many entries");
            return report;
        }
        catch (JsonException e)
        {
            throw new ReportFormatException("the report is no good JSON", e);
        }
    }

    /// <summary>The report on one domain and day from what was counted.</summary>
    internal static TlsReport Compose(ReportOptions options, string domain, ReportPeriod period, IEnumerable<(StoredTlsObservation Seen, long Count)> rows)
    {
        var policies = new Dictionary<string, (TlsAppliedPolicy Policy, List<(StoredTlsObservation Seen, long Count)> Rows)>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var key = $"{row.Seen.PolicyType}\n{string.Join('\n', row.Seen.Lines)}\n\n{string.Join('\n', row.Seen.MxHosts)}";
            if (!policies.TryGetValue(key, out var policy)) policies[key] = policy = (Applied(domain, row.Seen), []);
            policy.Rows.Add(row);
        }
        return new TlsReport(
            options.Organization.Length > 0 ? options.Organization : options.Submitter, new TlsReportRange(period.Begin, period.End.AddSeconds(-1)), options.From,
            ReportMessage.ReportId(options.Submitter, domain, period.Begin), [.. policies.Values.Select(policy => Summed(policy.Policy, policy.Rows))]);
    }

    private static TlsAppliedPolicy Applied(string domain, StoredTlsObservation seen) => seen.PolicyType switch
    {
        TlsPolicyType.Sts => new TlsAppliedPolicy("sts", seen.Lines, domain, seen.MxHosts),
        TlsPolicyType.Tlsa => new TlsAppliedPolicy("tlsa", seen.Lines, domain, null),
        _ => new TlsAppliedPolicy("no-policy-found", null, domain, null),
    };

    private static TlsReportPolicy Summed(TlsAppliedPolicy policy, List<(StoredTlsObservation Seen, long Count)> rows)
    {
        var failures = rows.Where(row => row.Seen.Result != TlsResultType.Success)
            .Select(row => new TlsFailure(Word(row.Seen.Result), row.Seen.Sending, row.Seen.Host, null, row.Seen.Receiving, row.Count, null, row.Seen.Reason))
            .OrderByDescending(failure => failure.Sessions).Take(MaxFailures).ToList();
        var summary = new TlsReportSummary(
            rows.Where(row => row.Seen.Result == TlsResultType.Success).Sum(row => row.Count), rows.Where(row => row.Seen.Result != TlsResultType.Success).Sum(row => row.Count));
        return new TlsReportPolicy(policy, summary, failures.Count > 0 ? failures : null);
    }

    /// <summary>The word of RFC 8460 §4.3.</summary>
    public static string Word(TlsResultType result) => result switch
    {
        TlsResultType.StartTlsNotSupported => "starttls-not-supported",
        TlsResultType.CertificateHostMismatch => "certificate-host-mismatch",
        TlsResultType.CertificateExpired => "certificate-expired",
        TlsResultType.CertificateNotTrusted => "certificate-not-trusted",
        TlsResultType.TlsaInvalid => "tlsa-invalid",
        TlsResultType.DnssecInvalid => "dnssec-invalid",
        TlsResultType.DaneRequired => "dane-required",
        TlsResultType.StsPolicyFetchError => "sts-policy-fetch-error",
        TlsResultType.StsPolicyInvalid => "sts-policy-invalid",
        TlsResultType.StsWebPkiInvalid => "sts-webpki-invalid",
        _ => "validation-failure",
    };
}
