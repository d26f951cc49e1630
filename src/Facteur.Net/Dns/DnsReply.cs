namespace Facteur.Net.Dns;

/// <summary>What a server says of a question, its answer section already followed to the end of the CNAME chain.</summary>
internal sealed record DnsReply
{
    public const int NoError = 0, FormErr = 1, ServFail = 2, NxDomain = 3, NotImp = 4, BadVers = 16;

    /// <summary>With the upper bits of OPT (RFC 6891 §6.1.3).</summary>
    public required int ResponseCode { get; init; }

    /// <summary>TC: ask again over TCP; nothing else of the reply is read.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The AD bit.</summary>
    public bool IsAuthenticData { get; init; }

    /// <summary>An extended error that says why DNSSEC validation failed.</summary>
    public bool IsValidationFailure { get; init; }

    /// <summary>Last name of the chain.</summary>
    public string CanonicalName { get; init; } = "";

    /// <summary>CNAMEs followed.</summary>
    public int ChainLength { get; init; }

    /// <summary>The chain comes back to itself or is too long.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Records of the asked type at the end of the chain.</summary>
    public IReadOnlyList<DnsRecordData> Records { get; init; } = [];

    /// <summary>The smallest TTL of what was used; of the SOA and its minimum when there is nothing (RFC 2308 §5); 0 when unknown.</summary>
    public uint TtlSeconds { get; init; }

    /// <summary>The smallest TTL of the CNAMEs followed.</summary>
    public uint ChainTtlSeconds { get; init; } = uint.MaxValue;

    /// <summary>An SOA says that there is nothing; without one, the end of a chain may just be missing.</summary>
    public bool HasAuthority { get; init; }

    /// <summary>Size on the wire.</summary>
    public int Octets { get; init; }
}

/// <summary>Whether some octets are the reply to a query.</summary>
internal enum DnsReplyKind : byte
{
    /// <summary>It is.</summary>
    Reply,
    /// <summary>Another id or question, or not a reply: somebody else's, or forged. To be ignored.</summary>
    Foreign,
    /// <summary>The server's own reply, and it makes no sense.</summary>
    Garbled,
}
