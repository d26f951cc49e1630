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

    /// <summary>Octets of a message that is sent: as the largest that can be written with <see cref="MaxSizeAttachments"/>.</summary>
    public long MaxSizeSubmission { get; init; } = 75 * 1024 * 1024;

    /// <summary>Recipients of a message that is sent, as on the submission port.</summary>
    public int MaxRecipients { get; init; } = 1_000;

    /// <summary>Octets of the answers of a request together; calls past it are refused with requestTooLarge.</summary>
    public int MaxSizeAnswer { get; init; } = 64 * 1024 * 1024;

    /// <summary>Octets of the attachments of one email: what is left of the largest message once they are in base64, with a long text beside them.</summary>
    public long MaxSizeAttachments { get; init; } = 50_000_000;

    /// <summary>Octets of a blob that is made by a method (RFC 9404): as an upload, so that one can come in pieces that are joined.</summary>
    public long MaxSizeBlobSet { get; init; } = 75 * 1024 * 1024;

    /// <summary>Octets of all blobs that the methods of one request make: two of the largest. What is written costs more than asking for it.</summary>
    public long MaxSizeBlobsInRequest { get; init; } = 2 * 75 * 1024 * 1024;

    /// <summary>Pieces that such a blob is made of (RFC 9404 §3: at least 64).</summary>
    public int MaxDataSources { get; init; } = 64;

    /// <summary>How far ahead an email may come back: longer would be a slip of a year.</summary>
    public TimeSpan MaxSnooze { get; init; } = TimeSpan.FromDays(10 * 366);

    /// <summary>How far ahead a message may be sent, as by SMTP (RFC 4865).</summary>
    public TimeSpan MaxDelayedSend { get; init; } = TimeSpan.FromDays(365);
}
