using System.Net;

namespace Facteur.Delivery.Authentication;

/// <summary>Result of comparing an address with its name (RFC 8601 §2.7.3).</summary>
public enum IprevVerdict : byte { Pass, Fail, TempError, PermError }

/// <summary>What the reverse and forward names of a client say (RFC 8601 §3).</summary>
/// <param name="Name">The name that leads back to the address, or "".</param>
public sealed record IprevResult(IprevVerdict Verdict, IPAddress Address, string Name);

/// <summary>Everything that was found out about where a message comes from. What is null was not looked at.</summary>
public sealed record AuthenticationSummary
{
    public IprevResult? Iprev { get; init; }
    public SpfResult? Spf { get; init; }

    /// <summary>Empty for a message without a signature.</summary>
    public IReadOnlyList<DkimResult>? Dkim { get; init; }
    public DmarcResult? Dmarc { get; init; }
    public ArcResult? Arc { get; init; }

    /// <summary>Who delivered the message, for smtp.remote-ip of "arc" (RFC 8617 §6).</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>Login name of the account that submitted the message (RFC 8601 §2.7.4).</summary>
    public string? AuthenticatedAs { get; init; }
}
