using System.Globalization;
using System.Text;

namespace Facteur.Net.Ldap;

/// <summary>Takes a filter in its string form apart (RFC 4515 §3).</summary>
internal sealed class LdapFilterParser(string text, IReadOnlyList<string> names)
{
    private const int MaxDepth = 32;

    private int at;

    /// <exception cref="FormatException">It is no filter.</exception>
    public LdapFilter Parse()
    {
        var filter = Filter(0);
        return at == text.Length ? filter : throw Wrong("nothing may follow the last bracket");
    }

    private LdapFilter Filter(int depth)
    {
        if (depth > MaxDepth) throw Wrong("there are too many brackets");
        Take('(');
        LdapFilter filter;
        switch (Peek())
        {
            case '&' or '|':
                var isAnd = text[at++] == '&';
                var filters = new List<LdapFilter>();
                while (Peek() == '(') filters.Add(Filter(depth + 1));
                filter = filters.Count > 0 ? new LdapFilter.Several(isAnd, filters) : throw Wrong("a filter is missing");
                break;
            case '!':
                at++;
                filter = new LdapFilter.Not(Filter(depth + 1));
                break;
            default:
                filter = Item();
                break;
        }
        Take(')');
        return filter;
    }

    private LdapFilter Item()
    {
        var start = at;
        while (Peek() is var c && (char.IsAsciiLetterOrDigit(c) || c is '-' or ';' or '.' or ':')) at++;
        var name = text[start..at];
        if (name.EndsWith(':') && Peek() == '=') return Extensible(name[..^1]);
        var comparison = Peek();
        if (comparison is '~' or '>' or '<') at++;
        Take('=');
        if (name.Length == 0 || name.Contains(':', StringComparison.Ordinal)) throw Wrong("the name of an attribute is missing");
        var pieces = Pieces();
        if (comparison != '=')
            return pieces.Count == 1 ? new LdapFilter.Comparison(name, comparison, pieces[0]) : throw Wrong("\"*\" may stand behind \"=\" alone");
        if (pieces.Count == 2 && pieces[0].Count == 0 && pieces[1].Count == 0) return new LdapFilter.Present(name);
        return pieces.Count == 1 ? new LdapFilter.Comparison(name, '=', pieces[0]) : new LdapFilter.Substrings(name, pieces);
    }

    /// <summary>attribute:dn:rule:=value, of which one of attribute and rule may be missing.</summary>
    private LdapFilter.Extensible Extensible(string head)
    {
        Take('=');
        var parts = head.Split(':').ToList();
        var attribute = parts[0];
        parts.RemoveAt(0);
        var onDn = parts.Count > 0 && parts[0].Equals("dn", StringComparison.OrdinalIgnoreCase);
        if (onDn) parts.RemoveAt(0);
        var rule = parts.Count == 1 && parts[0].Length > 0 ? parts[0] : null;
        if (parts.Count > 1 || (parts.Count == 1 && rule is null) || (attribute.Length == 0 && rule is null)) throw Wrong("the matching rule is missing");
        var pieces = Pieces();
        if (pieces.Count > 1) throw Wrong("\"*\" may stand behind \"=\" alone");
        return new LdapFilter.Extensible(rule, attribute.Length > 0 ? attribute : null, onDn, pieces[0]);
    }

    /// <summary>The value up to the closing bracket, cut at each asterisk.</summary>
    private List<IReadOnlyList<LdapFilter.Part>> Pieces()
    {
        var pieces = new List<IReadOnlyList<LdapFilter.Part>>();
        var piece = new List<LdapFilter.Part>();
        var octets = new List<byte>();
        while (Peek() is not ('\0' or ')'))
        {
            var c = text[at];
            switch (c)
            {
                case '*':
                    at++;
                    EndOctets();
                    if (piece.Count == 0 && pieces.Count > 0) throw Wrong("two \"*\" follow each other");
                    pieces.Add(piece);
                    piece = [];
                    break;
                case '(':
                    throw Wrong("a bracket in a value is written \\28");
                case '\\':
                    octets.Add(Escaped());
                    break;
                case '{' when Name() is { } name:
                    EndOctets();
                    piece.Add(new LdapFilter.Part(null, name));
                    break;
                default:
                    if (!Rune.TryGetRuneAt(text, at, out var rune)) throw Wrong("that is no character");
                    octets.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                    at += rune.Utf16SequenceLength;
                    break;
            }
        }
        EndOctets();
        pieces.Add(piece);
        return pieces;

        void EndOctets()
        {
            if (octets.Count > 0) piece.Add(new LdapFilter.Part([.. octets], null));
            octets.Clear();
        }
    }

    private byte Escaped()
    {
        if (at + 2 >= text.Length || !byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            throw Wrong("behind \"\\\" stand two hexadecimal digits");
        at += 3;
        return octet;
    }

    /// <summary>A name in braces; null for a brace that is only one.</summary>
    private string? Name()
    {
        var end = text.IndexOf('}', at);
        if (end < 0 || end == at + 1 || !text.AsSpan(at + 1, end - at - 1).ToString().All(char.IsAsciiLetter)) return null;
        var name = text[(at + 1)..end];
        if (!names.Contains(name)) throw Wrong($"there is no {{{name}}}; there {(names.Count == 1 ? "is" : "are")} {string.Join(", ", names.Select(one => $"{{{one}}}"))}");
        at = end + 1;
        return name;
    }

    private char Peek() => at < text.Length ? text[at] : '\0';

    private void Take(char c)
    {
        if (Peek() != c) throw Wrong($"\"{c}\" is missing");
        at++;
    }

    private FormatException Wrong(string why) => new($"\"{text}\" is no filter: at character {(at + 1).ToString(CultureInfo.InvariantCulture)}, {why}.");
}
