using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What somebody proved to be in by, and what that may be used for.</summary>
internal sealed record LoginProof(UsedCredential Credential, AppPasswordGrant? Grant = null);

/// <summary>
/// Logins that were verified a short while ago. Keyed by an HMAC of user and password under a key of this process,
/// so that it holds no secret and one user's entry cannot answer for another's; good only for the credential version
/// it was verified against, so that a changed password or a disabled account ends it at once. An entry that is too old to let in
/// still says that the password was right once: such a login is no stranger's.
/// </summary>
internal sealed class VerifiedLogins(TimeSpan lifetime, int capacity, TimeProvider time)
{
    private readonly record struct Entry(AccountId Account, long CredentialVersion, LoginProof Proof, long Expires);

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<LoginKey, Entry> entries = [];
    // All entries live equally long, so the order of adding is the order of leaving.
    private readonly Queue<(LoginKey Key, long Expires)> order = new();
    private readonly Lock gate = new();

    /// <summary>The key of a user name in normal form with a password. The length keeps "ab"+"c" apart from "a"+"bc".</summary>
    public LoginKey KeyOf(string user, string password)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        var userBytes = Encoding.UTF8.GetBytes(user);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, userBytes.Length);
        hmac.AppendData(length);
        hmac.AppendData(userBytes);
        hmac.AppendData(Encoding.UTF8.GetBytes(password));
        Span<byte> digest = stackalloc byte[32];
        hmac.GetHashAndReset(digest);
        return LoginKey.Read(digest);
    }

    /// <summary>What it was verified by; null when it is not remembered, or not any more.</summary>
    public LoginProof? Find(LoginKey login, AccountRecord account)
    {
        lock (gate) return TryGet(login, account, out var entry) && entry.Expires > time.GetTimestamp() ? entry.Proof : null;
    }

    /// <summary>The same password was right for the same credentials since the process began, however long ago.</summary>
    public bool WasRight(LoginKey login, AccountRecord account)
    {
        lock (gate) return TryGet(login, account, out _);
    }

    public void Add(LoginKey login, AccountRecord account, LoginProof proof)
    {
        if (capacity == 0 || lifetime <= TimeSpan.Zero) return;
        lock (gate)
        {
            while (order.TryPeek(out var oldest) && (entries.Count >= capacity || order.Count >= 2 * capacity))
            {
                order.Dequeue();
                if (entries.TryGetValue(oldest.Key, out var entry) && entry.Expires == oldest.Expires) entries.Remove(oldest.Key);
            }
            var expires = time.GetTimestamp() + (long)(lifetime.TotalSeconds * time.TimestampFrequency);
            entries[login] = new Entry(account.Id, account.CredentialVersion, proof, expires);
            order.Enqueue((login, expires));
        }
    }

    private bool TryGet(LoginKey login, AccountRecord account, out Entry entry) =>
        entries.TryGetValue(login, out entry) && entry.Account == account.Id && entry.CredentialVersion == account.CredentialVersion;

    internal int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }
}

/// <summary>The 256 bits of an HMAC as a dictionary key.</summary>
internal readonly record struct LoginKey(ulong A, ulong B, ulong C, ulong D)
{
    public static LoginKey Read(ReadOnlySpan<byte> digest) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(digest[16..]), BinaryPrimitives.ReadUInt64LittleEndian(digest[24..]));
}
