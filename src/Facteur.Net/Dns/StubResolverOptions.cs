using System.Net;

namespace Facteur.Net.Dns;

/// <summary>Which name servers are asked, how patiently, and how much of their answers is kept.</summary>
public sealed record StubResolverOptions
{
    /// <summary>Recursive resolvers, asked in this order, the trusted ones first. Null takes those of <see cref="ResolvConf"/>, and follows the file when it changes.</summary>
    public IReadOnlyList<IPEndPoint>? Servers { get; init; }

    /// <summary>Where the system lists its resolvers (resolv.conf(5)); only <c>nameserver</c>, <c>timeout</c> and <c>attempts</c> are used.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>
    /// Resolvers whose word is taken that an answer was validated (AD bit): they must validate, and the way to them must be safe
    /// from forgers. Null trusts those on this machine. The others are asked only while no trusted one can be reached.
    /// </summary>
    public IReadOnlyList<IPAddress>? TrustedServers { get; init; }

    /// <summary>How long one server may take for one query. Null takes the system's, else 5 seconds.</summary>
    public TimeSpan? QueryTimeout { get; init; }

    /// <summary>How often each server is asked, 1 to 5. Null takes the system's, else 2.</summary>
    public int? Attempts { get; init; }

    /// <summary>How long a question may take, whatever the servers do. An SMTP client waits for its answer meanwhile.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a server that did not answer twice in a row is asked after all others only.</summary>
    public TimeSpan DeadTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a server may take for one query while all of them count as dead, each asked once. 1 second: mail comes in meanwhile, and waits for each answer.</summary>
    public TimeSpan DeadQueryTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Answers are kept this long at least. Zero keeps the owner's word.</summary>
    public TimeSpan MinTtl { get; init; } = TimeSpan.Zero;

    /// <summary>Answers are kept this long at most.</summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromHours(24);

    /// <summary>"There is none" is kept this long at most: 1 to 3 hours work well (RFC 2308 §5).</summary>
    public TimeSpan MaxNegativeTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A failure is kept this long (at most 5 minutes, RFC 2308 §7): long enough that a queue does not ask once per message.</summary>
    public TimeSpan FailureTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Memory for kept answers, in octets. An answer takes about 300.</summary>
    public int CacheOctets { get; init; } = 16 * 1024 * 1024;

    /// <summary>Queries on the wire at a time; more wait.</summary>
    public int MaxQueries { get; init; } = 256;

    /// <summary>Ask in letters of random case: harder to forge, but some forwarders do not repeat the case and then seem dead.</summary>
    public bool MixCase { get; init; }
}
