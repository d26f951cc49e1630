using System.Net;
using System.Net.Sockets;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Transport;

/// <summary>Addresses of mail hosts, IPv6 and IPv4 in turns, with IPv6 behind while it has been seen not to work.</summary>
internal sealed class AddressLookup(DnsResolver resolver, TimeProvider time)
{
    /// <summary>How long IPv6 comes last after it failed; one success brings it back.</summary>
    private static readonly TimeSpan Penalty = TimeSpan.FromMinutes(10);

    private long failedAt = long.MinValue;

    public async ValueTask<HostLookup> FindAsync(string host, CancellationToken cancel)
    {
        if (Literal(host) is { } literal) return new HostLookup(host, DnsStatus.Success, [literal], false, host);
        var answers = await Task.WhenAll(resolver.QueryAsync(host, DnsType.Aaaa, cancel).AsTask(), resolver.QueryAsync(host, DnsType.A, cancel).AsTask());
        var (six, four) = (answers[0], answers[1]);
        DnsAnswer[] found = [.. answers.Where(answer => answer.Status == DnsStatus.Success && answer.Records.Count > 0)];
        // A family that could not be asked for is a reason to come back only when the other has nothing: lame AAAA answers are common.
        var status = found.Length > 0 ? DnsStatus.Success : six.IsTemporaryFailure ? six.Status : four.IsTemporaryFailure ? four.Status : four.Status == DnsStatus.NoSuchName ? four.Status : DnsStatus.NoData;
        var canonical = found.Length > 0 ? found[0].CanonicalName : host;
        return new HostLookup(host, status, Order(Addresses(six), Addresses(four)), found.Length > 0 && found.All(answer => answer.IsAuthentic), canonical);
    }

    /// <summary>"[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 §4.1.3) or a bare address of a route.</summary>
    public static IPAddress? Literal(string host)
    {
        var text = host.AsSpan();
        if (text.StartsWith('[') && text.EndsWith(']')) text = text[1..^1];
        if (text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)) text = text[5..];
        // "1" and "0x7f.1" are addresses to the parser and names to everybody else.
        return text.ContainsAny(':', '.') && (text.Contains(':') || text.Count('.') == 3) && IPAddress.TryParse(text, out var address) ? address : null;
    }

    /// <summary>Tells what came of a connection.</summary>
    public void Note(IPAddress address, bool connected)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return;
        Volatile.Write(ref failedAt, connected ? long.MinValue : time.GetTimestamp());
    }

    private List<IPAddress> Order(List<IPAddress> six, List<IPAddress> four)
    {
        var at = Volatile.Read(ref failedAt);
        if (at != long.MinValue && time.GetElapsedTime(at) < Penalty) return [.. four, .. six];
        var turns = new List<IPAddress>(six.Count + four.Count);
        for (var i = 0; i < Math.Max(six.Count, four.Count); i++)
        {
            if (i < six.Count) turns.Add(six[i]);
            if (i < four.Count) turns.Add(four[i]);
        }
        return turns;
    }

    private static List<IPAddress> Addresses(DnsAnswer answer) => [.. answer.Records.OfType<AddressRecordData>().Select(record => record.Address)];
}
