using System.Globalization;
using Facteur.Delivery.Domains;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>The TXT record of a public key (RFC 6376 §3.6.1): its text, its line in a zone file, and what is wrong with the one found.</summary>
public static class DkimRecord
{
    /// <summary>v=DKIM1; k=rsa; h=sha256; p=…</summary>
    public static string Text(DkimKey key)
    {
        using var signing = DkimSigningKey.Load(key);
        return $"v=DKIM1; k={KeyType(key.Algorithm)}; h=sha256; p={Convert.ToBase64String(signing.PublicKey)}";
    }

    /// <summary>The record as a line of a zone file, cut into strings.</summary>
    public static string ZoneLine(DkimKey key, TimeSpan ttl) =>
        string.Create(CultureInfo.InvariantCulture, $"{key.RecordName}. {(long)ttl.TotalSeconds} IN TXT {DomainRecords.Quote(Text(key))}");

    /// <summary>Why the records found at <see cref="DkimKey.RecordName"/> do not serve signatures of this key; null when they do.</summary>
    /// <param name="texts">The TXT records, each with its strings joined.</param>
    public static string? Fault(DkimKey key, IReadOnlyList<string> texts)
    {
        using var signing = DkimSigningKey.Load(key);
        string? fault = null;
        var keys = 0;
        foreach (var text in texts)
        {
            if (KeyRecord.Parse(text, out var isOther) is not { } record)
            {
                if (!isOther) fault ??= "the record cannot be read as a key";
                continue;
            }
            keys++;
            fault = Fault(record, key.Algorithm, signing.PublicKey);
            if (fault is null) break;
        }
        if (fault is null && keys == 0) return "there is no key record";
        return fault ?? (texts.Count > 1 ? "there is more than one TXT record" : null);
    }

    internal static string KeyType(DkimAlgorithm algorithm) => algorithm == DkimAlgorithm.Ed25519Sha256 ? "ed25519" : "rsa";

    private static string? Fault(KeyRecord record, DkimAlgorithm algorithm, byte[] publicKey)
    {
        if (record.PublicKey.Length == 0) return "the record says that the key is revoked";
        if (record.KeyType != KeyType(algorithm)) return $"the record has a key of another type (k={record.KeyType})";
        if (!record.PublicKey.AsSpan().SequenceEqual(publicKey)) return "the record has another key";
        if (!record.AllowsSha256) return "the record does not allow sha256 (h=)";
        if (!record.IsForEmail) return "the record is not for mail (s=)";
        return record.IsTesting ? "the record says that DKIM is being tested (t=y)" : null;
    }
}
