using System.Net;

namespace Facteur.Net.Dialing;

/// <summary>Where connections of one purpose may lead.</summary>
/// <param name="Ports">Ports allowed; null allows any.</param>
/// <param name="Networks">Networks allowed beside public addresses.</param>
public sealed record DialRule(IReadOnlySet<int>? Ports, IReadOnlyList<IPNetwork> Networks)
{
    private static readonly IPNetwork[] none = [];

    private static readonly IPNetwork[] siteNetworks =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>The rule of a purpose when nobody changed it.</summary>
    public static DialRule Default(DialPurpose purpose) => purpose switch
    {
        DialPurpose.MailExchange => new(new HashSet<int> { 25 }, none),
        DialPurpose.SmartHost => new(new HashSet<int> { 25, 465, 587, 2525 }, none),
        DialPurpose.ExternalAccount => new(new HashSet<int> { 25, 110, 143, 465, 587, 993, 995, 2525, 4190 }, none),
        DialPurpose.Web => new(new HashSet<int> { 80, 443 }, none),
        DialPurpose.Service => new(null, siteNetworks),
        _ => throw new ArgumentOutOfRangeException(nameof(purpose)),
    };

    /// <summary>Adds networks in prefix notation ("127.0.0.0/8", "fd00::/8", "192.0.2.7").</summary>
    /// <exception cref="FormatException">Not a network; the text is in the message.</exception>
    public DialRule AllowNetworks(params IEnumerable<string> networks) => this with { Networks = [.. Networks, .. networks.Select(Parse)] };

    /// <summary>Adds ports; a rule that allows any stays so.</summary>
    public DialRule AllowPorts(params IEnumerable<int> ports) => Ports is null ? this : this with { Ports = Ports.Union(ports).ToHashSet() };

    /// <summary>Allows every port.</summary>
    public DialRule AllowAnyPort() => this with { Ports = null };

    internal bool Allows(int port) => port is > 0 and <= 65535 && (Ports is null || Ports.Contains(port));

    /// <summary>A public address, or one in the networks of the rule.</summary>
    internal bool Allows(IPAddress address)
    {
        address = address.Unmapped();
        if (PublicAddresses.Contains(address)) return true;
        if (!Networks.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))) return false;
        // Behind a translator that the operator allows, the address inside it counts as well.
        return PublicAddresses.Translated(address) is not { } inner || Allows(inner);
    }

    private static IPNetwork Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new FormatException($"'{text}' is not a network such as 10.0.0.0/8 or fd00::/8");
    }
}
