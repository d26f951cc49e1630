using System.Globalization;
using System.Text;

namespace Facteur.Net.Dns;

/// <summary>
/// Domain names as text: lower case, no final dot, the root is "". What does not fit in a label of text (a dot, a backslash, an
/// octet that is not printable ASCII) is written \DDD (RFC 1035 §5.1), so that no octet on the wire can pass for another name.
/// </summary>
internal static class DnsName
{
    /// <summary>Octets of one label (RFC 1035 §2.3.4).</summary>
    public const int MaxLabelOctets = 63;

    /// <summary>Octets of a whole name on the wire, lengths and root included (RFC 1035 §2.3.4): 253 characters of text.</summary>
    public const int MaxWireOctets = 255;

    private static readonly IdnMapping idn = new() { AllowUnassigned = false, UseStd3AsciiRules = false };

    /// <summary>
    /// The form in which a name is asked for, or null when no such name can exist: an empty label, one too long, a name too long,
    /// octets that cannot be written. U-labels become A-labels.
    /// </summary>
    public static string? Normalize(string text)
    {
        if (text is "." or "") return "";
        if (text.EndsWith('.')) text = text[..^1];
        if (!Ascii.IsValid(text))
        {
            if (text.Length > MaxWireOctets || ToAscii(text) is not { } ascii) return null;
            text = ascii;
        }
        return IsValid(text) ? text.ToLowerInvariant() : null;
    }

    /// <summary>Writes a normalized name as labels; the root's empty label ends it.</summary>
    /// <returns>Octets written, 255 at most.</returns>
    public static int Write(string name, Span<byte> target)
    {
        var at = 0;
        if (name.Length > 0)
            foreach (var range in name.AsSpan().Split('.'))
            {
                var label = name.AsSpan()[range];
                target[at++] = (byte)label.Length;
                at += Encoding.ASCII.GetBytes(label, target[at..]);
            }
        target[at++] = 0;
        return at;
    }

    private static bool IsValid(string text)
    {
        if (text.Length > MaxWireOctets - 2) return false;
        foreach (var range in text.AsSpan().Split('.'))
        {
            var label = text.AsSpan()[range];
            if (label.Length is 0 or > MaxLabelOctets) return false;
            if (label.ContainsAnyExceptInRange(' ', '~') || label.Contains('\\')) return false;
        }
        return true;
    }

    private static string? ToAscii(string text)
    {
        try
        {
            return idn.GetAscii(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
