using System.Globalization;
using System.Resources;

namespace Facteur.Pop3.Texts;

/// <summary>The texts of one language (LANG, RFC 6856 §3.2). English ones are ASCII: they are what is said before a client chose (RFC 1939 §3).</summary>
internal sealed class Pop3Texts
{
    public static readonly Pop3Texts English = new("en", "English");
    public static readonly Pop3Texts French = new("fr", "Français");

    /// <summary>All there are, in the order in which they are listed.</summary>
    public static readonly IReadOnlyList<Pop3Texts> All = [English, French];

    private readonly string[] texts;

    private Pop3Texts(string tag, string name)
    {
        (Tag, Name) = (tag, name);
        var resources = new ResourceManager(typeof(Pop3Texts).FullName!, typeof(Pop3Texts).Assembly);
        var culture = CultureInfo.GetCultureInfo(tag);
        texts = [.. Enum.GetNames<Pop3Text>().Select(key => resources.GetString(key, culture) ?? key)];
    }

    /// <summary>Language tag, lower case.</summary>
    public string Tag { get; }

    /// <summary>The language in itself.</summary>
    public string Name { get; }

    public string this[Pop3Text text] => texts[(int)text];

    public string Format(Pop3Text text, params ReadOnlySpan<object?> arguments) => string.Format(CultureInfo.InvariantCulture, this[text], arguments);

    /// <summary>The language of a range; "fr-CA" gets the nearest there is, and the answer says which. Null when there is none.</summary>
    public static Pop3Texts? Find(string range)
    {
        foreach (var texts in All)
            if (range.StartsWith(texts.Tag, StringComparison.OrdinalIgnoreCase) && (range.Length == texts.Tag.Length || range[texts.Tag.Length] == '-')) return texts;
        return null;
    }
}
