using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Delivery.Transport;

/// <summary>How hosts of other domains are found and reached.</summary>
public sealed class TransportOptions
{
    /// <summary>Port of mail exchangers. 25 on the Internet; another one for tests behind a redirection.</summary>
    [Range(1, 65_535)]
    public int Port { get; init; } = 25;

    /// <summary>Names that MX records may have for this server: our host name and its aliases. They end the list of hosts, so that mail does not run in circles (RFC 5321 §5.1).</summary>
    public IReadOnlyCollection<string> OwnNames { get; init; } = [];

    /// <summary>Public addresses of this server, for the same end.</summary>
    public IReadOnlyCollection<IPAddress> OwnAddresses { get; init; } = [];

    /// <summary>Hosts of one destination that are looked at in one attempt. The next attempt shuffles equals anew, so that all come to their turn.</summary>
    [Range(2, 100)]
    public int MaxHosts { get; init; } = 10;

    /// <summary>Addresses of one destination that are connected to in one attempt (RFC 5321 §5.1: at least two).</summary>
    [Range(2, 100)]
    public int MaxAddresses { get; init; } = 12;

    /// <summary>Authorities trusted beside the system's, for MTA-STS, smarthosts and REQUIRETLS.</summary>
    public X509Certificate2Collection? ExtraRoots { get; init; }
}
