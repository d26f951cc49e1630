using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What is shown of a bound certificate.</summary>
public sealed record CertificateDetail(string Subject, DateTimeOffset Ends);

/// <summary>
/// Certificates that let an account in (EXTERNAL, RFC 4422 appendix A), bound one by one. Whether a connection's certificate is
/// genuine and of an authority that the listener trusts was checked by the handshake; here counts only that it is this one.
/// </summary>
public sealed class ClientCertificates(DirectoryStore directory)
{
    private const int MaxPerAccount = 100;

    /// <param name="pem">A certificate in PEM; others after it (its authorities) are passed over.</param>
    /// <param name="label">"": its subject.</param>
    public async ValueTask<CredentialRecord> BindAsync(AccountRecord account, string pem, string label, CancellationToken cancel)
    {
        using var certificate = Read(pem);
        if ((await ListAsync(account.Id, cancel)).Count >= MaxPerAccount) throw new AccountRuleException($"{account.Address} has {MaxPerAccount} certificates; remove some first.");
        var detail = new CertificateDetail(certificate.Subject, certificate.NotAfter.ToUniversalTime());
        var hash = HashOf(certificate.RawDataMemory.Span);
        return await directory.AddCredentialAsync(
            new CredentialRecord(0, account.Id, CredentialKinds.Certificate, hash, default)
            {
                Label = label.Length > 0 ? label : certificate.Subject,
                Lookup = hash,
                Detail = JsonSerializer.Serialize(detail, CredentialJson.Default.CertificateDetail),
            }, cancel);
    }

    public async ValueTask<IReadOnlyList<CredentialRecord>> ListAsync(AccountId account, CancellationToken cancel) =>
        [.. (await directory.ListCredentialsAsync(account, cancel)).Where(credential => credential.Kind == CredentialKinds.Certificate)];

    /// <summary>Null when the detail is none.</summary>
    public static CertificateDetail? DetailOf(CredentialRecord credential)
    {
        try
        {
            return JsonSerializer.Deserialize(credential.Detail, CredentialJson.Default.CertificateDetail);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="LoginClient.CertificateHash"/> has it.</summary>
    public static string HashOf(ReadOnlySpan<byte> der) => Convert.ToHexStringLower(SHA256.HashData(der));

    private static X509Certificate2 Read(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new AccountRuleException("That is no certificate in PEM (-----BEGIN CERTIFICATE-----).");
        }
    }
}
