using System.Net;
using Facteur.Net.Dns;
using Facteur.Smtp;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>What is known of a client before its first message.</summary>
internal sealed record ConnectionFindings(IReadOnlyList<DnsListing> Listings, HostFindings Host)
{
    public static readonly ConnectionFindings None = new([], new HostFindings(null, []));
}

/// <summary>
/// Looks up lists and names of a client, once for all of its transactions: the questions are asked at MAIL and their answers are there
/// when the message has been read. Remembered for some minutes, for the client's next connections.
/// </summary>
internal sealed class ConnectionChecks(DnsLists lists, HostNames names, TimeProvider time) : IDisposable
{
    /// <summary>After this, what did not answer says nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private const int MaxRemembered = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(IPAddress, IPAddress, string), (Task<ConnectionFindings> Findings, long At)> known = [];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>What is found; begun now unless it was begun before. Never fails, and ends within <see cref="Patience"/>.</summary>
    public Task<ConnectionFindings> Of(SmtpPeer peer, FilterSettings settings)
    {
        var key = (peer.Remote.Address, peer.Local.Address, peer.Hello);
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (known.TryGetValue(key, out var found) && time.GetElapsedTime(found.At, now) < Remembered) return found.Findings;
            if (known.Count >= MaxRemembered) Shed(now);
            var findings = FindAsync(peer, settings);
            known[key] = (findings, now);
            return findings;
        }
    }

    /// <summary>Settings changed: what was found may mean something else.</summary>
    public void Forget()
    {
        lock (gate) known.Clear();
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task<ConnectionFindings> FindAsync(SmtpPeer peer, FilterSettings settings)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping.Token);
        var listings = Within(lists.AddressAsync(settings.Lists, peer.Remote.Address, either.Token), []);
        var host = settings.HostNames ? Within(names.FindAsync(peer.Remote, peer.Local, peer.Hello, either.Token), ConnectionFindings.None.Host) : Task.FromResult(ConnectionFindings.None.Host);
        return new ConnectionFindings(await listings, await host);
    }

    private static async Task<T> Within<T>(Task<T> findings, T otherwise)
    {
        try
        {
            return await findings;
        }
        catch (OperationCanceledException)
        {
            return otherwise;
        }
    }

    private void Shed(long now)
    {
        foreach (var (key, value) in known)
            if (time.GetElapsedTime(value.At, now) >= Remembered) known.Remove(key);
        if (known.Count >= MaxRemembered) known.Clear();
    }
}
