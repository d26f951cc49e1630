namespace Facteur.Storage.Emails;

public readonly record struct UploadId(long Value);

/// <summary>Octets that a client sent before anything refers to them (RFC 8620 §6.1).</summary>
/// <param name="Type">Media type as the client named it; never trusted.</param>
/// <param name="Body">For <see cref="MailStore.OpenBodyAsync"/>; its octets are as they came, never read as a message.</param>
public sealed record UploadRecord(UploadId Id, AccountId Account, string Type, BodyReference Body, DateTimeOffset Created);

/// <summary>
/// Uploads of accounts: durable when taken, removed after <see cref="Lifetime"/>, and the oldest first when an account has more than
/// <see cref="MaxOctetsPerAccount"/> that are older than an hour; else refused with OverQuota. They do not count against the mail quota.
/// </summary>
public abstract class UploadStore
{
    /// <summary>RFC 8620 §6.1 asks for an hour at least.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public const long MaxOctetsPerAccount = 1024L * 1024 * 1024;

    /// <summary>Begins an upload; its octets stream into the store.</summary>
    /// <param name="sizeHint">Content-Length, or null.</param>
    public abstract UploadIntake Begin(AccountId account, long? sizeHint);

    /// <summary>Null when it is gone, or another account's.</summary>
    public abstract ValueTask<UploadRecord?> FindAsync(AccountId account, UploadId upload, CancellationToken cancel);

    /// <summary>Removes what is past its time, in small steps; answers how many.</summary>
    public abstract ValueTask<int> PurgeAsync(DateTimeOffset createdBefore, int max, CancellationToken cancel);
}

/// <summary>Octets on their way in; disposed without <see cref="CompleteAsync"/> they leave nothing.</summary>
public abstract class UploadIntake : IAsyncDisposable
{
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel);

    /// <summary>Makes it durable.</summary>
    public abstract ValueTask<UploadRecord> CompleteAsync(string type, CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}
