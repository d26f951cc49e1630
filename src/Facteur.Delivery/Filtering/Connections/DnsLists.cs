using System.Collections.Concurrent;
using System.Net;
using Facteur.Net.Dns;
using Facteur.Net;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>Asks DNS lists, all at once (RFC 5782). A list that does not answer, or that lists what none may list, says nothing.</summary>
internal sealed partial class DnsLists(DnsResolver dns, TimeProvider time, ILogger log)
{
    /// <summary>How long a list that lists everything is not believed.</summary>
    private static readonly TimeSpan Distrust = TimeSpan.FromHours(1);

    // A message names few domains; more are not asked about.
    private const int MaxDomains = 10;

    private readonly ConcurrentDictionary<string, Health> health = new(StringComparer.OrdinalIgnoreCase);

    private sealed record Health(bool IsSane, DateTimeOffset Until);

    public Task<IReadOnlyList<DnsListing>> AddressAsync(IReadOnlyList<DnsListSettings> lists, IPAddress address, CancellationToken cancel)
    {
        address = address.Unmapped();
        var reverse = DnsResolver.ReverseName(address);
        // The labels without ".in-addr.arpa" or ".ip6.arpa": IPv6 by its 32 nibbles.
        var labels = reverse[..reverse.LastIndexOf('.', reverse.Length - ".arpa".Length - 1)];
        return AskAsync(lists.Where(list => list.Kind == DnsListKind.Address).Select(list => (list, labels, address.ToString())), cancel);
    }

    public Task<IReadOnlyList<DnsListing>> DomainsAsync(IReadOnlyList<DnsListSettings> lists, IEnumerable<string> domains, CancellationToken cancel)
    {
        var names = domains.Where(domain => domain.Contains('.', StringComparison.Ordinal)).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxDomains).ToList();
        return AskAsync(lists.Where(list => list.Kind == DnsListKind.Domain).SelectMany(list => names.Select(name => (list, name, name))), cancel);
    }

    private async Task<IReadOnlyList<DnsListing>> AskAsync(IEnumerable<(DnsListSettings List, string Labels, string What)> questions, CancellationToken cancel)
    {
        var answers = questions.Where(question => question.List.Zone.Length > 0).Select(question => AskAsync(question.List, question.Labels, question.What, cancel)).ToList();
        if (answers.Count == 0) return [];
        return [.. (await Task.WhenAll(answers)).OfType<DnsListing>()];
    }

    private async Task<DnsListing?> AskAsync(DnsListSettings list, string labels, string what, CancellationToken cancel)
    {
        var name = $"{labels}.{list.Zone}";
        if (name.Length > 253) return null;
        var answer = await dns.QueryAsync(name, DnsType.A, cancel);
        double? points = null;
        // Several codes are several reasons of one list; the one that says most counts.
        foreach (var record in answer.Records.OfType<AddressRecordData>())
            if (list.ScoreOf(record.Address) is { } found && (points is null || Math.Abs(found) > Math.Abs(points.Value))) points = found;
        return points is { } score && await IsSaneAsync(list, cancel) ? new DnsListing(list, what, score) : null;
    }

    /// <summary>127.0.0.1 and "invalid" must not be listed (RFC 5782): a zone that lists them was given up, and its new owner lists the world.</summary>
    private async ValueTask<bool> IsSaneAsync(DnsListSettings list, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (health.TryGetValue(list.Zone, out var known) && known.Until > now) return known.IsSane;
        var test = await dns.QueryAsync((list.Kind == DnsListKind.Address ? "1.0.0.127." : "invalid.") + list.Zone, DnsType.A, cancel);
        var sane = test.Status != DnsStatus.Success;
        if (!sane) LogInsane(list.Zone);
        if (test.IsDefinite) health[list.Zone] = new Health(sane, now + Distrust);
        return sane;
    }

    [LoggerMessage(LogLevel.Warning, "The DNS list {Zone} lists its test entry, hence everything; it is not believed for an hour", EventName = "filter.list.insane")]
    private partial void LogInsane(string zone);
}
