using Facteur.Mail;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Messages;

/// <summary>What :type, :subtype, :contenttype and :param look at in a field.</summary>
// RFC 5703 §4.1.
internal static class MimeField
{
    private const int MaxParameters = 100;

    /// <summary>Type and subtype of Content-Type, the value of Content-Disposition as type; null when the field cannot be read so.</summary>
    public static (string Type, string Subtype)? Type(HeaderLine line)
    {
        var value = HeaderFields.Unfold(line.Value.Span);
        var end = value.IndexOfAny(" \t;("u8);
        var text = OctetText.ToText(OctetText.FromOctets(end < 0 ? value : value[..end]));
        if (line.Is("Content-Disposition")) return text.Length > 0 ? (text, "") : null;
        if (!line.Is("Content-Type")) return ("", "");
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1 ? (text[..slash], text[(slash + 1)..]) : null;
    }

    /// <summary>The value of a parameter, decoded; null when it has none of that name.</summary>
    public static string? Parameter(HeaderLine line, string name)
    {
        var value = line.Value.Span;
        var start = value.IndexOf((byte)';');
        return start < 0 ? null : MimeParameters.Text(MimeParameters.Parse(value[start..], MaxParameters), name.ToLowerInvariant());
    }
}
