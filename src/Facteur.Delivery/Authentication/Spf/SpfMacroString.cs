using System.Buffers;

namespace Facteur.Delivery.Authentication.Spf;

/// <summary>Where a macro-string stands, which decides what it may hold.</summary>
internal enum SpfMacroPlace : byte
{
    /// <summary>A domain-spec: letters s l o d i p v h, and a good end (RFC 7208 §7.1, §7.2).</summary>
    DomainSpec,
    /// <summary>The value of a modifier that nobody knows: only its syntax is looked at.</summary>
    UnknownModifier,
    /// <summary>An explain-string: blanks, and the letters c r t as well.</summary>
    Explanation,
}

/// <summary>A piece: text, or one macro-expand.</summary>
/// <param name="Literal">Text as it stands; null for a macro.</param>
/// <param name="Letter">Macro letter in lower case.</param>
/// <param name="Parts">Right-hand parts that are kept; 0 for all.</param>
/// <param name="Delimiters">Where the value is divided; null when it is left whole.</param>
/// <param name="Escape">The letter is a capital: the expansion is URL-escaped.</param>
internal readonly record struct SpfMacroPiece(string? Literal, char Letter, int Parts, bool Reverse, string? Delimiters, bool Escape);

/// <summary>A macro-string read (RFC 7208 §7.1).</summary>
internal sealed class SpfMacroString
{
    private const string Letters = "slodipvh";
    private const string ExplanationLetters = "crt";

    // More than a name has labels (RFC 7208 §7.3 asks for 127 at least).
    private const int MaxParts = 255;

    private static readonly SearchValues<char> DelimiterCharacters = SearchValues.Create(".-+,/_=");
    private static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);

    private SpfMacroString(IReadOnlyList<SpfMacroPiece> pieces) => Pieces = pieces;

    public IReadOnlyList<SpfMacroPiece> Pieces { get; }

    /// <summary>The text when there is nothing to expand.</summary>
    public string? Constant => Pieces is [{ Literal: { } only }] ? only : null;

    public bool Uses(char letter) => Pieces.Any(piece => piece.Letter == letter);

    /// <summary>The local part of the sender has a share in it.</summary>
    public bool UsesLocalPart => Uses('l') || Uses('s');

    /// <summary>Reads one; null when it breaks the grammar.</summary>
    public static SpfMacroString? Parse(ReadOnlySpan<char> text, SpfMacroPlace place)
    {
        var pieces = new List<SpfMacroPiece>();
        var endsInMacro = false;
        var whole = text;
        while (!text.IsEmpty)
        {
            var percent = text.IndexOf('%');
            var literal = percent < 0 ? text : text[..percent];
            if (!IsLiteral(literal, place)) return null;
            if (!literal.IsEmpty) pieces.Add(new SpfMacroPiece(literal.ToString(), default, 0, false, null, false));
            text = text[literal.Length..];
            endsInMacro = !text.IsEmpty;
            if (endsInMacro && !TryExpand(ref text, place, pieces)) return null;
        }
        if (place == SpfMacroPlace.DomainSpec && !endsInMacro && !EndsInTopLabel(whole)) return null;
        return new SpfMacroString(pieces);
    }

    private static bool IsLiteral(ReadOnlySpan<char> literal, SpfMacroPlace place) =>
        place == SpfMacroPlace.Explanation ? !literal.ContainsAnyExceptInRange(' ', '~') : !literal.ContainsAnyExcept(Visible);

    // macro-expand; the text is moved past it.
    private static bool TryExpand(ref ReadOnlySpan<char> text, SpfMacroPlace place, List<SpfMacroPiece> pieces)
    {
        if (text.Length < 2) return false;
        var fixedText = text[1] switch { '%' => "%", '_' => " ", '-' => "%20", _ => null };
        if (fixedText is not null)
        {
            pieces.Add(new SpfMacroPiece(fixedText, default, 0, false, null, false));
            text = text[2..];
            return true;
        }
        var close = text.IndexOf('}');
        if (text[1] != '{' || close < 3 || !TryMacro(text[2..close], place, out var piece)) return false;
        pieces.Add(piece);
        text = text[(close + 1)..];
        return true;
    }

    // macro-letter transformers *delimiter
    private static bool TryMacro(ReadOnlySpan<char> inside, SpfMacroPlace place, out SpfMacroPiece piece)
    {
        piece = default;
        var letter = char.ToLowerInvariant(inside[0]);
        if (!Letters.Contains(letter) && (place == SpfMacroPlace.DomainSpec || !ExplanationLetters.Contains(letter))) return false;
        var rest = inside[1..];
        var digits = rest.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : rest.Length;
        var parts = 0;
        foreach (var digit in rest[..digits])
            parts = Math.Min(MaxParts, parts * 10 + (digit - '0'));
        if (digits > 0 && parts == 0) return false; // RFC 7208 §7.3: the value must be nonzero
        rest = rest[digits..];
        var reverse = !rest.IsEmpty && rest[0] is 'r' or 'R';
        if (reverse) rest = rest[1..];
        if (rest.ContainsAnyExcept(DelimiterCharacters)) return false;
        var divided = digits > 0 || reverse || !rest.IsEmpty;
        piece = new SpfMacroPiece(null, letter, parts, reverse, !divided ? null : rest.IsEmpty ? "." : rest.ToString(), char.IsAsciiLetterUpper(inside[0]));
        return true;
    }

    // domain-end without a macro: "." toplabel [ "." ]
    private static bool EndsInTopLabel(ReadOnlySpan<char> text)
    {
        if (text.EndsWith(".")) text = text[..^1];
        var dot = text.LastIndexOf('.');
        if (dot < 0) return false;
        var label = text[(dot + 1)..];
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-') return false;
        var allDigits = true;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
            allDigits &= char.IsAsciiDigit(c);
        }
        return !allDigits;
    }
}
