using System.Text;
using Facteur.Pop3.Texts;

namespace Facteur.Pop3.Wire;

/// <summary>The arguments of one command, read from left to right (RFC 1939 §3, RFC 2449 §3).</summary>
internal ref struct Pop3Arguments(ReadOnlySpan<byte> rest)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = rest;

    /// <summary>Nothing but spaces is left.</summary>
    public readonly bool IsEmpty => rest.TrimEnd((byte)' ').IsEmpty;

    /// <summary>A decimal number; past 2^31 it is a number all the same, and no message has it.</summary>
    public int Number(Pop3Text missing = Pop3Text.NumberMissing, Pop3Text isNone = Pop3Text.NumberIsNone)
    {
        var word = Word(missing);
        if (word.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) throw new Pop3SyntaxException(isNone);
        var value = 0L;
        foreach (var digit in word) value = Math.Min(value * 10 + (digit - '0'), int.MaxValue);
        return (int)value;
    }

    public ReadOnlySpan<byte> Word(Pop3Text missing)
    {
        rest = rest.TrimStart((byte)' ');
        if (rest.IsEmpty) throw new Pop3SyntaxException(missing);
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }

    /// <summary>All that is left after one space, spaces included: names and passwords may hold them (RFC 1939 §7, PASS).</summary>
    public string Text(Pop3Text missing, Pop3Text notUtf8)
    {
        if (rest.Length < 2) throw new Pop3SyntaxException(missing);
        try
        {
            var text = StrictUtf8.GetString(rest[1..]);
            rest = default;
            return text;
        }
        catch (DecoderFallbackException)
        {
            throw new Pop3SyntaxException(notUtf8); // RFC 6856 §2.2
        }
    }

    public readonly void End()
    {
        if (!IsEmpty) throw new Pop3SyntaxException(Pop3Text.TooManyArguments);
    }
}
