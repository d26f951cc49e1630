using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net.Dialing;

/// <summary>What all requests of one <see cref="GuardedHttp"/> share.</summary>
public sealed record GuardedHttpOptions
{
    /// <summary>User-Agent, or null to send none.</summary>
    public string? UserAgent { get; init; } = "Facteur";

    /// <summary>Accept gzip, deflate and br; sizes are bounded after decompression. Off: fewer surprises.</summary>
    public bool Decompress { get; init; }

    /// <summary>Authorities trusted beside the system's: an operator's own, or a test's.</summary>
    public X509Certificate2Collection? ExtraRoots { get; init; }

    /// <summary>Longest header section taken, in KiB.</summary>
    public int MaxHeaderKibibytes { get; init; } = 32;

    /// <summary>Connections to one server at a time.</summary>
    public int MaxConnectionsPerServer { get; init; } = 8;

    /// <summary>How long an idle connection is kept for the next request.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(15);
}
