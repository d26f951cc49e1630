using System.Globalization;
using System.Text;

namespace Facteur.Accounts;

/// <summary>
/// An address in the one form that is stored and compared: local part unquoted, NFC, lower case (we are the host that may
/// decide so, RFC 5321 §2.4); domain as A-labels in lower case. Equal addresses are equal strings.
/// </summary>
public readonly record struct EmailAddress(string LocalPart, string Domain)
{
    /// <summary>RFC 5321 §4.5.3.1.1, in octets of UTF-8.</summary>
    public const int MaxLocalPartOctets = 64;

    public override string ToString() => $"{LocalPart}@{Domain}";

    /// <summary>Reads "local@domain" or "\"quoted local\"@domain"; false for anything that is not an address in full.</summary>
    public static bool TryParse(string text, out EmailAddress address)
    {
        address = default;
        var at = text.LastIndexOf('@');
        if (at <= 0) return false;
        var local = text[..at];
        if (local[0] == '"')
        {
            if (Unquote(local) is not { } unquoted) return false;
            local = unquoted;
        }
        else if (!IsDotString(local)) return false;
        return TryCreate(local, text[(at + 1)..], out address);
    }

    /// <summary>From an unquoted local part and a domain as an envelope gives them.</summary>
    public static bool TryCreate(string localPart, string domain, out EmailAddress address)
    {
        address = default;
        if (NormalizeLocalPart(localPart) is not { } local || DomainName.Normalize(domain) is not { } ascii) return false;
        address = new EmailAddress(local, ascii);
        return true;
    }

    /// <summary>NFC and lower case; null when empty, too long, not Unicode, or with characters that nothing shows.</summary>
    internal static string? NormalizeLocalPart(string local)
    {
        if (local.Length is 0 or > MaxLocalPartOctets || !IsPlainText(local)) return null;
        var normal = local.Normalize(NormalizationForm.FormC).ToLowerInvariant();
        return Encoding.UTF8.GetByteCount(normal) <= MaxLocalPartOctets ? normal : null;
    }

    /// <summary>No lone surrogate, control, format or line separator: what looks alike must be alike.</summary>
    public static bool IsPlainText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsSurrogatePair(text, i)) return false;
                i++;
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(text[i]) is UnicodeCategory.Control or UnicodeCategory.Format
                     or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned) return false;
        }
        return true;
    }

    /// <summary>Dot-string of RFC 5321 §4.1.2, with UTF-8 of RFC 6531 §3.3.</summary>
    internal static bool IsDotString(string local)
    {
        if (local.Length == 0 || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)) return false;
        foreach (var c in local)
            if (c < 128 ? !(char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c)) : char.IsWhiteSpace(c)) return false;
        return true;
    }

    /// <summary>Quoted-string of RFC 5321 §4.1.2 to what it stands for; null when it is not one.</summary>
    private static string? Unquote(string quoted)
    {
        if (quoted.Length < 3 || quoted[^1] != '"') return null;
        var text = new StringBuilder(quoted.Length);
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] == '"') return null;
            if (quoted[i] == '\\' && ++i == quoted.Length - 1) return null;
            text.Append(quoted[i]);
        }
        return text.ToString();
    }
}
