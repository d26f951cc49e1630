using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Facteur.Net;

namespace Facteur.Server.Configuration;

/// <summary>One place to listen: a listener's kind and an address. Two are equal when these are: rules change without the listener being opened anew.</summary>
internal sealed record ListenAddress(ListenerKind Kind, IPEndPoint EndPoint)
{
    public const string Allowed = "address:port, such as 0.0.0.0:143, [::1]:143, localhost:143 or *:143 for all addresses";

    public ListenRules Rules { get; init; } = ListenRules.Standard;

    public bool Equals(ListenAddress? other) => other is not null && Kind == other.Kind && EndPoint.Equals(other.EndPoint);

    public override int GetHashCode() => HashCode.Combine(Kind, EndPoint);

    /// <summary>Reads "address:port"; null when it is none. "*" is all addresses of both families.</summary>
    public static IPEndPoint? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var host = text[..colon];
        if (host == "*")
            return new IPEndPoint(MailListener.AllAddresses, port);
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return new IPEndPoint(IPAddress.Loopback, port);
        var bracketed = host is ['[', .., ']'];
        return IPAddress.TryParse(bracketed ? host[1..^1] : host, out var address) && bracketed == (address.AddressFamily == AddressFamily.InterNetworkV6)
            ? new IPEndPoint(address, port)
            : null;
    }

    public override string ToString() => $"{Kind.Name} on {EndPoint}";
}
