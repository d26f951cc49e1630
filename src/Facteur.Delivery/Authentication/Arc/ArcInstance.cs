using System.Globalization;

namespace Facteur.Delivery.Authentication.Arc;

/// <summary>Instance values (RFC 8617 §4.2.1).</summary>
internal static class ArcInstance
{
    /// <summary>The most sets that a message may carry.</summary>
    public const int Max = 50;

    /// <summary>Reads a value; 0 when it is none.</summary>
    public static int Parse(string? text) =>
        text is { Length: 1 or 2 } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Max ? value : 0;

    /// <summary>Reads the instance that an ARC-Authentication-Results begins with; 0 when there is none.</summary>
    public static int OfResults(ReadOnlySpan<byte> fieldBody)
    {
        var lexer = new ResultsLexer(fieldBody);
        if (!lexer.SkipComments() || !lexer.Take((byte)'i') || !lexer.SkipComments() || !lexer.Take((byte)'=') || !lexer.SkipComments()) return 0;
        var digits = lexer.Token();
        return digits.Length is 1 or 2 && lexer.SkipComments() && lexer.Take((byte)';') ? Parse(System.Text.Encoding.ASCII.GetString(digits)) : 0;
    }
}
