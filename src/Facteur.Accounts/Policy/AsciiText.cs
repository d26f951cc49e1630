using System.Globalization;
using System.Text;

namespace Facteur.Accounts.Policy;

/// <summary>
/// Texts for answers that are ASCII: IMAP before ENABLE (RFC 9051 §9, "text"), SMTP without SMTPUTF8 (RFC 5321 §4.2, "textstring"), POP3 before
/// UTF8 (RFC 6856 §2.1). French without its accents is read more easily by who reads French than English is.
/// </summary>
internal static class AsciiText
{
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var output = new StringBuilder(text.Length);
        // French quotation marks stand off their words, these do not.
        foreach (var rune in text.Replace("«\u00a0", "\"", StringComparison.Ordinal).Replace("\u00a0»", "\"", StringComparison.Ordinal).Normalize(NormalizationForm.FormD).EnumerateRunes())
            if (rune.IsAscii) output.Append((char)rune.Value);
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format)) output.Append(Spelt(rune));
        return output.ToString();
    }

    private static string Spelt(Rune rune) => rune.Value switch
    {
        '«' or '»' or '“' or '”' or '„' => "\"",
        '‘' or '’' => "'",
        '\u2010' or '\u2011' or '–' or '—' => "-",
        '…' => "...",
        'œ' => "oe",
        'Œ' => "OE",
        'æ' => "ae",
        'Æ' => "AE",
        'ß' => "ss",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        _ => Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator ? " " : "?",
    };
}
