using System.Text.Json;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Net.Dns;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Reports;

/// <summary>Sends the reports of the days that are over, and forgets what was reported. A run that breaks off is made good by the next.</summary>
public sealed partial class ReportRun(
    StateStore state, DnsResolver dns, Func<PublicSuffixList?> suffixes, TimeProvider time, ReportOptions options, IReportOutlet outlet, ILogger<ReportRun> logger)
{
    // Rows of one report; what a stranger makes us count must not make a report without end.
    private const int MaxRows = 10_000;
    private const int PageSize = 1000;

    // Destinations of one domain that are served (RFC 7489 §7.2.1: the receiver's limit).
    private const int MaxDestinations = 5;

    // RFC 8460 §5.5: tried for a day after the first attempt.
    private const int MaxDays = 2;

    /// <summary>Reports on all days before today, in UTC.</summary>
    /// <returns>Reports that were taken.</returns>
    public async ValueTask<int> RunAsync(CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var sent = 0;
        foreach (var kind in (string[])[ReportLedger.DmarcSpaces, ReportLedger.TlsSpaces])
            foreach (var space in await state.SpacesAsync(kind, cancel))
                if (ReportLedger.DayOf(space) is { } day && day < today)
                    sent += await OneAsync(space, day, today, cancel);
        return sent;
    }

    private async ValueTask<int> OneAsync(string space, DateOnly day, DateOnly today, CancellationToken cancel)
    {
        var domain = ReportLedger.DomainOf(space);
        int? sent = null;
        try
        {
            sent = space.StartsWith(ReportLedger.DmarcSpaces, StringComparison.Ordinal) ? await DmarcAsync(space, domain, day, cancel) : await TlsAsync(space, domain, day, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e, domain, day);
        }
        // Null: nobody could be reached; later runs try again until it is too late to be of use.
        if (sent is not null || day.DayNumber + MaxDays < today.DayNumber) await state.RemoveSpaceAsync(space, cancel);
        if (sent > 0) LogSent(domain, day, sent.Value);
        return sent ?? 0;
    }

    private async ValueTask<int?> DmarcAsync(string space, string domain, DateOnly day, CancellationToken cancel)
    {
        var (record, isBroken) = await DmarcTreeWalk.RecordAsync(dns, domain, cancel);
        if (isBroken) return null;
        if (record is not { AggregateReports.Count: > 0 }) return 0; // no longer wanted
        var rows = (await RowsAsync(space, ReportJson.Default.DmarcObservation, cancel)).Select(row => row.Value with { Count = row.Count }).ToList();
        if (rows.Count == 0) return 0;
        var period = ReportPeriod.Of(day);
        var report = new AggregateReport(
            options.Organization.Length > 0 ? options.Organization : options.Submitter, options.From, null, ReportMessage.ReportId(options.Submitter, domain, period.Begin),
            period.Begin, period.End.AddSeconds(-1), PublishedPolicy.Of(record), rows, rows.Sum(row => row.Count), false);
        var compressed = AggregateReportWriter.Compress(AggregateReportWriter.Write(report));
        var destinations = new List<DmarcDestination>();
        foreach (var named in record.AggregateReports)
            if (destinations.Count < MaxDestinations)
                destinations.AddRange(await ExternalDestination.ResolveAsync(dns, suffixes(), domain, named, cancel));
        var now = time.GetUtcNow();
        var messages = destinations.Take(MaxDestinations).Select(destination => ReportMessage.Dmarc(options, report, compressed, destination, now)).ToList();
        // Too large for all: they learn that it exists (RFC 7489 §7.2.2).
        if (messages.Count > 0 && messages.All(message => message is null))
            messages = [.. destinations.Take(MaxDestinations).Select(destination => ReportMessage.TooLarge(options, report, compressed.Length, destination, now))];
        return await AnyAsync(messages.OfType<OutgoingReport>().Select(message => (Func<ValueTask>)(() => outlet.SendAsync(message, cancel))), domain, day);
    }

    private async ValueTask<int?> TlsAsync(string space, string domain, DateOnly day, CancellationToken cancel)
    {
        var (record, isBroken) = await TlsReportRecord.FindAsync(dns, domain, cancel);
        if (isBroken) return null;
        if (record is null) return 0;
        var rows = await RowsAsync(space, ReportJson.Default.StoredTlsObservation, cancel);
        if (rows.Count == 0) return 0;
        var report = TlsReportDocument.Compose(options, domain, ReportPeriod.Of(day), rows);
        var compressed = AggregateReportWriter.Compress(TlsReportDocument.Write(report));
        var now = time.GetUtcNow();
        var ways = record.Mailboxes.Select(mailbox => (Func<ValueTask>)(() => outlet.SendAsync(ReportMessage.Tls(options, domain, report, compressed, mailbox, now), cancel)))
            .Concat(record.Endpoints.Select(endpoint => (Func<ValueTask>)(() => outlet.PostAsync(endpoint, "application/tlsrpt+gzip", compressed, cancel))));
        return await AnyAsync(ways, domain, day);
    }

    // Delivered when one destination took it; null when there were some and none did.
    private async ValueTask<int?> AnyAsync(IEnumerable<Func<ValueTask>> ways, string domain, DateOnly day)
    {
        var (taken, refused) = (0, 0);
        foreach (var way in ways)
        {
            try
            {
                await way();
                taken++;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                refused++;
                LogFailed(e, domain, day);
            }
        }
        return taken == 0 && refused > 0 ? null : taken;
    }

    private async ValueTask<List<(T Value, long Count)>> RowsAsync<T>(string space, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var rows = new List<(T, long)>();
        string? after = null;
        do
        {
            var page = await state.ListAsync(space, "", after, PageSize, cancel);
            foreach (var entry in page)
                if (entry.Value is { } value && JsonSerializer.Deserialize(value, type) is { } row) rows.Add((row, entry.First));
            after = page.Count == PageSize ? page[^1].Key : null;
        }
        while (after is not null && rows.Count < MaxRows);
        return rows;
    }

    [LoggerMessage(LogLevel.Information, "Report on {Domain} for {Day} sent to {Destinations} destinations")]
    private partial void LogSent(string domain, DateOnly day, int destinations);

    [LoggerMessage(LogLevel.Warning, "Report on {Domain} for {Day} could not be sent")]
    private partial void LogFailed(Exception e, string domain, DateOnly day);
}
