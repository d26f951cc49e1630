using System.Text;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>A public key as the DNS has it (RFC 6376 §3.6.1). g= of older records is ignored, as unknown tags are.</summary>
/// <param name="KeyType">k=, lower case.</param>
/// <param name="PublicKey">p=; empty for a key that is revoked.</param>
/// <param name="AllowsSha256">h= is absent or names sha256.</param>
/// <param name="IsForEmail">s= is absent or names "email" or "*".</param>
/// <param name="IsTesting">t=y.</param>
/// <param name="IsForExactDomain">t=s: i= must not be a subdomain of d=.</param>
internal sealed record KeyRecord(string KeyType, byte[] PublicKey, bool AllowsSha256, bool IsForEmail, bool IsTesting, bool IsForExactDomain)
{
    /// <summary>Eight times the longest RSA key's record.</summary>
    private const int MaxOctets = 8192;

    /// <summary>Reads a TXT record; null when it is no key.</summary>
    /// <param name="isOther">The record is not about DKIM at all (a wildcard, say).</param>
    public static KeyRecord? Parse(string text, out bool isOther)
    {
        isOther = false;
        if (text.Length > MaxOctets) return null;
        var octets = Encoding.Latin1.GetBytes(text);
        if (TagList.Parse(octets, 0) is not { } list)
        {
            isOther = !text.StartsWith("v=DKIM1", StringComparison.Ordinal) && !text.Contains("p=", StringComparison.Ordinal);
            return null;
        }
        var version = list.Find(octets, "v"u8);
        // The version stands first or not at all; another one is another protocol's.
        if (version is not null && (version != list.Tags[0] || list.Text(octets, "v"u8) != "DKIM1"))
        {
            isOther = list.Text(octets, "v"u8)?.StartsWith("DKIM", StringComparison.Ordinal) == false;
            return null;
        }
        if (list.Find(octets, "p"u8) is not { } p)
        {
            isOther = version is null;
            return null;
        }
        if (TagList.Base64(octets.AsSpan(p.ValueStart, p.ValueEnd - p.ValueStart)) is not { } key) return null;
        return new(
            list.Text(octets, "k"u8)?.ToLowerInvariant() ?? "rsa", key,
            AllowsSha256: Lists(list.Text(octets, "h"u8), "sha256") ?? true,
            IsForEmail: list.Text(octets, "s"u8) is not { } services || Lists(services, "email") == true || Lists(services, "*") == true,
            IsTesting: Lists(list.Text(octets, "t"u8), "y") ?? false,
            IsForExactDomain: Lists(list.Text(octets, "t"u8), "s") ?? false);
    }

    private static bool? Lists(string? text, string word)
    {
        if (text is null) return null;
        foreach (var item in text.Split(':'))
            if (item.Trim(' ', '\t', '\r', '\n').Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
