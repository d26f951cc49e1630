using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Facteur.Accounts;

/// <summary>
/// What the server keeps to check a proof of a password, and cannot log in with (RFC 5802 §3, with SHA-256 as RFC 7677 §3 has it).
/// Written as "SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey", the form PostgreSQL and others keep it in.
/// </summary>
internal sealed record ScramVerifier(int Iterations, byte[] Salt, byte[] StoredKey, byte[] ServerKey)
{
    private const string Name = "SCRAM-SHA-256";

    /// <summary>As slow as its iterations: belongs in <see cref="HashingLine"/>, but for few of them.</summary>
    public static ScramVerifier Make(string password, byte[] salt, int iterations)
    {
        // A password that SASLprep refuses is taken as it is: clients that do not prepare send just that, and others cannot send it at all.
        var octets = Encoding.UTF8.GetBytes(SaslPrep.Prepare(password) ?? password);
        var salted = Rfc2898DeriveBytes.Pbkdf2(octets, salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new ScramVerifier(iterations, salt, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    /// <summary>The proof belongs to the password: ClientKey, which only who knows it can have, is what StoredKey is the hash of.</summary>
    public bool Fits(ReadOnlySpan<byte> authMessage, ReadOnlySpan<byte> proof)
    {
        Span<byte> clientKey = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(StoredKey, authMessage, clientKey);
        if (proof.Length != clientKey.Length) return false;
        for (var i = 0; i < clientKey.Length; i++) clientKey[i] ^= proof[i];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(clientKey, hash);
        return CryptographicOperations.FixedTimeEquals(hash, StoredKey);
    }

    public byte[] Sign(ReadOnlySpan<byte> authMessage) => HMACSHA256.HashData(ServerKey, authMessage);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}${Iterations}:{Convert.ToBase64String(Salt)}${Convert.ToBase64String(StoredKey)}:{Convert.ToBase64String(ServerKey)}");

    /// <summary>Null when it is none.</summary>
    public static ScramVerifier? Parse(string text)
    {
        if (text.Split('$') is not [Name, var first, var second] || first.Split(':') is not [var count, var salt] || second.Split(':') is not [var stored, var server]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations < 1) return null;
        try
        {
            var verifier = new ScramVerifier(iterations, Convert.FromBase64String(salt), Convert.FromBase64String(stored), Convert.FromBase64String(server));
            return verifier.StoredKey.Length == SHA256.HashSizeInBytes && verifier.ServerKey.Length == SHA256.HashSizeInBytes ? verifier : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
