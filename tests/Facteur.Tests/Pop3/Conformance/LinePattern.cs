using System.Text;
using System.Text.RegularExpressions;

namespace Facteur.Tests.Pop3.Conformance;

/// <summary>
/// What a line of a server must look like: text as it is, but for
/// <code>
/// *             anything
/// &lt;n&gt; &lt;uidl&gt; &lt;tag&gt;   digits, a unique-id (RFC 1939 §7), a language tag; &lt;n:name&gt; keeps it under a name
/// {name}        what was kept, or a value of the run
/// </code>
/// "+OK", "-ERR" and "-ERR [CODE]" alone may be followed by a space and any text.
/// </summary>
internal static partial class LinePattern
{
    /// <summary>Null when the line matches; else what was expected.</summary>
    public static string? Mismatch(string pattern, string line, IDictionary<string, string> values)
    {
        var expression = new StringBuilder("^");
        var at = 0;
        foreach (Match hole in Holes().Matches(pattern))
        {
            expression.Append(Regex.Escape(pattern[at..hole.Index])).Append(Expression(hole, values));
            at = hole.Index + hole.Length;
        }
        expression.Append(Regex.Escape(pattern[at..]));
        if (Status().IsMatch(pattern)) expression.Append("(?: .*)?");
        var match = Regex.Match(line, expression.Append('$').ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        if (!match.Success) return pattern;
        foreach (Group group in match.Groups)
            if (!char.IsAsciiDigit(group.Name[0])) values[group.Name] = group.Value;
        return null;
    }

    /// <summary>A line to be sent, with its values.</summary>
    public static string Fill(string text, IDictionary<string, string> values) =>
        Names().Replace(text, match => values.TryGetValue(match.Groups[1].Value, out var value) ? value : throw new FormatException($"nothing is known as {match.Value}"));

    private static string Expression(Match hole, IDictionary<string, string> values)
    {
        if (hole.Value == "*") return ".*";
        if (hole.Value[0] == '{') return Regex.Escape(Fill(hole.Value, values));
        var (kind, _, name) = Split(hole.Value[1..^1]);
        var expression = kind switch { "n" => "[0-9]+", "uidl" => "[!-~]{1,70}", "tag" => "[A-Za-z0-9-]+", _ => throw new FormatException(hole.Value) };
        return name.Length == 0 ? $"(?:{expression})" : values.TryGetValue(name, out var same) ? Regex.Escape(same) : $"(?<{name}>{expression})";
    }

    private static (string, string, string) Split(string text)
    {
        var colon = text.IndexOf(':');
        return colon < 0 ? (text, "", "") : (text[..colon], ":", text[(colon + 1)..]);
    }

    [GeneratedRegex(@"\*|<(?:n|uidl|tag)(?::[a-z0-9]+)?>|\{[a-z0-9:-]+\}")]
    private static partial Regex Holes();

    [GeneratedRegex(@"\{([a-z0-9:-]+)\}")]
    private static partial Regex Names();

    [GeneratedRegex(@"^(\+OK|-ERR|-ERR \[[A-Z/-]+\])$")]
    private static partial Regex Status();
}
