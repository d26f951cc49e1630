using Facteur.Pop3.Texts;

namespace Facteur.Pop3;

/// <summary>The client wrote what is no command here: -ERR, and it counts towards the end of the connection.</summary>
internal sealed class Pop3SyntaxException(Pop3Text text, params object?[] arguments) : Exception(Pop3Texts.English.Format(text, arguments))
{
    public string In(Pop3Texts language) => language.Format(text, arguments);
}

/// <summary>Understood and refused: -ERR [code] with a sentence for a human.</summary>
internal sealed class Pop3RefusedException : Exception
{
    private readonly Pop3Text? text;
    private readonly object?[] arguments = [];

    /// <param name="code">Extended response code without brackets (RFC 2449 §8), or null.</param>
    public Pop3RefusedException(string? code, Pop3Text text, params object?[] arguments)
        : base(Pop3Texts.English.Format(text, arguments)) => (Code, this.text, this.arguments) = (code, text, arguments);

    /// <param name="sentence">In the language it is to be said in.</param>
    public Pop3RefusedException(string? code, string sentence)
        : base(sentence) => Code = code;

    public string? Code { get; }

    public string In(Pop3Texts language) => text is { } known ? language.Format(known, arguments) : Message;
}
