using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Facteur.Delivery.Bounces;

/// <summary>Addresses as reports name them: "rfc822; a@b", or of type utf-8 (RFC 6533 §3).</summary>
internal static partial class ReportAddress
{
    private static readonly SearchValues<char> atom = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>An address of an envelope, for Final-Recipient.</summary>
    public static string Final(string address, bool utf8) =>
        Ascii.IsValid(address) ? $"rfc822; {address}" : $"utf-8; {(utf8 ? address : Encoded(address))}";

    /// <summary>An ORCPT as the queue keeps it, "type;address", for Original-Recipient.</summary>
    public static string Original(string stored, bool utf8)
    {
        var semicolon = stored.IndexOf(';', StringComparison.Ordinal);
        if (semicolon <= 0) return Final(stored, utf8);
        var (type, address) = (stored[..semicolon].Trim(), stored[(semicolon + 1)..].Trim());
        if (!IsAtom(type)) return Final(address, utf8);
        if (!type.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return Ascii.IsValid(address) ? $"{type}; {address}" : Final(address, utf8);
        return $"utf-8; {(utf8 ? Decoded(address) : Ascii.IsValid(address) ? address : Encoded(address))}";
    }

    /// <summary>The address in the value of such a field, whatever its type and however it is dressed up; "" without one.</summary>
    public static string Read(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        // Exchange and others leave the type out; a semicolon in a quoted local part comes after the quotation mark.
        var isTyped = semicolon > 0 && IsAtom(value[..semicolon].Trim());
        var address = (isTyped ? value[(semicolon + 1)..] : value).Trim();
        if (isTyped && value.AsSpan(0, semicolon).Trim().Equals("utf-8", StringComparison.OrdinalIgnoreCase)) address = Decoded(address);
        var open = address.IndexOf('<', StringComparison.Ordinal);
        var close = address.LastIndexOf('>');
        if (open >= 0 && close > open) address = address[(open + 1)..close].Trim();
        var blank = address.StartsWith('"') ? -1 : address.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? address : address[..blank];
    }

    /// <summary>utf-8-addr-xtext.</summary>
    private static string Encoded(string address)
    {
        var text = new StringBuilder(address.Length * 2);
        foreach (var rune in address.EnumerateRunes())
            if (rune.IsAscii && rune.Value is > ' ' and < 0x7F and not ('\\' or '+' or '=')) text.Append(rune);
            else text.Append(StatusFields.Embedded(rune));
        return text.ToString();
    }

    private static string Decoded(string address) => EmbeddedCharacter().Replace(address, match =>
        Rune.TryCreate(int.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), out var rune) && !Rune.IsControl(rune)
            ? rune.ToString()
            : match.Value);

    private static bool IsAtom(string type) => type.Length is > 0 and < 32 && !type.AsSpan().ContainsAnyExcept(atom);

    [GeneratedRegex(@"\\x\{([0-9A-Fa-f]{2,6})\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EmbeddedCharacter();
}
