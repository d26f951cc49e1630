using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>A certificate (PEM, with its intermediates behind it) and its key (PEM, not encrypted).</summary>
public sealed record CertificateFiles(string Certificate, string Key)
{
    /// <summary>Reads both files.</summary>
    /// <exception cref="CertificateException">A file is missing, is no PEM, or the key is another certificate's.</exception>
    internal LoadedCertificate Load()
    {
        try
        {
            // A key read from PEM lives in memory only, as SslStream on Linux wants it.
            var leaf = X509Certificate2.CreateFromPemFile(Certificate, Key);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(Certificate);
            var intermediates = new X509Certificate2Collection(all.Where(c => c.Thumbprint != leaf.Thumbprint).ToArray());
            return new LoadedCertificate(this, leaf, intermediates);
        }
        catch (FileNotFoundException e)
        {
            throw new CertificateException($"the file {e.FileName} does not exist", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{Certificate} and {Key} are no certificate and its unencrypted key in PEM: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(e.Message, e);
        }
    }
}

/// <summary>A certificate that cannot be used; the message says which and why, for the operator.</summary>
public sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A certificate in memory with what it is valid for.</summary>
internal sealed record LoadedCertificate(CertificateFiles? Files, X509Certificate2 Leaf, X509Certificate2Collection Intermediates)
{
    /// <summary>DNS names of the subject alternative names; the common name when there are none.</summary>
    public IReadOnlyList<string> Names()
    {
        var names = Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames()).ToList();
        return names.Count > 0 ? names : [Leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false)];
    }
}
