using System.Net;

namespace Facteur.Delivery.Domains;

/// <summary>Services of a host that DNS can announce.</summary>
[Flags]
public enum HostedServices
{
    None = 0,
    Imaps = 1,
    Submissions = 1 << 1,
    Pop3s = 1 << 2,
    /// <summary>Policy host of MTA-STS: an https listener that serves the policy.</summary>
    MtaSts = 1 << 3,
    Autoconfig = 1 << 4,
    Autodiscover = 1 << 5,
    Jmap = 1 << 6,
    Dav = 1 << 7,
    ManageSieve = 1 << 8,
    Pacc = 1 << 9,
}

/// <summary>A DKIM key as DNS shows it.</summary>
/// <param name="Record">The TXT record, "v=DKIM1; …".</param>
/// <param name="IsRequired">Signs now; false: published ahead of, or after, its time.</param>
public sealed record PublishedDkimKey(string Selector, string Record, bool IsRequired);

/// <summary>What DNS must say of a domain follows from this.</summary>
public sealed record DomainSetup
{
    /// <summary>A-labels, lower case.</summary>
    public required string Domain { get; init; }

    /// <summary>Name of the host, as its MX record has it.</summary>
    public required string HostName { get; init; }

    /// <summary>Public addresses of the host; empty when they are not known here (behind a translation): what DNS says is then taken.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];
    public IReadOnlyList<PublishedDkimKey> DkimKeys { get; init; } = [];

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of the certificates in use on port 25, and of the next ones.</summary>
    public IReadOnlyList<byte[]> KeyDigests { get; init; } = [];

    /// <summary>Id of the MTA-STS policy that is served (RFC 8461 §3.1), or null when none is.</summary>
    public string? MtaStsId { get; init; }
    public HostedServices Services { get; init; }

    /// <summary>Where DMARC and TLS reports go.</summary>
    public string ReportAddress => "postmaster@" + Domain;
}
