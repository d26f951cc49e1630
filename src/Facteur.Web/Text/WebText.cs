using System.Globalization;
using System.Resources;
using Facteur.Accounts;

namespace Facteur.Web.Text;

/// <summary>Texts of the pages in one language. A key that is not there is a fault: a test compares pages and languages.</summary>
public sealed class WebText
{
    internal static readonly ResourceManager Resources = new("Facteur.Web.Text.Texts", typeof(WebText).Assembly);

    /// <summary>Texts of the settings pages, which are as many as all others.</summary>
    internal static readonly ResourceManager Settings = new("Facteur.Web.Text.SettingsTexts", typeof(WebText).Assembly);

    private static readonly Dictionary<string, WebText> all = new(StringComparer.Ordinal) { ["en"] = new WebText("en", "en-GB"), ["fr"] = new WebText("fr", "fr-FR") };

    private readonly CultureInfo language;

    private WebText(string language, string region) => (Language, this.language, Culture) = (language, CultureInfo.GetCultureInfo(language), CultureInfo.GetCultureInfo(region));

    public static WebText English => all["en"];

    public static IReadOnlyCollection<WebText> All => all.Values;

    /// <summary>"en" or "fr", for the attribute lang.</summary>
    public string Language { get; }

    /// <summary>For dates and numbers.</summary>
    public CultureInfo Culture { get; }

    public string this[string key] => Lookup(key, language) ?? throw new KeyNotFoundException($"there is no text {key}");

    /// <summary>Whether there is such a text.</summary>
    public static bool Has(string key) => Lookup(key, CultureInfo.InvariantCulture) is not null;

    /// <summary>The text of a number: the key with ".One" or ".Many" behind it. French counts 0 as one thing.</summary>
    public string Count(string key, long count) => Format(key + (count == 1 || count == 0 && Language == "fr" ? ".One" : ".Many"), count);

    public string Format(string key, params object?[] arguments) => string.Format(Culture, this[key], arguments);

    /// <summary>Why something cannot be, in this language where there are words for it.</summary>
    public string Of(AccountRuleException refused) =>
        refused.Rule.Length > 0 && Has("Rule." + refused.Rule) ? Format("Rule." + refused.Rule, [.. refused.Arguments]) : refused.Message;

    /// <summary>A moment to the minute, in UTC: which clock the reader's is, the server cannot know.</summary>
    public string Time(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy, HH:mm", Culture) + " UTC";

    public string Date(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy", Culture);

    /// <summary>The language by its name, or English.</summary>
    public static WebText Of(string language) => Find(language) ?? English;

    public static WebText? Find(string language) => all.GetValueOrDefault(language);

    private static string? Lookup(string key, CultureInfo language) => Resources.GetString(key, language) ?? Settings.GetString(key, language);

    /// <summary>The best of our languages for Accept-Language (RFC 9110 §12.5.4), or null.</summary>
    public static WebText? Accepted(string header)
    {
        WebText? best = null;
        var bestQuality = 0.0;
        foreach (var range in header.Split(',', 20, StringSplitOptions.TrimEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            var quality = parts.Length > 1 && parts[1].StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                ? double.TryParse(parts[1].AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) ? q : 0 : 1;
            if (quality > bestQuality && Find(parts[0].Split('-')[0].ToLowerInvariant()) is { } text) (best, bestQuality) = (text, quality);
        }
        return best;
    }
}
