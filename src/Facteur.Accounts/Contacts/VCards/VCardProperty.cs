using System.Globalization;
using System.Text;

namespace Facteur.Accounts.Contacts.VCards;

/// <summary>A content line of a vCard (RFC 6350 §3.3), also of the versions before, in which a type may stand without "TYPE=".</summary>
/// <param name="Group">"item1" of "item1.EMAIL"; "" for none.</param>
/// <param name="Name">In capitals.</param>
/// <param name="Parameters">By name in capitals, values as they are.</param>
/// <param name="Value">As written, escapes included.</param>
internal sealed record VCardProperty(string Group, string Name, IReadOnlyList<(string Name, string Value)> Parameters, string Value)
{
    /// <summary>Values of TYPE, in lower case (RFC 6350 §5.6).</summary>
    public IEnumerable<string> Types => Parameters.Where(one => one.Name == "TYPE").SelectMany(one => one.Value.Split(',')).Select(type => type.Trim().ToLowerInvariant());

    /// <summary>1 to 100, 1 first (RFC 6350 §5.3); "pref" among the types in versions before. Null for none.</summary>
    public int? Preference => Parameter("PREF") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 100 ? number : Types.Contains("pref") ? 1 : null;

    public string? Parameter(string name) => Parameters.Where(one => one.Name == name).Select(one => one.Value).FirstOrDefault();

    /// <summary>The value as one text, without escapes (RFC 6350 §3.4).</summary>
    public string Text => Unescape(Value);

    /// <summary>The fields of a compound value, each with its list joined by a blank.</summary>
    public IReadOnlyList<string> Fields => [.. Split(Value, ';').Select(list => string.Join(' ', Split(list, ',').Select(Unescape).Where(part => part.Length > 0)))];

    /// <summary>The values of a list.</summary>
    public IReadOnlyList<string> List => [.. Split(Value, ',').Select(Unescape).Where(part => part.Length > 0)];

    /// <summary>Reads a line that is unfolded; null for one that is none.</summary>
    public static VCardProperty? Parse(string line)
    {
        var colon = Colon(line);
        if (colon <= 0) return null;
        var parts = Parts(line.AsSpan(0, colon));
        var name = parts[0].Trim();
        var dot = name.LastIndexOf('.');
        var parameters = new List<(string, string)>(parts.Count - 1);
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            parameters.Add(equals < 0 ? (IsEncoding(part) ? "ENCODING" : "TYPE", part.Trim()) : (part[..equals].Trim().ToUpperInvariant(), part[(equals + 1)..].Replace("\"", "", StringComparison.Ordinal).Trim()));
        }
        return new VCardProperty(dot < 0 ? "" : name[..dot].ToLowerInvariant(), name[(dot + 1)..].ToUpperInvariant(), parameters, line[(colon + 1)..]);
    }

    /// <summary>Where the value begins: a colon that is not within quotes.</summary>
    private static int Colon(string line)
    {
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
            if (line[i] == '"') isQuoted = !isQuoted;
            else if (line[i] == ':' && !isQuoted) return i;
        // Quotes that nothing closes are none.
        return line.IndexOf(':', StringComparison.Ordinal);
    }

    private static List<string> Parts(ReadOnlySpan<char> head)
    {
        var parts = new List<string>();
        var (start, isQuoted) = (0, false);
        for (var i = 0; i <= head.Length; i++)
            if (i < head.Length && head[i] == '"') isQuoted = !isQuoted;
            else if (i == head.Length || (head[i] == ';' && !isQuoted))
            {
                parts.Add(head[start..i].ToString());
                start = i + 1;
            }
        return parts;
    }

    private static bool IsEncoding(string part) => part.Trim().ToUpperInvariant() is "QUOTED-PRINTABLE" or "BASE64" or "8BIT" or "7BIT";

    private static List<string> Split(string value, char at)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < value.Length; i++)
            if (value[i] == '\\') i++;
            else if (value[i] == at)
            {
                parts.Add(value[start..i]);
                start = i + 1;
            }
        parts.Add(value[start..]);
        return parts;
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal)) return value.Trim();
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
            if (value[i] != '\\' || i + 1 == value.Length) text.Append(value[i]);
            else text.Append(value[++i] is 'n' or 'N' ? '\n' : value[i]);
        return text.ToString().Trim();
    }
}
