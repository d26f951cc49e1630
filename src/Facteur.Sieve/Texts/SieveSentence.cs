using System.Globalization;
using System.Resources;

namespace Facteur.Sieve;

/// <summary>
/// One sentence for the author of a script, or a piece of one: what is meant and the words it is about. The wording is made where it is shown:
/// programs read it in English (<see cref="ToString"/>), people in their language (<see cref="In"/>).
/// </summary>
public sealed class SieveSentence(ScriptText text, params object[] arguments)
{
    private static readonly ResourceManager resources = new("Facteur.Sieve.Texts.ScriptTexts", typeof(SieveSentence).Assembly);

    /// <summary>What is meant.</summary>
    public ScriptText Text { get; } = text;

    /// <summary>The languages there are; any other is answered in English.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "fr"];

    public static implicit operator SieveSentence(ScriptText text) => FromScriptText(text);

    public static SieveSentence FromScriptText(ScriptText text) => new(text);

    /// <summary>The sentence in a language.</summary>
    /// <param name="language">A language tag, such as "fr" or "fr-CA".</param>
    public string In(string language)
    {
        var isFrench = language.StartsWith("fr", StringComparison.OrdinalIgnoreCase) && (language.Length == 2 || language[2] == '-');
        return Format(CultureInfo.GetCultureInfo(isFrench ? "fr" : "en"));
    }

    /// <summary>The sentence in English.</summary>
    public override string ToString() => In("en");

    internal static string Template(ScriptText text, CultureInfo language) =>
        resources.GetString(text.ToString(), language) ?? throw new InvalidOperationException($"there is no text {text}");

    private string Format(CultureInfo language)
    {
        var words = new object[arguments.Length];
        for (var i = 0; i < words.Length; i++) words[i] = arguments[i] is SieveSentence piece ? piece.Format(language) : arguments[i];
        return string.Format(CultureInfo.InvariantCulture, Template(Text, language), words);
    }
}

/// <summary>Sentences of a text and its words.</summary>
public static class SieveSentences
{
    public static SieveSentence With(this ScriptText text, params object[] arguments) => new(text, arguments);
}
