using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>
/// The authorities that a listener believes about clients: a PEM file of roots, and of intermediates if clients do not send theirs.
/// No other authority counts, the system's neither. Revocation is not looked at: nothing outside is asked while a client waits; a
/// certificate is taken back by unbinding it from its account.
/// </summary>
public sealed class ClientAuthorities
{
    private readonly string path;
    private readonly TimeProvider time;
    private volatile X509Certificate2Collection current;

    private ClientAuthorities(string path, X509Certificate2Collection current, TimeProvider time) => (this.path, this.current, this.time) = (path, current, time);

    /// <exception cref="CertificateException">The file is missing, or holds no root.</exception>
    public static ClientAuthorities Load(string path, TimeProvider time) => new(path, Read(path), time);

    /// <summary>Of certificates in memory.</summary>
    public static ClientAuthorities Of(X509Certificate2Collection authorities, TimeProvider time) => new("", authorities, time);

    /// <summary>Names of the authorities, for the client to choose among its certificates.</summary>
    public X509Certificate2Collection Certificates => current;

    /// <summary>Reads the file again: handshakes to come see it.</summary>
    /// <exception cref="CertificateException">It cannot be used; all stays as it was.</exception>
    public void Reload() => current = Read(path);

    /// <summary>What a certificate has to fulfil, anew for each handshake, which adds what the client sends: a path to one of the roots, its time, and that it may identify a client.</summary>
    internal X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.CustomTrustStore.AddRange(current);
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // id-kp-clientAuth, RFC 5280 §4.2.1.12
        return policy;
    }

    private static X509Certificate2Collection Read(string path)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(path);
        }
        catch (FileNotFoundException e)
        {
            throw new CertificateException($"the file {path} does not exist", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{path} is no list of certificates in PEM: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(e.Message, e);
        }
        return found.Any(one => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData))
            ? found
            : throw new CertificateException($"{path} holds no root authority (a certificate that is its own issuer)");
    }
}
