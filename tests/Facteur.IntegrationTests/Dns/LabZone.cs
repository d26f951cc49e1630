using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.IntegrationTests.Dns;

/// <summary>How a zone of the lab stands with DNSSEC.</summary>
internal enum LabSigning
{
    /// <summary>Without; nobody expects signatures.</summary>
    Unsigned,
    /// <summary>Signed, and the resolver has its key.</summary>
    Signed,
    /// <summary>Signed three months ago: every signature has expired.</summary>
    Expired,
    /// <summary>Signed, and one character of every signature over A, AAAA, MX, TXT and TLSA is another.</summary>
    Forged,
}

/// <summary>One zone of a <see cref="DnsLab"/>.</summary>
/// <param name="Name">Without the final dot.</param>
/// <param name="Records">Lines of a zone file ("@ MX 10 mx"); SOA, NS and their address are added. The TTL is 60 unless a line says otherwise.</param>
internal sealed record LabZone(string Name, string Records, LabSigning Signing = LabSigning.Unsigned)
{
    /// <summary>Data of a TLSA record "3 1 1" for the key of a certificate.</summary>
    public static string Tlsa(X509Certificate2 certificate) => $"3 1 1 {Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()))}";

    /// <summary>Data of a TXT record of any length: strings of 255 octets, quoted.</summary>
    public static string Txt(string text) =>
        string.Join(' ', text.Chunk(255).Select(part => $"\"{new string(part).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    internal string File(int serial) => $"""
        $ORIGIN {Name}.
        $TTL 60
        @ SOA ns hostmaster {serial} 3600 600 86400 30
        @ NS ns
        ns A 127.0.0.1
        {string.Join('\n', Records.Split('\n').Select(line => line.Trim()))}

        """;
}
