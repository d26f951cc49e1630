using System.Text;

namespace Facteur.Mail;

/// <summary>Walks over values as IMAP writes them: strings, numbers, NIL, lists (RFC 9051 §4). For stored ENVELOPE and BODYSTRUCTURE, which are ASCII without literals.</summary>
public static class ListText
{
    /// <summary>Octets of the value at the start of <paramref name="text"/>; 0 before a blank or a closing parenthesis.</summary>
    public static int ValueLength(ReadOnlySpan<byte> text)
    {
        var at = 0;
        var depth = 0;
        while (at < text.Length)
        {
            var octet = text[at];
            if (octet == '"') at += QuotedLength(text[at..]);
            else if (depth == 0 && octet is (byte)' ' or (byte)')') return at;
            else
            {
                at++;
                if (octet == '(') depth++;
                else if (octet == ')') depth--;
            }
            if (depth == 0 && octet is (byte)'"' or (byte)')') return at;
        }
        return at;
    }

    /// <summary>The value at a place of a list; empty when the list is shorter or is none.</summary>
    public static ReadOnlySpan<byte> Item(ReadOnlySpan<byte> list, int place)
    {
        if (list.IsEmpty || list[0] != '(') return default;
        list = list[1..];
        while (true)
        {
            var length = ValueLength(list);
            if (place-- == 0 || length == 0) return list[..length];
            list = list[length..];
            if (list.StartsWith(" "u8)) list = list[1..];
        }
    }

    /// <summary>The octets of a quoted string; empty for NIL.</summary>
    public static byte[] Text(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 || value[0] != '"') return [];
        var text = new byte[value.Length - 2];
        var length = 0;
        for (var i = 1; i < value.Length - 1; i++)
        {
            if (value[i] == '\\') i++;
            text[length++] = value[i];
        }
        return text[..length];
    }

    private static int QuotedLength(ReadOnlySpan<byte> text)
    {
        var at = 1;
        for (; at < text.Length && text[at] != '"'; at++)
            if (text[at] == '\\') at++;
        return Math.Min(text.Length, at + 1);
    }
}
