using System.Net;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>How much one host of the Internet may ask for. A host is an IPv4 address or an IPv6 /64. Refusals are temporary.</summary>
public sealed record RateSettings
{
    /// <summary>Connections that begin a transaction. 120 a minute: the busiest senders reuse theirs.</summary>
    public RateLimit Connections { get; init; } = new(120, 240);

    /// <summary>Messages begun. 600 a minute: a mailing list host that catches up after an outage needs as many.</summary>
    public RateLimit Messages { get; init; } = new(600, 2_000);

    /// <summary>Recipients of ours. 3,000 a minute.</summary>
    public RateLimit Recipients { get; init; } = new(3_000, 10_000);

    /// <summary>Messages of one sender domain, from whatever host. 1,200 a minute; the largest providers share one domain.</summary>
    public RateLimit Domain { get; init; } = new(1_200, 4_000);

    /// <summary>Recipients that do not exist. 6 a minute, 30 at once: a list with old addresses has some, a dictionary thousands.</summary>
    public RateLimit UnknownRecipients { get; init; } = new(6, 30);
}

/// <summary>Counts what hosts do, in memory: after a restart everybody starts anew.</summary>
internal sealed class RateLimits(TimeProvider time)
{
    // Some 100 octets each: at most 10 MB for each kind.
    private const int MaxHosts = 100_000;
    private const int MaxDomains = 50_000;
    private const int MaxConnections = 20_000;

    private static readonly SmtpRefusal TooMuch = new(451, "4.7.1", "too much mail from your network; try again later");
    private static readonly SmtpRefusal DomainTooMuch = new(451, "4.7.1", "too much mail from your domain; try again later");
    private static readonly SmtpRefusal Guessing = new(451, "4.7.1", "too many unknown recipients from your network; try again later");

    private readonly TokenBuckets<IPNetwork> connections = new(time, MaxHosts);
    private readonly TokenBuckets<IPNetwork> messages = new(time, MaxHosts);
    private readonly TokenBuckets<IPNetwork> recipients = new(time, MaxHosts);
    private readonly TokenBuckets<IPNetwork> unknown = new(time, MaxHosts);
    private readonly TokenBuckets<string> domains = new(time, MaxDomains);
    private readonly RecentSet<string> seen = new(MaxConnections);

    /// <summary>A transaction begins.</summary>
    public SmtpRefusal? CheckMessage(SmtpPeer peer, string senderDomain, RateSettings settings)
    {
        var host = PeerNetwork.Host(peer.Remote.Address);
        if (seen.Add(peer.ConnectionId) && !connections.TryTake(host, settings.Connections))
        {
            seen.Remove(peer.ConnectionId); // it counts when it is let in
            return TooMuch;
        }
        if (!messages.TryTake(host, settings.Messages)) return TooMuch;
        return senderDomain.Length > 0 && !domains.TryTake(senderDomain, settings.Domain) ? DomainTooMuch : null;
    }

    /// <summary>A recipient is named; who guessed too often hears the same for those that exist.</summary>
    public SmtpRefusal? CheckRecipient(SmtpPeer peer, bool exists, RateSettings settings)
    {
        var host = PeerNetwork.Host(peer.Remote.Address);
        if (exists ? !unknown.Holds(host, settings.UnknownRecipients) : !unknown.TryTake(host, settings.UnknownRecipients)) return Guessing;
        return recipients.TryTake(host, settings.Recipients) ? null : TooMuch;
    }
}

/// <summary>Remembers the last so many values.</summary>
internal sealed class RecentSet<T>(int max) where T : notnull
{
    private readonly Lock gate = new();
    private readonly HashSet<T> values = [];
    private readonly Queue<T> order = new();

    /// <summary>False when it is there already.</summary>
    public bool Add(T value)
    {
        lock (gate)
        {
            if (!values.Add(value)) return false;
            order.Enqueue(value);
            if (order.Count > max) values.Remove(order.Dequeue());
            return true;
        }
    }

    public bool Contains(T value)
    {
        lock (gate) return values.Contains(value);
    }

    public void Remove(T value)
    {
        lock (gate) values.Remove(value); // its place in the order goes in its turn
    }
}
