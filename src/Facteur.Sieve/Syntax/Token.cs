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
    public SieveSentence Name => Kind switch
    {
        TokenKind.End => ScriptText.EndOfScript,
        TokenKind.Identifier => ScriptText.Quoted.With(Text),
        TokenKind.Tag => ScriptText.Quoted.With(":" + Text),
        TokenKind.Number => ScriptText.ANumber,
        TokenKind.String => ScriptText.AString,
        TokenKind.LeftBracket => ScriptText.Quoted.With("["),
        TokenKind.RightBracket => ScriptText.Quoted.With("]"),
        TokenKind.LeftParenthesis => ScriptText.Quoted.With("("),
        TokenKind.RightParenthesis => ScriptText.Quoted.With(")"),
        TokenKind.LeftBrace => ScriptText.Quoted.With("{"),
        TokenKind.RightBrace => ScriptText.Quoted.With("}"),
        TokenKind.Comma => ScriptText.Quoted.With(","),
        _ => ScriptText.Quoted.With(";"),
    };
}

/// <summary>The script is wrong at a place.</summary>
internal sealed class SieveSyntaxException(SievePosition at, SieveSentence sentence) : Exception(sentence.ToString())
{
    public SieveSentence Sentence { get; } = sentence;

    public SievePosition At { get; } = at;

    /// <summary>It is right where an extension exists that is not known here (RFC 5463 §4).</summary>
    public bool IsUnknown { get; init; }
}
