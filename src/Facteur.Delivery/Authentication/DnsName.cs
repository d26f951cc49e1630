using System.Globalization;
using System.Text;

namespace Facteur.Delivery.Authentication;

/// <summary>Names as they are asked for: A-labels in lower case, no final dot (RFC 5890, RFC 8616 §4).</summary>
internal static class DnsName
{
    /// <summary>Longest name in this form (RFC 7208 §7.3).</summary>
    public const int MaxLength = 253;

    private const int MaxLabel = 63;

    // Mail domains are no host names only: underscores are met. What an A-label may hold is for the mapping to say.
    private static readonly IdnMapping Idn = new();

    /// <summary>The domain of a mailbox or of HELO; null for an address literal and for what cannot be asked for.</summary>
    public static string? OfMail(string domain)
    {
        if (domain.Length is 0 or > MaxLength + 1) return null;
        if (!Ascii.IsValid(domain))
        {
            try
            {
                domain = Idn.GetAscii(domain);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
        if (domain.EndsWith('.')) domain = domain[..^1];
        foreach (var c in domain)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return null;
        return HasGoodLabels(domain) ? domain.ToLowerInvariant() : null;
    }

    /// <summary>Labels of 1 to 63 characters, in all no more than a name holds (RFC 1035).</summary>
    public static bool HasGoodLabels(string name)
    {
        if (name.Length is 0 or > MaxLength) return false;
        foreach (var range in name.AsSpan().Split('.'))
            if (range.End.Value - range.Start.Value is 0 or > MaxLabel) return false;
        return true;
    }

    /// <summary>True when <paramref name="name"/> is <paramref name="parent"/> or lies below it; case is ignored.</summary>
    public static bool IsWithin(string name, string parent) =>
        name.EndsWith(parent, StringComparison.OrdinalIgnoreCase) && (name.Length == parent.Length || name[^(parent.Length + 1)] == '.');

    /// <summary>Text of others made fit for a log line or a result: printable ASCII, cut.</summary>
    public static string Printable(string text, int max = 100)
    {
        var shown = text.Length > max ? string.Concat(text.AsSpan(0, max), "...") : text;
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = source[i] is >= ' ' and <= '~' and not '"' ? source[i] : '?';
        });
    }
}
