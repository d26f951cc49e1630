using System.Buffers;

namespace Facteur.Delivery.Authentication;

/// <summary>Tokens of an Authentication-Results field: comments and folds between them, quoted strings (RFC 8601 §2.2).</summary>
internal ref struct ResultsLexer(ReadOnlySpan<byte> text)
{
    // Nobody nests comments; who does wants to hide something.
    private const int MaxNesting = 20;

    // Not of a token (RFC 2045 §5.1), blanks, controls. "/" and "=" are taken apart by the callers' grammar.
    private static readonly SearchValues<byte> endOfToken = SearchValues.Create(
        [.. Enumerable.Range(0, 33).Select(octet => (byte)octet), .. "()<>@,;:\\\"/[]?="u8, 127]);

    private readonly ReadOnlySpan<byte> text = text;

    /// <summary>Where the next token begins.</summary>
    public int Position { get; private set; }

    public readonly bool AtEnd => Position == text.Length;

    public readonly bool IsNext(byte octet) => Position < text.Length && text[Position] == octet;

    /// <summary>Passes blanks, folds and comments; false for a comment that does not end.</summary>
    public bool SkipComments()
    {
        while (Position < text.Length)
        {
            if (text[Position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') Position++;
            else if (text[Position] != '(') break;
            else if (!SkipComment()) return false;
        }
        return true;
    }

    /// <summary>Passes this octet if it is next (letters in either case).</summary>
    public bool Take(byte octet)
    {
        if (AtEnd || (text[Position] != octet && (text[Position] | 0x20) != octet)) return false;
        Position++;
        return true;
    }

    /// <summary>A token; empty when none is next.</summary>
    public ReadOnlySpan<byte> Token()
    {
        var rest = text[Position..];
        var length = rest.IndexOfAny(endOfToken);
        var token = length < 0 ? rest : rest[..length];
        Position += token.Length;
        return token;
    }

    /// <summary>A token or the content of a quoted string; null when neither is next.</summary>
    public string? Value()
    {
        if (AtEnd) return null;
        if (text[Position] != '"')
        {
            var token = Token();
            return token.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(token);
        }
        var content = new ArrayBufferWriter<byte>();
        for (var i = Position + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                Position = i + 1;
                return System.Text.Encoding.UTF8.GetString(content.WrittenSpan);
            }
            if (text[i] == '\\' && i + 1 < text.Length) i++;
            else if (text[i] is (byte)'\r' or (byte)'\n') continue;
            content.Write(text.Slice(i, 1));
        }
        return null;
    }

    /// <summary>Passes everything up to the next ";" outside comments and quoted strings, or to the end. False: one of them does not end.</summary>
    public bool SkipStatement()
    {
        while (Position < text.Length && text[Position] != ';')
        {
            if (text[Position] == '(')
            {
                if (!SkipComment()) return false;
            }
            else if (text[Position] == '"')
            {
                if (Value() is null) return false;
            }
            else
            {
                Position++;
            }
        }
        return true;
    }

    private bool SkipComment()
    {
        var depth = 0;
        for (var i = Position; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '(' && ++depth > MaxNesting) return false;
            else if (text[i] == ')' && --depth == 0)
            {
                Position = i + 1;
                return true;
            }
        }
        return false;
    }
}
