using System.Globalization;

namespace Facteur.Accounts;

/// <summary>Domain names in the form that is stored: A-labels in lower case, no trailing dot.</summary>
public static class DomainName
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>"Exemple.FR" and "exämple.fr" to their A-labels; null for what is no domain name (also address literals and names with a trailing dot).</summary>
    public static string? Normalize(string domain)
    {
        if (domain.Length is 0 or > 255) return null;
        if (!System.Text.Ascii.IsValid(domain))
        {
            if (!EmailAddress.IsPlainText(domain)) return null;
            try
            {
                domain = Idn.GetAscii(domain);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
        return IsHostName(domain) ? domain.ToLowerInvariant() : null;
    }

    /// <summary>The name as people read it: U-labels where it has them.</summary>
    public static string ToDisplay(string ascii)
    {
        try
        {
            return Idn.GetUnicode(ascii);
        }
        catch (ArgumentException)
        {
            return ascii;
        }
    }

    // RFC 5321 §4.1.2 sub-domain, lengths of RFC 5321 §4.5.3.1.2 less what the DNS takes for itself.
    private static bool IsHostName(string ascii)
    {
        if (ascii.Length is 0 or > 253) return false;
        foreach (var range in ascii.AsSpan().Split('.'))
        {
            var label = ascii.AsSpan(range);
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;
            foreach (var c in label)
                if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }
        return true;
    }
}
