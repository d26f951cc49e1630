using System.Text;

namespace Facteur.Sieve.Managing.Wire;

/// <summary>The arguments of one command, read from left to right (RFC 5804 §4). The command is there whole, literals included.</summary>
internal ref struct ManageSieveReader(ReadOnlySpan<byte> command)
{
    private const int MaxQuoted = 64 * 1024; // RFC 5804 §4 has 1,024; clients that send more mean well

    private static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = command;

    /// <summary>The name of a command, in upper case; "" when there is none.</summary>
    public string Name()
    {
        var end = rest.IndexOfAny(" \r\n\""u8);
        var word = end < 0 ? rest : rest[..end];
        if (word.Length is 0 or > 32 || word.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return "";
        rest = rest[word.Length..];
        return Encoding.ASCII.GetString(word).ToUpperInvariant();
    }

    /// <summary>A further argument follows.</summary>
    public readonly bool HasMore => rest.Length > 0 && rest[0] == (byte)' ';

    /// <summary>One space, and a string: quoted or literal, in UTF-8.</summary>
    public string Text(string what)
    {
        var octets = Octets(what);
        try
        {
            return strict.GetString(octets);
        }
        catch (DecoderFallbackException)
        {
            throw new ManageSieveSyntaxException($"{what} is not UTF-8");
        }
    }

    /// <summary>One space, and a string as octets.</summary>
    public byte[] Octets(string what)
    {
        Space(what);
        return String(what);
    }

    /// <summary>A string where a line starts: the answer to a challenge.</summary>
    public byte[] String(string what)
    {
        if (rest.StartsWith("\""u8)) return Quoted(what);
        if (rest.StartsWith("{"u8)) return Literal(what);
        throw new ManageSieveSyntaxException($"{what} is missing; a string in quotes or a literal is expected");
    }

    /// <summary>One space, and a number of 32 bits.</summary>
    public uint Number(string what)
    {
        Space(what);
        var end = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var digits = end < 0 ? rest : rest[..end];
        if (digits.Length is 0 or > 10 || digits[0] == '0' && digits.Length > 1 || !uint.TryParse(digits, System.Globalization.NumberStyles.None, null, out var number))
            throw new ManageSieveSyntaxException($"{what} is missing; a number is expected");
        rest = rest[digits.Length..];
        return number;
    }

    public readonly void End()
    {
        if (!rest.SequenceEqual("\r\n"u8)) throw new ManageSieveSyntaxException("there is more than the command takes");
    }

    private void Space(string what)
    {
        if (!HasMore) throw new ManageSieveSyntaxException($"{what} is missing");
        rest = rest[1..];
    }

    private byte[] Quoted(string what)
    {
        var octets = new List<byte>();
        for (var i = 1; i < rest.Length && octets.Count < MaxQuoted; i++)
        {
            switch (rest[i])
            {
                case (byte)'"':
                    rest = rest[(i + 1)..];
                    return [.. octets];
                case (byte)'\\' when i + 1 < rest.Length && rest[i + 1] is (byte)'"' or (byte)'\\':
                    octets.Add(rest[++i]);
                    break;
                case (byte)'\\' or (byte)'\r' or (byte)'\n' or 0:
                    throw new ManageSieveSyntaxException($"{what} holds a character that stands in no quoted string; send it as a literal");
                default:
                    octets.Add(rest[i]);
                    break;
            }
        }
        throw new ManageSieveSyntaxException($"{what} has no closing quote");
    }

    private byte[] Literal(string what)
    {
        var end = rest.IndexOf("\r\n"u8);
        if (end < 0 || !ScriptLiteral.TryParseEnd(rest[..end], out var length) || rest.Length - end - 2 < length || rest[..end].LastIndexOf((byte)'{') != 0)
            throw new ManageSieveSyntaxException($"{what} is no string");
        var octets = rest.Slice(end + 2, (int)length).ToArray();
        rest = rest[(end + 2 + (int)length)..];
        return octets;
    }
}
