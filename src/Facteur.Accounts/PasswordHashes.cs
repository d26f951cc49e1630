using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Facteur.Accounts;

/// <summary>
/// Passwords in the format of ASP.NET Core Identity, version 3 (PBKDF2-HMAC-SHA512, salt of 128 bits, key of 256):
/// a directory can be moved to or from any ASP.NET application. Each call is tens of milliseconds of one core.
/// </summary>
internal sealed class PasswordHashes(int iterations)
{
    private readonly PasswordHasher<object> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
    private long computed;

    /// <summary>Hashes computed to verify a password: the same for every way a login can be refused.</summary>
    public long Computed => Volatile.Read(ref computed);

    /// <summary>A hash that no password has, at the price of a real one: what an unknown user is checked against.</summary>
    public string Dummy { get; } = MakeDummy(iterations);

    public string Hash(string password) => hasher.HashPassword(this, password);

    /// <summary>Compares in constant time; SuccessRehashNeeded when the hash was made with fewer rounds than are current.</summary>
    public PasswordVerificationResult Verify(string stored, string password)
    {
        Interlocked.Increment(ref computed);
        try
        {
            return hasher.VerifyHashedPassword(this, stored, password);
        }
        catch (FormatException)
        {
            return PasswordVerificationResult.Failed; // not base64: no password opens it
        }
    }

    private static string MakeDummy(int iterations)
    {
        var bytes = new byte[13 + 16 + 32];
        bytes[0] = 1; // version 3
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), 2); // HMAC-SHA512
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), iterations);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(9), 16);
        RandomNumberGenerator.Fill(bytes.AsSpan(13));
        return Convert.ToBase64String(bytes);
    }
}
