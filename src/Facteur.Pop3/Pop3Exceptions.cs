namespace Facteur.Pop3;

/// <summary>The client wrote what is no command here: -ERR, and it counts towards the end of the connection.</summary>
internal sealed class Pop3SyntaxException(string message) : Exception(message);

/// <summary>Understood and refused: -ERR [code] with a sentence for a human.</summary>
/// <param name="code">Extended response code without brackets (RFC 2449 §8), or null.</param>
internal sealed class Pop3RefusedException(string? code, string message) : Exception(message)
{
    public string? Code { get; } = code;
}
