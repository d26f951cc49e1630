using System.Buffers;

namespace Facteur.Mail;

internal enum AddressTokenKind : byte { Atom, Quoted, Literal, Comment, At, Open, Close, Comma, Semicolon, Colon }

/// <summary>A token by its octets: of a quoted string and of a comment, those inside.</summary>
/// <param name="Apart">White space or a comment stands before it.</param>
internal readonly record struct AddressToken(AddressTokenKind Kind, int Start, int Length, bool Apart);

/// <summary>Cuts an address field into tokens (RFC 5322 §3.2), never failing: an opening quote, parenthesis or bracket that nothing closes is text.
/// Linear: what was searched to the end in vain is not searched again.</summary>
internal ref struct AddressLexer(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> AtomEnd = SearchValues.Create(" \t\r\n()<>@,;:\""u8);

    private readonly ReadOnlySpan<byte> text = text;
    private EncodedWordScanner words = new(text);
    private int at;
    private bool quotesUnclosed, commentsUnclosed, literalsUnclosed;
    private bool afterAt;

    public bool TryNext(out AddressToken token)
    {
        var apart = false;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' || c == '(' && commentsUnclosed || c == ')')
                apart = true;
            else
            {
                token = Read(c, apart);
                if (token.Length < 0)
                {
                    apart |= c == '('; // never closed: left out
                    continue;
                }
                afterAt = token.Kind == AddressTokenKind.At || token.Kind == AddressTokenKind.Comment && afterAt;
                return true;
            }
        }
        token = default;
        return false;
    }

    private AddressToken Read(byte c, bool apart)
    {
        switch (c)
        {
            case (byte)'(':
                return Comment(apart);
            case (byte)'"':
                return Quoted(apart);
            case (byte)'[' when afterAt && !literalsUnclosed && FindBracket() is var end and >= 0:
                var literal = new AddressToken(AddressTokenKind.Literal, at, end + 1 - at, apart);
                at = end + 1;
                return literal;
            case (byte)'@':
                return One(AddressTokenKind.At, apart);
            case (byte)'<':
                return One(AddressTokenKind.Open, apart);
            case (byte)'>':
                return One(AddressTokenKind.Close, apart);
            case (byte)',':
                return One(AddressTokenKind.Comma, apart);
            case (byte)';':
                return One(AddressTokenKind.Semicolon, apart);
            case (byte)':':
                return One(AddressTokenKind.Colon, apart);
            default:
                return Atom(apart);
        }
    }

    private AddressToken One(AddressTokenKind kind, bool apart) => new(kind, at++, 1, apart);

    // Dots, brackets and eight-bit octets belong to atoms: the parser wants whole local parts and domains. So do encoded words with whatever
    // specials they hold, since iOS Mail leaves quotes and others unencoded in them; but not angle brackets, which may hide an address.
    private AddressToken Atom(bool apart)
    {
        var start = at;
        do
        {
            if (text[at] == '=' && at + 1 < text.Length && text[at + 1] == '?' && words.TryRead(at, out var word)
                && text[word.Content..word.ContentEnd].IndexOfAny((byte)'<', (byte)'>') < 0)
                at = word.End;
            else
                at++;
        }
        while (at < text.Length && !AtomEnd.Contains(text[at]));
        return new AddressToken(AddressTokenKind.Atom, start, at - start, apart);
    }

    private AddressToken Quoted(bool apart)
    {
        for (var i = at + 1; i < text.Length && !quotesUnclosed; i++)
        {
            var found = text[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                break;
            i += found;
            if (text[i] == '"')
            {
                var quoted = new AddressToken(AddressTokenKind.Quoted, at + 1, i - at - 1, apart);
                at = i + 1;
                return quoted;
            }
            i++; // quoted-pair
        }
        quotesUnclosed = true;
        return new AddressToken(AddressTokenKind.Quoted, at, -1, apart);
    }

    private int FindBracket()
    {
        var end = text[at..].IndexOfAny("]<>,;"u8);
        if (end >= 0 && text[at + end] == ']')
            return at + end;
        literalsUnclosed = end < 0;
        return -1;
    }

    private AddressToken Comment(bool apart)
    {
        var depth = 0;
        for (var i = at; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\')
                i++;
            else if (c == '(')
                depth++;
            else if (c == ')' && --depth == 0)
            {
                var comment = new AddressToken(AddressTokenKind.Comment, at + 1, i - at - 1, apart);
                at = i + 1;
                return comment;
            }
        }
        commentsUnclosed = true;
        return new AddressToken(AddressTokenKind.Comment, at, -1, apart);
    }
}
