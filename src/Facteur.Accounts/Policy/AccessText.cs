using System.Globalization;
using System.Resources;
using System.Text;

namespace Facteur.Accounts.Policy;

/// <summary>Sentences of refusals in French and English; a language without texts is answered in English.</summary>
internal static class AccessText
{
    /// <summary>Most characters of one thing that is named in a sentence: a reply line has 512 octets (RFC 5321 §4.5.3.1.5, RFC 2449 §4).</summary>
    private const int MaxNamed = 80;

    private static readonly ResourceManager Texts = new(typeof(AccessText).FullName!, typeof(AccessText).Assembly);
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr"), English = CultureInfo.GetCultureInfo("en");

    public static string Of(AccessRefusal refusal, string locale)
    {
        var language = Language(locale);
        var text = Texts.GetString(refusal.Code, language) ?? Texts.GetString(AccessCode.Disabled, language)!;
        var named = refusal.Arguments.Select(argument => Texts.GetString("Protocol" + argument, language) ?? Printable(argument));
        if (refusal.Origin is { } origin) named = named.Append(Origin(origin, locale));
        return $"{string.Format(language, text, [.. named])} ({refusal.Code})";
    }

    public static string Origin(PolicyOrigin origin, string locale)
    {
        var key = origin.Title.Length > 0 || origin.Level == PolicyLevel.Group ? "OriginPolicy" : "Origin" + origin.Level;
        return string.Format(Language(locale), Texts.GetString(key, Language(locale))!, Printable(origin.Title.Length > 0 ? origin.Title : origin.Name));
    }

    private static CultureInfo Language(string locale) => locale == "fr" ? French : English;

    /// <summary>Names are chosen by people: what is not a character for a line stays out.</summary>
    private static string Printable(string name)
    {
        var output = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (output.Length >= MaxNamed) break;
            if (!Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)) output.Append(rune);
        }
        return output.ToString();
    }
}
