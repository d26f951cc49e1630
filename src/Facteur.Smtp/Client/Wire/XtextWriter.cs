using System.Globalization;
using System.Text;

namespace Facteur.Smtp.Client.Wire;

/// <summary>Values of DSN parameters, encoded.</summary>
internal static class XtextWriter
{
    /// <summary>xtext (RFC 3461 §4): printable ASCII stays, all else becomes "+" and two digits.</summary>
    public static string Xtext(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
            if (octet is > (byte)' ' and < 0x7f and not (byte)'+' and not (byte)'=') text.Append((char)octet);
            else text.Append(CultureInfo.InvariantCulture, $"+{octet:X2}");
        return text.ToString();
    }

    /// <summary>ORCPT (RFC 3461 §4.2), or in its 7-bit UTF-8 form, which every host takes, when the address is beyond ASCII (RFC 6533 §3).</summary>
    public static string OriginalRecipient(OriginalRecipient original) =>
        Ascii.IsValid(original.Address) && !original.AddressType.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? $"{original.AddressType};{Xtext(original.Address)}"
            : "utf-8;" + Unitext(original.Address);

    private static string Unitext(string address)
    {
        var text = new StringBuilder(address.Length + 16);
        foreach (var rune in address.EnumerateRunes())
            if (rune.Value is > ' ' and < 0x7f and not '+' and not '=' and not '\\') text.Append((char)rune.Value);
            else text.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        return text.ToString();
    }
}
