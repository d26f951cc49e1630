using System.Buffers;
using System.Text;

namespace Facteur.Sieve.Syntax;

/// <summary>Cuts a script into tokens, linear in its octets. A line may end with LF alone: editors write it; in strings it becomes CRLF.</summary>
// RFC 5228 §8.1.
internal ref struct Lexer(ReadOnlySpan<byte> script)
{
    private static readonly SearchValues<byte> Word = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);
    private static readonly SearchValues<byte> QuotedEnd = SearchValues.Create("\"\\\n\r\0"u8);

    private readonly ReadOnlySpan<byte> script = script;
    private int at = script.StartsWith("\uFEFF"u8) ? 3 : 0;

    // Where columns were counted up to: no octet is counted twice.
    private int line = 1, column = 1, counted = script.StartsWith("\uFEFF"u8) ? 3 : 0;

    /// <exception cref="SieveSyntaxException">There is no token here.</exception>
    public Token Next()
    {
        SkipBlank();
        var start = Position();
        if (at >= script.Length) return new Token(TokenKind.End, start);
        var octet = script[at];
        switch (octet)
        {
            case (byte)'[': return Single(TokenKind.LeftBracket, start);
            case (byte)']': return Single(TokenKind.RightBracket, start);
            case (byte)'(': return Single(TokenKind.LeftParenthesis, start);
            case (byte)')': return Single(TokenKind.RightParenthesis, start);
            case (byte)'{': return Single(TokenKind.LeftBrace, start);
            case (byte)'}': return Single(TokenKind.RightBrace, start);
            case (byte)',': return Single(TokenKind.Comma, start);
            case (byte)';': return Single(TokenKind.Semicolon, start);
            case (byte)'"': return Quoted(start);
            case (byte)':':
                at++;
                return new Token(TokenKind.Tag, start, Identifier(start, ScriptText.TagNeedsAName));
            case >= (byte)'0' and <= (byte)'9':
                return Number(start);
        }
        var name = Identifier(start, null);
        return name == "text" && at < script.Length && script[at] == (byte)':' ? MultiLine(start) : new Token(TokenKind.Identifier, start, name);
    }

    private Token Single(TokenKind kind, SievePosition start)
    {
        at++;
        return new Token(kind, start);
    }

    private void SkipBlank()
    {
        for (; at < script.Length; at++)
        {
            switch (script[at])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\n':
                    continue;
                case (byte)'\r' when at + 1 < script.Length && script[at + 1] == (byte)'\n':
                    continue;
                case (byte)'#':
                    SkipLine();
                    continue;
                case (byte)'/' when at + 1 < script.Length && script[at + 1] == (byte)'*':
                    var end = script[(at + 2)..].IndexOf("*/"u8);
                    if (end < 0) throw new SieveSyntaxException(Position(), ScriptText.CommentNotClosed);
                    at += end + 3;
                    continue;
                default:
                    return;
            }
        }
    }

    /// <summary>Moves to the LF that ends this line, or to the last octet.</summary>
    private void SkipLine()
    {
        var end = script[at..].IndexOf((byte)'\n');
        at = end < 0 ? script.Length - 1 : at + end;
    }

    private string Identifier(SievePosition start, SieveSentence? otherwise)
    {
        var rest = script[at..];
        var length = rest.IndexOfAnyExcept(Word);
        if (length < 0) length = rest.Length;
        if (length == 0 || rest[0] is >= (byte)'0' and <= (byte)'9') throw new SieveSyntaxException(start, otherwise ?? Unexpected());
        if (length > 64) throw new SieveSyntaxException(start, ScriptText.NameTooLong);
        at += length;
        return Encoding.ASCII.GetString(rest[..length]).ToLowerInvariant();
    }

    private readonly SieveSentence Unexpected() =>
        at >= script.Length ? ScriptText.ScriptEnds
        : script[at] is > 32 and < 127 ? ScriptText.CannotStandHere.With((char)script[at])
        : script[at] == 0 ? ScriptText.ZeroOctet
        : script[at] == (byte)'\r' ? ScriptText.LoneCr
        : ScriptText.OnlyInStrings;

    private Token Number(SievePosition start)
    {
        var number = 0L;
        for (; at < script.Length && script[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            number = number * 10 + (script[at] - '0');
            if (number > int.MaxValue * 1024L) throw new SieveSyntaxException(start, ScriptText.NumberTooLarge);
        }
        var shift = at < script.Length ? (script[at] | 0x20) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 } : 0;
        if (shift > 0) at++;
        if (at < script.Length && Word.Contains(script[at])) throw new SieveSyntaxException(start, ScriptText.NotANumber);
        if (number > long.MaxValue >> shift) throw new SieveSyntaxException(start, ScriptText.NumberTooLarge);
        return new Token(TokenKind.Number, start, Number: number << shift);
    }

    private Token Quoted(SievePosition start)
    {
        var octets = new ArrayBufferWriter<byte>();
        at++;
        while (true)
        {
            var rest = script[at..];
            var end = rest.IndexOfAny(QuotedEnd);
            if (end < 0) throw new SieveSyntaxException(start, ScriptText.StringNotClosed);
            octets.Write(rest[..end]);
            at += end + 1;
            switch (rest[end])
            {
                case (byte)'"':
                    return new Token(TokenKind.String, start, OctetText.FromOctets(octets.WrittenSpan));
                case (byte)'\n':
                    octets.Write("\r\n"u8);
                    break;
                case (byte)'\\' when at < script.Length && script[at] is not ((byte)'\r' or (byte)'\n' or 0):
                    octets.Write(script.Slice(at++, 1));
                    break;
                case (byte)'\\':
                    break;
                case (byte)'\r' when at < script.Length && script[at] == (byte)'\n':
                    break;
                default:
                    at--;
                    throw new SieveSyntaxException(Position(), Unexpected());
            }
        }
    }

    private Token MultiLine(SievePosition start)
    {
        at++;
        while (at < script.Length && script[at] is (byte)' ' or (byte)'\t') at++;
        if (at < script.Length && script[at] == (byte)'#') SkipLine();
        if (at < script.Length && script[at] == (byte)'\r') at++;
        if (at >= script.Length || script[at] != (byte)'\n') throw new SieveSyntaxException(Position(), ScriptText.TextEndsLine);
        at++;
        var octets = new ArrayBufferWriter<byte>();
        while (at < script.Length)
        {
            var end = script[at..].IndexOf((byte)'\n');
            var whole = end < 0 ? script[at..] : script.Slice(at, end);
            at = end < 0 ? script.Length : at + end + 1;
            var text = whole.EndsWith("\r"u8) ? whole[..^1] : whole;
            if (text.SequenceEqual("."u8)) return new Token(TokenKind.String, start, OctetText.FromOctets(octets.WrittenSpan));
            if (text.ContainsAny((byte)'\r', (byte)0)) throw new SieveSyntaxException(start, ScriptText.TextHoldsZero);
            octets.Write(text.StartsWith(".."u8) ? text[1..] : text);
            octets.Write("\r\n"u8);
        }
        throw new SieveSyntaxException(start, ScriptText.TextNotClosed);
    }

    private SievePosition Position()
    {
        var passed = script[counted..at];
        counted = at;
        var ends = passed.Count((byte)'\n');
        if (ends > 0)
        {
            line += ends;
            column = 1;
            passed = passed[(passed.LastIndexOf((byte)'\n') + 1)..];
        }
        foreach (var octet in passed)
            if ((octet & 0xC0) != 0x80) column++;
        return new SievePosition(line, column);
    }
}
