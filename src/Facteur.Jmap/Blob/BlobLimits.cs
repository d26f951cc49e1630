namespace Facteur.Jmap;

/// <summary>What blobs within requests may be, beside what the session tells (<see cref="JmapLimits"/>).</summary>
internal static class BlobLimits
{
    /// <summary>Octets of blobs that one Blob/get answers in itself; a download has no such limit.</summary>
    public const int MaxDataInAnswer = 16 * 1024 * 1024;

    /// <summary>Types that refer to blobs (RFC 9404 §4.3).</summary>
    public static readonly string[] TypeNames = ["Mailbox", "Thread", "Email"];
}
