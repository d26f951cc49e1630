namespace Facteur.Mail;

/// <summary>What one message may cost. Past a limit the rest is kept as one opaque part: bytes are never lost.</summary>
public sealed record MimeLimits
{
    public static readonly MimeLimits Default = new();

    /// <summary>Parts described; the rest of the message is one part.</summary>
    public int MaxParts { get; init; } = 10_000;

    /// <summary>Nesting of multipart and message/rfc822.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Octets of one part's header that are looked at for facts.</summary>
    public int MaxHeaderOctets { get; init; } = 256 * 1024;

    /// <summary>Addresses listed in one ENVELOPE field.</summary>
    public int MaxAddresses { get; init; } = 1_000;

    /// <summary>Parameters kept of one Content-Type or Content-Disposition (RFC 2231 continuations joined).</summary>
    public int MaxParameters { get; init; } = 100;

    /// <summary>Octets of ENVELOPE and BODYSTRUCTURE text after which no more parts are described.</summary>
    public int MaxStructureOctets { get; init; } = 1024 * 1024;

    /// <summary>Characters of the preview.</summary>
    public int PreviewCharacters { get; init; } = 256;
}
