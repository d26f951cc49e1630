namespace Facteur.Jmap;

/// <summary>Limits told in the session (RFC 8620 §2). Those of the RFC's advice, or larger where the webmail gains by it.</summary>
public sealed record JmapLimits
{
    /// <summary>Octets of an upload: as the largest message we take.</summary>
    public long MaxSizeUpload { get; init; } = 75 * 1024 * 1024;

    public int MaxConcurrentUpload { get; init; } = 8;

    /// <summary>Octets of a request.</summary>
    public int MaxSizeRequest { get; init; } = 10_000_000;

    /// <summary>Requests of one user that run at once.</summary>
    public int MaxConcurrentRequests { get; init; } = 10;

    public int MaxCallsInRequest { get; init; } = 64;
    public int MaxObjectsInGet { get; init; } = 4096;
    public int MaxObjectsInSet { get; init; } = 4096;

    /// <summary>Ids that one answer of a query holds at most, whatever limit was asked for.</summary>
    public int MaxQueryLimit { get; init; } = 100_000;

    /// <summary>Octets of the answers of a request together; calls past it are refused with requestTooLarge.</summary>
    public int MaxSizeAnswer { get; init; } = 64 * 1024 * 1024;
}
