using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>
/// Salts of SCRAM, made from a key of this site, so that a user has the same salt each time, whether it exists or not. All credentials
/// of an account share the salt: the server has to send it before it can know which of them the client will prove.
/// </summary>
internal sealed class ScramSecrets(SettingsStore settings, LoginOptions options)
{
    private const int KeyOctets = 32, SaltOctets = 16;
    private const string Setting = "secret.scram";

    private volatile byte[]? key;

    public int Iterations => options.ScramIterations;

    public ValueTask<byte[]> SaltAsync(AccountId account, CancellationToken cancel)
    {
        var octets = new byte[9];
        octets[0] = (byte)'a';
        BinaryPrimitives.WriteInt64BigEndian(octets.AsSpan(1), account.Value);
        return SaltAsync(octets, cancel);
    }

    /// <summary>Of a user that is not there.</summary>
    public ValueTask<byte[]> SaltAsync(string user, CancellationToken cancel) => SaltAsync(Encoding.UTF8.GetBytes("u" + user), cancel);

    public ScramVerifier MakeVerifier(string password, byte[] salt) => ScramVerifier.Make(password, salt, Iterations);

    /// <summary>The verifier of an account's own password; null when there is none, or only one of a password that it had before.</summary>
    public static ScramVerifier? Find(IReadOnlyList<CredentialRecord> credentials)
    {
        if (credentials.FirstOrDefault(one => one.Kind == CredentialKinds.Password) is not { } password) return null;
        var tag = TagOf(password.Value);
        foreach (var credential in credentials)
            if (credential.Kind == CredentialKinds.Scram && credential.Value.Split(' ') is [var text, var of] && of == tag) return ScramVerifier.Parse(text);
        return null;
    }

    /// <summary>
    /// Keeps the verifier of a password beside its hash and bound to it: whoever sets another password without one, or dies in between,
    /// leaves a verifier that counts no more.
    /// </summary>
    public static async ValueTask WriteAsync(DirectoryStore directory, AccountId account, ScramVerifier verifier, string passwordHash, CancellationToken cancel)
    {
        var value = $"{verifier} {TagOf(passwordHash)}";
        var former = (await directory.ListCredentialsAsync(account, cancel)).FirstOrDefault(one => one.Kind == CredentialKinds.Scram);
        if (former is null || !await directory.UpdateCredentialAsync(former with { Value = value }, cancel))
            await directory.AddCredentialAsync(new CredentialRecord(0, account, CredentialKinds.Scram, value, default), cancel);
    }

    private static string TagOf(string passwordHash) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash)).AsSpan(0, 16));

    private async ValueTask<byte[]> SaltAsync(byte[] whose, CancellationToken cancel) =>
        HMACSHA256.HashData(key ??= await LoadAsync(cancel), whose)[..SaltOctets];

    private async ValueTask<byte[]> LoadAsync(CancellationToken cancel)
    {
        if (await ReadAsync(cancel) is { } stored) return stored;
        await settings.SetAsync(SettingScope.Site, Setting, Encoding.ASCII.GetBytes($"\"{Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyOctets))}\""), cancel);
        // What is stored last counts, should another have made one at the same moment.
        return await ReadAsync(cancel) ?? throw new InvalidOperationException($"the setting {Setting} was not kept");
    }

    private async ValueTask<byte[]?> ReadAsync(CancellationToken cancel)
    {
        if (await settings.GetAsync(SettingScope.Site, Setting, cancel) is not { } json) return null;
        var read = new byte[KeyOctets];
        return Convert.TryFromBase64String(Encoding.ASCII.GetString(json.Span).Trim('"'), read, out var written) && written == KeyOctets ? read : null;
    }
}
