using System.Diagnostics.CodeAnalysis;
using System.Net;
using Facteur.Net;

namespace Facteur.Accounts.Policy;

/// <summary>Where clients may come from: anywhere, or networks (of which there may be none: nowhere).</summary>
public sealed class NetworkSet
{
    public static readonly NetworkSet Any = new(null);
    public static readonly NetworkSet None = new([]);

    private readonly IReadOnlyList<IPNetwork>? networks;

    private NetworkSet(IReadOnlyList<IPNetwork>? networks) => this.networks = networks;

    /// <summary>Every address is in it.</summary>
    [MemberNotNullWhen(false, nameof(networks))]
    public bool IsAny => networks is null;

    /// <summary>The networks; empty when <see cref="IsAny"/>.</summary>
    public IReadOnlyList<IPNetwork> Networks => networks ?? [];

    /// <summary>As a document has it: no text at all is any address. A text that is no network holds no address.</summary>
    public static NetworkSet Of(IReadOnlyList<string> texts) => texts.Count == 0 ? Any : OnlyOf(texts);

    /// <summary>These networks and no other address; a text that is no network is passed over.</summary>
    public static NetworkSet OnlyOf(IReadOnlyList<string> texts)
    {
        var read = new List<IPNetwork>(texts.Count);
        foreach (var text in texts)
            if (TryReadNetwork(text, out var network)) read.Add(network);
        return new NetworkSet(read);
    }

    /// <summary>"192.0.2.0/24", "2001:db8::/32", or a single address.</summary>
    public static bool TryReadNetwork(string text, out IPNetwork network)
    {
        text = text.Trim();
        if (IPAddress.TryParse(text, out var address))
            network = address.Network(32, 128);
        else if (!IPNetwork.TryParse(text, out network))
            return false;
        // Clients over a socket of both families are compared as IPv4.
        if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96)
            network = new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96);
        return true;
    }

    public bool Contains(IPAddress remote)
    {
        if (IsAny) return true;
        var address = remote.Unmapped();
        foreach (var network in networks)
            if (network.Contains(address)) return true;
        return false;
    }

    /// <summary>What is in both: of two networks that meet, one holds the other.</summary>
    public NetworkSet Intersect(NetworkSet other)
    {
        if (IsAny) return other;
        if (other.IsAny) return this;
        var both = new List<IPNetwork>();
        foreach (var mine in networks)
            foreach (var theirs in other.networks)
                if (Narrower(mine, theirs) is { } narrower && !both.Contains(narrower)) both.Add(narrower);
        return new NetworkSet(both);
    }

    /// <summary>"any", "none", or the networks.</summary>
    public override string ToString() => IsAny ? "any" : networks.Count == 0 ? "none" : string.Join(", ", networks);

    private static IPNetwork? Narrower(IPNetwork a, IPNetwork b)
    {
        if (a.PrefixLength >= b.PrefixLength) return b.Contains(a.BaseAddress) ? a : null;
        return a.Contains(b.BaseAddress) ? b : null;
    }
}
