using System.Text;
using Facteur.Accounts;

namespace Facteur.Delivery.Authentication;

/// <summary>One result of an Authentication-Results field.</summary>
/// <param name="Method">Lower case: "spf", "dkim".</param>
/// <param name="Result">Lower case: "pass".</param>
/// <param name="Text">The whole statement, unfolded.</param>
internal sealed record AuthenticationStatement(string Method, string Result, string Text);

/// <summary>Reads Authentication-Results fields (RFC 8601 §2.2).</summary>
internal static class AuthenticationResultsReader
{
    /// <summary>The results of a field; null when it is another service's, of another version, or cannot be read.</summary>
    public static IReadOnlyList<AuthenticationStatement>? Read(ReadOnlySpan<byte> fieldBody, string authservId)
    {
        var lexer = new ResultsLexer(fieldBody);
        if (ReadService(ref lexer, out var isVersionKnown) is not { } service || !isVersionKnown || !IsSameService(service, authservId)) return null;
        var statements = new List<AuthenticationStatement>();
        while (lexer.Take((byte)';'))
        {
            var start = lexer.Position;
            if (!lexer.SkipStatement()) return null;
            if (ReadStatement(fieldBody[start..lexer.Position]) is { } statement) statements.Add(statement);
        }
        return statements;
    }

    /// <summary>Reads authserv-id and version, up to the first ";"; null when they are malformed.</summary>
    internal static string? ReadService(ref ResultsLexer lexer, out bool isVersionKnown)
    {
        isVersionKnown = true;
        if (!lexer.SkipComments() || lexer.Value() is not { } service || !lexer.SkipComments()) return null;
        var version = lexer.Token();
        isVersionKnown = version.IsEmpty || version.SequenceEqual("1"u8);
        return lexer.SkipComments() && (lexer.AtEnd || lexer.IsNext((byte)';')) ? service : null;
    }

    /// <summary>Compares without regard to case, to the final dot and to how an internationalized name is written.</summary>
    internal static bool IsSameService(string service, string authservId) => string.Equals(Normal(service), Normal(authservId), StringComparison.OrdinalIgnoreCase);

    private static string Normal(string service)
    {
        var name = service.TrimEnd('.');
        return DomainName.Normalize(name) ?? name;
    }

    private static AuthenticationStatement? ReadStatement(ReadOnlySpan<byte> text)
    {
        var lexer = new ResultsLexer(text);
        if (!lexer.SkipComments()) return null;
        var method = lexer.Token();
        // A version of the method may follow after "/"; only 1 exists.
        if (method.IsEmpty || !lexer.SkipComments() || !lexer.Take((byte)'=') || !lexer.SkipComments()) return null;
        var result = lexer.Token();
        if (result.IsEmpty) return null;
        return new(Encoding.ASCII.GetString(method).ToLowerInvariant(), Encoding.ASCII.GetString(result).ToLowerInvariant(), Unfold(text));
    }

    private static string Unfold(ReadOnlySpan<byte> text)
    {
        var words = Encoding.UTF8.GetString(text).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words);
    }
}
