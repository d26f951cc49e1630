using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>Message identifiers of Message-ID, In-Reply-To and References (RFC 5322 §3.6.4), out of the phrases and line noise of §4.5.4.</summary>
public static class MessageIds
{
    private const int MaxIds = 1_000;

    // A line's worth (RFC 5322 §2.1.1); a longer one is no identifier.
    private const int MaxIdOctets = 998;

    private static readonly SearchValues<byte> Spacing = SearchValues.Create(" \t\r\n"u8);

    /// <summary>The identifiers in the order written, angle brackets included, folds inside them removed. Words between them are ignored;
    /// a field that is one bare "left@right" counts as an identifier whose brackets were forgotten.</summary>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> field)
    {
        var ids = new List<string>();
        var rest = field;
        while (ids.Count < MaxIds)
        {
            var open = rest.IndexOf((byte)'<');
            if (open < 0)
                break;
            rest = rest[(open + 1)..];
            var end = rest.IndexOfAny((byte)'>', (byte)'<');
            if (end < 0)
                break;
            if (rest[end] == '>')
            {
                if (Clean(rest[..end]) is { } id)
                    ids.Add(id);
                rest = rest[(end + 1)..];
            }
            else
                rest = rest[end..]; // never closed: the next one starts here
        }
        if (ids.Count == 0 && field.IndexOf((byte)'<') < 0)
        {
            var bare = field.Trim(" \t\r\n"u8);
            if (bare.Contains((byte)'@') && bare.IndexOfAny(Spacing) < 0 && Clean(bare) is { } id)
                ids.Add(id);
        }
        return ids;
    }

    private static string? Clean(ReadOnlySpan<byte> inside)
    {
        if (inside.IsEmpty || inside.Length > MaxIdOctets)
            return null;
        var text = new StringBuilder(inside.Length + 2).Append('<');
        foreach (var c in Charsets.Unlabelled.GetString(inside))
            if (!char.IsControl(c) && !char.IsWhiteSpace(c))
                text.Append(c);
        return text.Length == 1 ? null : text.Append('>').ToString();
    }
}
