using System.Globalization;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Transport;

/// <summary>Which TLSA records can be used for SMTP, and how they are written (RFC 7672 §3.1, RFC 6698 §2).</summary>
public static class TlsaRecords
{
    /// <summary>Records that a client can match: usages DANE-TA(2) and DANE-EE(3) with known selector, matching type and length.</summary>
    public static bool IsUsable(TlsaRecordData record) =>
        record is { Usage: 2 or 3, Selector: 0 or 1 }
        && record.MatchingType switch { 0 => record.Data.Length > 0, 1 => record.Data.Length == 32, 2 => record.Data.Length == 64, _ => false };

    /// <summary>
    /// The usable ones, without digests that are weaker than another of the same usage and selector (RFC 7672 §5: the strongest digest
    /// that both sides know decides, so that an outdated weak one cannot).
    /// </summary>
    public static IReadOnlyList<TlsaRecordData> Usable(IEnumerable<TlsaRecordData> records)
    {
        var usable = records.Where(IsUsable).ToList();
        var strongest = usable.Where(record => record.MatchingType == 2).Select(record => (record.Usage, record.Selector)).ToHashSet();
        return [.. usable.Where(record => record.MatchingType != 1 || !strongest.Contains((record.Usage, record.Selector)))];
    }

    /// <summary>"3 1 1 0123…", as zone files have it (RFC 6698 §2.2).</summary>
    public static string Text(TlsaRecordData record) =>
        string.Create(CultureInfo.InvariantCulture, $"{record.Usage} {record.Selector} {record.MatchingType} {Convert.ToHexStringLower(record.Data.AsSpan(0, Math.Min(record.Data.Length, 128)))}");
}
