namespace Facteur.Sieve.Managing;

/// <summary>The client wrote what is no command here: NO, and it counts towards the end of the connection.</summary>
internal sealed class ManageSieveSyntaxException(string message) : Exception(message);

/// <summary>Understood and refused: NO with a code and a sentence for a human.</summary>
/// <param name="code">Response code without parentheses (RFC 5804 §1.3), or null.</param>
internal sealed class ManageSieveRefusedException(string? code, string message) : Exception(message)
{
    public string? Code => code;
}
