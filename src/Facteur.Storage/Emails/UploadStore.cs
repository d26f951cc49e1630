namespace Facteur.Storage.Emails;

public readonly record struct UploadId(long Value);

/// <summary>Whose octets they are.</summary>
/// <param name="Account">The account they are to be used in.</param>
/// <param name="Uploader">Who sent them: in a shared account nobody else may see them (RFC 8620 §6.1).</param>
public readonly record struct UploadOwner(AccountId Account, AccountId Uploader);

/// <summary>Octets that a client sent before anything refers to them (RFC 8620 §6.1).</summary>
/// <param name="Type">Media type as the client named it; never trusted.</param>
/// <param name="Body">For <see cref="MailStore.OpenBodyAsync"/>; its octets are as they came, never read as a message.</param>
public sealed record UploadRecord(UploadId Id, UploadOwner Owner, string Type, BodyReference Body, DateTimeOffset Created);

/// <summary>
/// Uploads of accounts: durable when taken, gone <see cref="Lifetime"/> later. They have a bound of their own beside the mail quota, for
/// each who uploads; past it the oldest go to make room for what is new (RFC 8620 §6).
/// </summary>
public abstract class UploadStore
{
    /// <summary>RFC 8620 §6 asks for an hour at least, RELIABILITY for a day at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(23);

    /// <summary>More than anything that one request could refer to.</summary>
    public const long MaxOctetsPerUploader = 1024L * 1024 * 1024;

    public const int MaxPerUploader = 10_000;

    /// <summary>Longest type that is kept, in characters; longer ones are refused.</summary>
    public const int MaxTypeLength = 255;

    /// <summary>Begins an upload; its octets stream into the store.</summary>
    /// <param name="sizeHint">Content-Length, or null.</param>
    public abstract UploadIntake Begin(UploadOwner owner, long? sizeHint);

    /// <summary>An upload of octets that the store has already, those of a message or of another upload. Null when they are gone.</summary>
    public abstract ValueTask<UploadRecord?> ReferAsync(UploadOwner owner, BodyReference body, string type, CancellationToken cancel);

    /// <summary>Null when it is gone, or somebody else's.</summary>
    public abstract ValueTask<UploadRecord?> FindAsync(UploadOwner owner, UploadId upload, CancellationToken cancel);

    /// <summary>Removes what was made before a time, at most so many; answers how many.</summary>
    public abstract ValueTask<int> PurgeAsync(DateTimeOffset createdBefore, int max, CancellationToken cancel);
}

/// <summary>Octets on their way in; disposed without <see cref="CompleteAsync"/> they leave nothing.</summary>
public abstract class UploadIntake : IAsyncDisposable
{
    /// <summary>Octets taken so far.</summary>
    public abstract long Length { get; }

    /// <summary>Takes the next octets. Throws <see cref="StoreFullException"/> when there is no room.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel);

    /// <summary>Makes it durable. Throws <see cref="StoreRefusedException"/> for an account that is gone, and OverQuota for more than the whole bound.</summary>
    public abstract ValueTask<UploadRecord> CompleteAsync(string type, CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}
