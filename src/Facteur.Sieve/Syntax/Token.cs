namespace Facteur.Sieve.Syntax;

/// <summary>The tokens of RFC 5228 §8.1.</summary>
internal enum TokenKind : byte
{
    End, Identifier, Tag, Number, String,
    LeftBracket, RightBracket, LeftParenthesis, RightParenthesis, LeftBrace, RightBrace, Comma, Semicolon,
}

/// <param name="Text">An identifier or tag in lower case, a string without its quotes and escapes.</param>
internal readonly record struct Token(TokenKind Kind, SievePosition At, string Text = "", long Number = 0)
{
    /// <summary>As a person would call it.</summary>
    public string Name => Kind switch
    {
        TokenKind.End => "the end of the script",
        TokenKind.Identifier => $"\"{Text}\"",
        TokenKind.Tag => $"\":{Text}\"",
        TokenKind.Number => "a number",
        TokenKind.String => "a string",
        TokenKind.LeftBracket => "\"[\"",
        TokenKind.RightBracket => "\"]\"",
        TokenKind.LeftParenthesis => "\"(\"",
        TokenKind.RightParenthesis => "\")\"",
        TokenKind.LeftBrace => "\"{\"",
        TokenKind.RightBrace => "\"}\"",
        TokenKind.Comma => "\",\"",
        _ => "\";\"",
    };
}

/// <summary>The script is wrong at a place.</summary>
internal sealed class SieveSyntaxException(SievePosition at, string message) : Exception(message)
{
    public SievePosition At { get; } = at;

    /// <summary>It is right where an extension exists that is not known here (RFC 5463 §4).</summary>
    public bool IsUnknown { get; init; }
}
