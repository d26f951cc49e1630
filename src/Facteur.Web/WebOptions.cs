using System.Net;
using Facteur.Web.Servers;

namespace Facteur.Web;

/// <summary>What the web part knows of this server.</summary>
public sealed class WebOptions
{
    /// <summary>Name of this host: the one its pages are under, and the domain of passkeys.</summary>
    public required string HostName { get; init; }

    /// <summary>Port of https as browsers see it; null when there is none, and then pages are only behind a proxy of the operator's.</summary>
    public Func<int?> HttpsPort { get; init; } = () => 443;

    /// <summary>Where mail programs are listened for, as it is now.</summary>
    public Func<IReadOnlyList<ProgramListener>> ProgramListeners { get; init; } = () => [];

    /// <summary>Peers that may say for whom they ask (X-Forwarded-For, X-Forwarded-Proto).</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>Programs of this machine may log in in clear (JMAP); pages never are.</summary>
    public bool PlaintextOnLoopback { get; init; }

    /// <summary>Address of the pages, without a slash at its end; the issuer of tokens (RFC 8414 §2).</summary>
    public string Origin => HttpsPort() is { } port and not 443 ? $"https://{HostName}:{port}" : $"https://{HostName}";

    /// <summary>Most octets of a form.</summary>
    public const int MaxFormOctets = 64 * 1024;
}
