using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Facteur.Delivery.Transport;
using Facteur.Net.Dns;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Reports;

/// <summary>Counts what reports will say: in memory at once, in the store by <see cref="FlushAsync"/>, one space for each domain and day.
/// Whoever observes never waits; what a crash takes is the count of the last minute.</summary>
public sealed partial class ReportLedger(StateStore state, DnsResolver dns, TimeProvider time, ReportOptions options, ILogger<ReportLedger> logger) : ITlsObserver
{
    internal const string DmarcSpaces = "report.dmarc/";
    internal const string TlsSpaces = "report.tls/";

    // Different rows that wait for the next flush.
    private const int MaxPending = 20_000;

    // Longer than any report is tried.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(5);

    private readonly Lock gate = new();
    private Dictionary<(string Space, string Key), (byte[] Value, long Count)> pending = [];
    private readonly HashSet<string> spaces = [];
    private DateOnly today;
    private bool hasWarned;

    /// <summary>Counts one message.</summary>
    public void Observe(DmarcObservation observation)
    {
        if (!options.SendDmarc) return;
        var row = JsonSerializer.SerializeToUtf8Bytes(observation with { Count = 0 }, ReportJson.Default.DmarcObservation);
        Count(DmarcSpaces, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), observation.PolicyDomain, row, observation.Count);
    }

    public void Observe(TlsObservation observation)
    {
        if (!options.SendTls || Authentication.DnsName.OfMail(observation.PolicyDomain) is not { } domain) return;
        var row = JsonSerializer.SerializeToUtf8Bytes(StoredTlsObservation.Of(observation with { PolicyDomain = domain }), ReportJson.Default.StoredTlsObservation);
        Count(TlsSpaces, DateOnly.FromDateTime(observation.At.UtcDateTime), domain, row, 1);
    }

    /// <summary>Writes what was counted. Domains that want no report on TLS are left out here, where the question may take time.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        Dictionary<(string Space, string Key), (byte[] Value, long Count)> taken;
        lock (gate)
        {
            taken = pending;
            pending = [];
        }
        var left = taken.GroupBy(entry => entry.Key.Space, StringComparer.Ordinal).ToList();
        try
        {
            for (; left.Count > 0; left.RemoveAt(left.Count - 1)) await WriteAsync(left[^1].Key, left[^1], cancel);
        }
        finally
        {
            if (left.Count > 0) PutBack(left.SelectMany(space => space));
        }
    }

    internal static string Space(string spaces, DateOnly day, string domain) => string.Create(CultureInfo.InvariantCulture, $"{spaces}{day:yyyy-MM-dd}/{domain}");

    internal static string DomainOf(string space) => space[(space.LastIndexOf('/') + 1)..];

    internal static DateOnly? DayOf(string space) =>
        space.Split('/') is [_, var day, _] && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private async ValueTask WriteAsync(string space, IEnumerable<KeyValuePair<(string Space, string Key), (byte[] Value, long Count)>> rows, CancellationToken cancel)
    {
        if (space.StartsWith(TlsSpaces, StringComparison.Ordinal) && await TlsReportRecord.FindAsync(dns, DomainOf(space), cancel) is { Record: null, IsBroken: false }) return;
        var expires = time.GetUtcNow() + Kept;
        await state.AddAsync(space, [.. rows.Select(row => new StateChange(row.Key.Key, row.Value.Count, 0, row.Value.Value, expires))], cancel);
    }

    // What the store did not take counts again at the next flush.
    private void PutBack(IEnumerable<KeyValuePair<(string Space, string Key), (byte[] Value, long Count)>> rows)
    {
        lock (gate)
            foreach (var (key, row) in rows)
                pending[key] = pending.TryGetValue(key, out var newer) ? (row.Value, row.Count + newer.Count) : row;
    }

    private void Count(string kind, DateOnly day, string domain, byte[] row, long count)
    {
        var space = Space(kind, day, domain);
        var key = Convert.ToHexStringLower(SHA256.HashData(row)[..16]);
        var isFull = false;
        var now = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        lock (gate)
        {
            if (today != now)
            {
                today = now;
                spaces.Clear();
                hasWarned = false;
            }
            var known = pending.TryGetValue((space, key), out var entry);
            if (known || (pending.Count < MaxPending && (spaces.Contains(space) || spaces.Count < options.MaxDomains)))
            {
                pending[(space, key)] = (row, entry.Count + count);
                spaces.Add(space);
            }
            else
            {
                isFull = !hasWarned;
                hasWarned = true;
            }
        }
        if (isFull) LogFull();
    }

    [LoggerMessage(LogLevel.Warning, "More domains or rows to report on than are kept; the rest of today's are not counted")]
    private partial void LogFull();
}
