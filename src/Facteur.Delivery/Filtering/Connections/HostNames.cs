using System.Net;
using Facteur.Net.Dns;
using Facteur.Net;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>What the names of a client say.</summary>
/// <param name="Name">The name of its address that leads back to it (forward-confirmed), lower case; or null.</param>
internal sealed record HostFindings(string? Name, IReadOnlyList<FilterReason> Reasons);

/// <summary>
/// The name that the client gave and the names of its address. Only points: RFC 5321 §4.1.4 forbids to refuse mail because the name of
/// EHLO is not that of the address.
/// </summary>
internal sealed class HostNames(DnsResolver dns, string ourName)
{
    // A host with hundreds of names is not confirmed faster by asking for all of them.
    private const int MaxNames = 5;

    public async Task<HostFindings> FindAsync(IPEndPoint remote, IPEndPoint local, string hello, CancellationToken cancel)
    {
        var reasons = new List<FilterReason>();
        var address = remote.Address.Unmapped();
        var reverse = ReverseAsync(address, cancel);
        var ours = local.Address.Unmapped();
        var forward = HelloAsync(hello, address, ours, cancel);
        var (name, why) = await reverse;
        if (why is not null) reasons.Add(why);
        // A host that says its confirmed name needs no second look.
        if (await forward is { } fault && !(name is not null && name.Equals(hello.TrimEnd('.'), StringComparison.OrdinalIgnoreCase))) reasons.Add(fault);
        return new HostFindings(name, reasons);
    }

    private async Task<(string? Name, FilterReason? Why)> ReverseAsync(IPAddress address, CancellationToken cancel)
    {
        var answer = await dns.QueryAsync(DnsResolver.ReverseName(address), DnsType.Ptr, cancel);
        if (answer.IsTemporaryFailure) return (null, null);
        var names = answer.Records.OfType<NameRecordData>().Select(record => record.Name).Where(name => name.Length > 0).Take(MaxNames).ToList();
        if (names.Count == 0) return (null, new FilterReason("ptr.none", 1, $"the sending host {address} has no name", $"le serveur expéditeur {address} n'a pas de nom"));
        var unsure = false;
        foreach (var name in names)
        {
            var (status, _, addresses) = await dns.AddressesAsync(name, TypeOf(address), cancel);
            if (addresses.Contains(address)) return (name, null);
            unsure |= status is not (DnsStatus.Success or DnsStatus.NoData or DnsStatus.NoSuchName);
        }
        return (null, unsure ? null : new FilterReason("ptr.unconfirmed", 1, $"the name {names[0]} of the sending host does not lead back to it", $"le nom {names[0]} du serveur expéditeur ne mène pas à lui"));
    }

    private async Task<FilterReason?> HelloAsync(string hello, IPAddress remote, IPAddress local, CancellationToken cancel)
    {
        if (hello.StartsWith('[')) return Literal(hello, remote, local);
        var name = hello.TrimEnd('.');
        if (name.Equals(ourName, StringComparison.OrdinalIgnoreCase))
            return new FilterReason("helo.own", 4, "the sending host gives our name as its own", "le serveur expéditeur se présente sous notre nom");
        if (IPAddress.TryParse(name, out _))
            return new FilterReason("helo.address", 2, "the sending host gives an address where a name belongs", "le serveur expéditeur donne une adresse au lieu d'un nom");
        if (!name.Contains('.', StringComparison.Ordinal))
            return new FilterReason("helo.dotless", 1.5, $"the sending host calls itself {Shown(name)}", $"le serveur expéditeur se nomme {Shown(name)}");
        if (!IsHostName(name)) return new FilterReason("helo.invalid", 1.5, $"the sending host calls itself {Shown(name)}", $"le serveur expéditeur se nomme {Shown(name)}");
        var (status, _, _) = await dns.AddressesAsync(name, TypeOf(remote), cancel);
        if (status is not (DnsStatus.NoSuchName or DnsStatus.NoData)) return null;
        // The name of a cluster may have addresses of the other family, or mail exchangers alone.
        if ((await dns.QueryAsync(name, TypeOf(remote) == DnsType.A ? DnsType.Aaaa : DnsType.A, cancel)).Status is DnsStatus.Success or DnsStatus.ServerFailure or DnsStatus.Timeout or DnsStatus.Bogus) return null;
        return new FilterReason("helo.unknown", 1, $"the name {Shown(name)} that the sending host gives does not exist", $"le nom {Shown(name)} donné par le serveur expéditeur n'existe pas");
    }

    // RFC 5321 §4.1.3: an address literal is for a host without a name.
    private static FilterReason? Literal(string hello, IPAddress remote, IPAddress local)
    {
        var inside = hello.Trim('[', ']');
        if (inside.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)) inside = inside[5..];
        if (!IPAddress.TryParse(inside, out var claimed)) return new FilterReason("helo.invalid", 1.5, $"the sending host calls itself {Shown(hello)}", $"le serveur expéditeur se nomme {Shown(hello)}");
        if (claimed.Equals(local)) return new FilterReason("helo.own", 4, "the sending host gives our address as its own", "le serveur expéditeur se présente sous notre adresse");
        return claimed.Equals(remote)
            ? new FilterReason("helo.literal", 0.5, "the sending host gives its address for a name", "le serveur expéditeur donne son adresse pour nom")
            : new FilterReason("helo.literal", 2, "the sending host gives an address that is not its own", "le serveur expéditeur donne une adresse qui n'est pas la sienne");
    }

    private static DnsType TypeOf(IPAddress address) => address.GetAddressBytes().Length == 4 ? DnsType.A : DnsType.Aaaa;

    private static bool IsHostName(string name)
    {
        if (name.Length > 253) return false;
        foreach (var range in name.AsSpan().Split('.'))
        {
            var label = name.AsSpan(range);
            if (label.IsEmpty || label.Length > 63) return false;
            foreach (var c in label)
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        }
        return true;
    }

    private static string Shown(string name) => name.Length <= 100 ? name : name[..100];
}
