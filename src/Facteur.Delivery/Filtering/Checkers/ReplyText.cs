using System.Globalization;
using System.Text;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>Words of a checker that a client is to read.</summary>
internal static class ReplyText
{
    // A reply line has room for 512 octets (RFC 5321 §4.5.3.1.5).
    private const int MaxLength = 400;

    /// <summary>One line of ASCII, or null when nothing is left.</summary>
    public static string? Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var c in text)
        {
            if (clean.Length == MaxLength) break;
            if (c is > ' ' and <= '~') clean.Append(c);
            else if (clean.Length > 0 && clean[^1] != ' ') clean.Append(' ');
        }
        var line = clean.ToString().Trim();
        return line.Length == 0 ? null : line;
    }

    /// <summary>"550 5.7.1 text" or "550-5.7.1 first\r\n550 5.7.1 second" as a refusal; null when it is none.</summary>
    public static SmtpRefusal? Parse(string reply)
    {
        if (reply.Length < 3 || !int.TryParse(reply.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 400 or > 599) return null;
        var rest = reply[3..].TrimStart(' ', '-');
        var enhanced = code < 500 ? "4.7.1" : "5.7.1";
        var blank = rest.IndexOf(' ', StringComparison.Ordinal);
        var first = blank < 0 ? rest : rest[..blank];
        if (IsEnhanced(first, code / 100))
        {
            enhanced = first;
            rest = blank < 0 ? "" : rest[(blank + 1)..];
        }
        return new SmtpRefusal(code, enhanced, Clean(rest) ?? (code < 500 ? "try again later" : "refused by local policy"));
    }

    // RFC 3463 §2: class "." subject "." detail.
    private static bool IsEnhanced(string text, int replyClass)
    {
        var parts = text.Split('.');
        return parts.Length == 3 && parts.All(part => part.Length is >= 1 and <= 3 && part.All(char.IsAsciiDigit)) && parts[0] == (replyClass == 4 ? "4" : "5");
    }
}
