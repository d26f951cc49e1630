using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Transport;

/// <summary>Authenticates a host by TLSA records (RFC 7672 §3.1, §3.2).</summary>
internal static class TlsaMatcher
{
    /// <summary>Certificates of a peer that are looked at; chains have three.</summary>
    private const int MaxPresented = 16;

    /// <summary>Null when a record matches; else why none does.</summary>
    /// <param name="records">Usable ones.</param>
    /// <param name="presented">What the peer sent besides its own certificate.</param>
    /// <param name="names">Names that a certificate under DANE-TA(2) may have (RFC 7672 §3.2.2).</param>
    public static string? Check(IReadOnlyList<TlsaRecordData> records, X509Certificate2 certificate, IReadOnlyList<X509Certificate2> presented, IReadOnlyList<string> names, DateTimeOffset now)
    {
        // DANE-EE(3): neither names nor dates count (RFC 7672 §3.1.1).
        if (records.Any(record => record.Usage == 3 && Matches(record, certificate))) return null;
        var anchored = false;
        foreach (var record in records.Where(record => record.Usage == 2))
            foreach (var anchor in Anchors(record, presented))
            {
                if (!ChainsTo(certificate, anchor, presented, now)) continue;
                anchored = true;
                if (names.Any(name => certificate.MatchesHostname(name))) return null;
            }
        return anchored ? "the certificate is not for " + string.Join(" or ", names) : "no TLSA record matches the certificate";
    }

    /// <summary>The selected part of a certificate equals the record's data (RFC 6698 §2.1.2 to §2.1.4).</summary>
    public static bool Matches(TlsaRecordData record, X509Certificate2 certificate)
    {
        var selected = record.Selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return record.MatchingType switch
        {
            0 => selected.AsSpan().SequenceEqual(record.Data),
            1 => SHA256.HashData(selected).AsSpan().SequenceEqual(record.Data),
            2 => SHA512.HashData(selected).AsSpan().SequenceEqual(record.Data),
            _ => false,
        };
    }

    // A server must send its anchor (RFC 7672 §3.1.2); a record with the whole certificate brings it along.
    private static IEnumerable<X509Certificate2> Anchors(TlsaRecordData record, IReadOnlyList<X509Certificate2> presented)
    {
        foreach (var certificate in presented.Take(MaxPresented))
            if (Matches(record, certificate)) yield return certificate;
        if (record is { Selector: 0, MatchingType: 0 } && Load(record.Data) is { } published) yield return published;
    }

    private static X509Certificate2? Load(byte[] data)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(data);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Signatures and dates hold from the certificate up to the anchor; what is above the anchor does not matter.</summary>
    private static bool ChainsTo(X509Certificate2 certificate, X509Certificate2 anchor, IReadOnlyList<X509Certificate2> presented, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = OutboundTrust.ChainPolicy();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(anchor);
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        foreach (var other in presented.Take(MaxPresented)) chain.ChainPolicy.ExtraStore.Add(other);
        chain.Build(certificate);
        const X509ChainStatusFlags aboveAnchor = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        foreach (var (i, element) in chain.ChainElements.Index())
        {
            if (element.ChainElementStatus.Any(status => (status.Status & ~aboveAnchor) != X509ChainStatusFlags.NoError)) return false;
            if (i > 0 && element.Certificate.RawDataMemory.Span.SequenceEqual(anchor.RawDataMemory.Span)) return true;
        }
        return false;
    }
}
