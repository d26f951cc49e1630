namespace Facteur.Sieve.Syntax;

/// <summary>A command or a test as it is written, before anyone knows what it means (RFC 5228 §8.2).</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Tests">The test, or the test list, after the arguments.</param>
/// <param name="HasTestList">The tests stand in parentheses.</param>
/// <param name="Block">Commands in braces; null when a semicolon ends the command, and for tests.</param>
internal sealed record SyntaxNode(
    string Name, SievePosition At, IReadOnlyList<SyntaxArgument> Arguments, IReadOnlyList<SyntaxNode> Tests, bool HasTestList, IReadOnlyList<SyntaxNode>? Block);

/// <summary>An argument: a number, a tag, a string, or strings in brackets.</summary>
/// <param name="Text">Of a tag, without its colon.</param>
internal readonly record struct SyntaxArgument(TokenKind Kind, SievePosition At, string Text = "", long Number = 0, IReadOnlyList<SyntaxArgument>? Items = null)
{
    public bool IsTag => Kind == TokenKind.Tag;
}
