using System.Globalization;
using System.Text;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>A modifier of "set" and "extracttext".</summary>
/// <param name="Precedence">Larger ones come first; two of the same exclude each other.</param>
// RFC 5229 §4.1; :encodeurl RFC 5435 §6; :quoteregex of the draft of "regex", §7.2.
internal sealed record Modifier(string Tag, int Precedence, string? Extension, Func<string, string> Change)
{
    private static readonly Modifier[] all =
    [
        new("lower", 40, null, text => MapAscii(text, char.ToLowerInvariant)),
        new("upper", 40, null, text => MapAscii(text, char.ToUpperInvariant)),
        new("lowerfirst", 30, null, text => MapFirst(text, char.ToLowerInvariant)),
        new("upperfirst", 30, null, text => MapFirst(text, char.ToUpperInvariant)),
        new("quotewildcard", 20, null, text => Quote(text, @"*?\")),
        new("quoteregex", 20, Extensions.Regex, text => Quote(text, @"\.*?+()[]{}^$|")),
        new("encodeurl", 15, Extensions.Enotify, EncodeUrl),
        new("length", 10, null, text => Length(text).ToString(CultureInfo.InvariantCulture)),
    ];

    public static IReadOnlyList<Modifier> Parse(SieveArguments arguments)
    {
        var found = new List<Modifier>();
        foreach (var modifier in all)
        {
            if (arguments.FlagAt(modifier.Tag, modifier.Extension) is not { } at) continue;
            if (found.Find(m => m.Precedence == modifier.Precedence) is { } other) throw new SieveSyntaxException(at, ScriptText.ExcludeEachOther.With(other.Tag, modifier.Tag));
            found.Add(modifier);
        }
        return found;
    }

    public static string Apply(IReadOnlyList<Modifier> modifiers, string text)
    {
        foreach (var modifier in modifiers) text = modifier.Change(text);
        return text;
    }

    private static string MapAscii(string text, Func<char, char> map) => string.Create(text.Length, (text, map), static (target, from) =>
    {
        for (var i = 0; i < target.Length; i++) target[i] = char.IsAscii(from.text[i]) ? from.map(from.text[i]) : from.text[i];
    });

    private static string MapFirst(string text, Func<char, char> map) => text.Length > 0 && char.IsAscii(text[0]) ? map(text[0]) + text[1..] : text;

    private static string Quote(string text, string special)
    {
        if (!text.AsSpan().ContainsAny(special)) return text;
        var quoted = new StringBuilder(text.Length + 8);
        foreach (var c in text) (special.Contains(c, StringComparison.Ordinal) ? quoted.Append('\\') : quoted).Append(c);
        return quoted.ToString();
    }

    private static string EncodeUrl(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        // unreserved of RFC 3986 §2.3 stays.
        foreach (var octet in OctetText.ToOctets(text))
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~') encoded.Append((char)octet);
            else encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }
        return encoded.ToString();
    }

    /// <summary>Characters, not the units of UTF-16.</summary>
    private static int Length(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count;
    }
}
