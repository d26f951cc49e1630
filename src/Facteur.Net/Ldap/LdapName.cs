using System.Globalization;
using System.Text;

namespace Facteur.Net.Ldap;

/// <summary>Distinguished names in their string form (RFC 4514).</summary>
public static class LdapName
{
    /// <summary>A value as it is written in a name: what would end it or begin another stands behind a backslash (RFC 4514 §2.4).</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c < ' ' || c == '\x7f') text.Append('\\').Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            else if (c is '"' or '+' or ',' or ';' or '<' or '>' or '\\' or '=' || (c == '#' && i == 0) || (c == ' ' && (i == 0 || i == value.Length - 1))) text.Append('\\').Append(c);
            else text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>The value of the first attribute of a name: "ventes" of "cn=ventes,ou=groups,dc=example"; the text itself when it is no name.</summary>
    public static string FirstValue(string name)
    {
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !name.AsSpan(0, equals).Trim().ToString().All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')) return name;
        var octets = new List<byte>();
        for (var i = equals + 1; i < name.Length && name[i] is not (',' or '+' or ';'); i++)
        {
            if (name[i] == '\\' && i + 2 < name.Length && byte.TryParse(name.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets.Add(octet);
                i += 2;
                continue;
            }
            if (name[i] == '\\' && i + 1 < name.Length) i++;
            octets.AddRange(Encoding.UTF8.GetBytes(char.IsHighSurrogate(name[i]) && i + 1 < name.Length ? name[i..(++i + 1)] : name[i].ToString()));
        }
        return Encoding.UTF8.GetString([.. octets]).Trim();
    }
}
