using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Delivery.Reports;

/// <summary>Keeps what others report on our domains, for the pages of the administrator: one space a domain, the newest day last.</summary>
public sealed class ReceivedReportLog(StateStore state, TimeProvider time)
{
    private const string DmarcSpaces = "received.dmarc/";
    private const string TlsSpaces = "received.tls/";

    // Reports of one domain and list.
    private const int MaxListed = 1000;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>Keeps a report; one that came before is replaced.</summary>
    /// <param name="domain">Domain of ours that it is about.</param>
    public ValueTask AddAsync(string domain, AggregateReport report, CancellationToken cancel)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.AggregateReport);
        // Past what the store takes, the largest rows tell most.
        for (var rows = report.Rows.Count / 2; value.Length > StateStore.MaxValueOctets; rows /= 2)
            value = JsonSerializer.SerializeToUtf8Bytes(report with { Rows = [.. report.Rows.OrderByDescending(row => row.Count).Take(rows)], IsCut = true }, ReportJson.Default.AggregateReport);
        return PutAsync(DmarcSpaces + domain, Key(report.Begin, report.Organization, report.ReportId), report.Messages, report.Rows.Where(Passes).Sum(row => row.Count), value, cancel);
    }

    /// <inheritdoc cref="AddAsync(string, AggregateReport, CancellationToken)"/>
    public ValueTask AddAsync(string domain, TlsReport report, CancellationToken cancel)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.TlsReport);
        if (value.Length > StateStore.MaxValueOctets)
            value = JsonSerializer.SerializeToUtf8Bytes(report with { Policies = [.. report.Policies.Take(10).Select(policy => policy with { Failures = null })] }, ReportJson.Default.TlsReport);
        var failed = report.Policies.Sum(policy => Math.Max(0, policy.Summary.Failed));
        return PutAsync(TlsSpaces + domain, Key(report.DateRange.Start, report.Organization, report.ReportId), report.Policies.Sum(policy => Math.Max(0, policy.Summary.Successful)) + failed, failed, value, cancel);
    }

    /// <summary>Aggregate reports on a domain that begin on or after <paramref name="since"/>, oldest first; at most 1,000.</summary>
    public async ValueTask<IReadOnlyList<AggregateReport>> DmarcAsync(string domain, DateOnly since, CancellationToken cancel) =>
        [.. (await ListAsync(DmarcSpaces + domain, since, cancel)).Select(value => JsonSerializer.Deserialize(value, ReportJson.Default.AggregateReport)).OfType<AggregateReport>()];

    /// <summary>Reports on TLS likewise.</summary>
    public async ValueTask<IReadOnlyList<TlsReport>> TlsAsync(string domain, DateOnly since, CancellationToken cancel) =>
        [.. (await ListAsync(TlsSpaces + domain, since, cancel)).Select(value => JsonSerializer.Deserialize(value, ReportJson.Default.TlsReport)).OfType<TlsReport>()];

    private static bool Passes(DmarcObservation row) => row.DkimAligned || row.SpfAligned;

    private async ValueTask<IEnumerable<byte[]>> ListAsync(string space, DateOnly since, CancellationToken cancel) =>
        (await state.ListAsync(space, "", since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), MaxListed, cancel)).Select(entry => entry.Value).OfType<byte[]>();

    private ValueTask PutAsync(string space, string key, long first, long second, byte[] value, CancellationToken cancel) =>
        state.SetAsync(space, [new StateEntry(key, first, second, value, time.GetUtcNow() + Kept)], cancel);

    private static string Key(DateTimeOffset begin, string organization, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{begin.UtcDateTime:yyyy-MM-dd}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(organization + "\n" + id))[..16])}");
}
