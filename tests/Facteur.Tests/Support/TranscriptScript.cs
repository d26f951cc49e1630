using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Facteur.Tests.Support;

internal enum TranscriptVerb { Client, ClientRaw, Server, ServerRaw, ServerPattern, Time, Action }

/// <summary>One line of a script, see <see cref="Transcript"/>.</summary>
internal sealed record TranscriptLine(int Number, TranscriptVerb Verb, int Client, string Text)
{
    /// <summary>The octets of a raw line, or of an ordinary one with its CRLF.</summary>
    public byte[] Octets => Verb is TranscriptVerb.ClientRaw or TranscriptVerb.ServerRaw
        ? TranscriptScript.Unescape(Text)
        : Encoding.UTF8.GetBytes(Text + "\r\n");

    public bool Matches(string line) => Regex.IsMatch(line, Verb == TranscriptVerb.ServerPattern
        ? $"^(?:{Text})$"
        : TranscriptScript.WildcardPattern(Text), RegexOptions.CultureInvariant | RegexOptions.Singleline);

    public TimeSpan Span => TranscriptScript.ParseSpan(Text);
}

/// <summary>Reads the text form of a transcript.</summary>
internal static partial class TranscriptScript
{
    public static List<TranscriptLine> Parse(string script)
    {
        var lines = new List<TranscriptLine>();
        var number = 0;
        foreach (var line in script.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            var parts = LineForm().Match(line);
            if (!parts.Success)
                throw new FormatException($"line {number} of the transcript is none of C: S: C\\: S\\: S~: T: !: # : {line}");
            var verb = (parts.Groups["side"].Value, parts.Groups["kind"].Value) switch
            {
                ("C", "") => TranscriptVerb.Client,
                ("C", "\\") => TranscriptVerb.ClientRaw,
                ("S", "") => TranscriptVerb.Server,
                ("S", "\\") => TranscriptVerb.ServerRaw,
                ("S", "~") => TranscriptVerb.ServerPattern,
                ("T", "") => TranscriptVerb.Time,
                ("!", "") => TranscriptVerb.Action,
                _ => throw new FormatException($"line {number} of the transcript: {line}"),
            };
            var client = parts.Groups["client"].Value;
            lines.Add(new TranscriptLine(number, verb, client.Length == 0 ? 1 : int.Parse(client, CultureInfo.InvariantCulture), parts.Groups["text"].Value));
        }
        return lines;
    }

    /// <summary>"*" is any run of characters, except at the start before a space ("* OK") and after a backslash ("\*"), where it is itself.</summary>
    public static string WildcardPattern(string text)
    {
        var pattern = new StringBuilder("^");
        for (var i = 0; i < text.Length; i++)
        {
            var literal = text[i] != '*' || (i == 0 && text.StartsWith("* ", StringComparison.Ordinal)) || (i > 0 && text[i - 1] == '\\');
            pattern.Append(literal ? Regex.Escape(text[i].ToString()) : ".*");
        }
        return pattern.Append('$').ToString();
    }

    public static byte[] Unescape(string text)
    {
        var octets = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                var rune = Rune.GetRuneAt(text, i);
                i += rune.Utf16SequenceLength - 1;
                octets.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                continue;
            }
            i++;
            octets.Add(text[i] switch
            {
                'r' => (byte)'\r',
                'n' => (byte)'\n',
                't' => (byte)'\t',
                '0' => 0,
                '\\' => (byte)'\\',
                'x' => Convert.FromHexString(text.AsSpan(i + 1, 2))[0],
                _ => throw new FormatException($"\\{text[i]} is no escape of a transcript"),
            });
            if (text[i] == 'x')
                i += 2;
        }
        return [.. octets];
    }

    public static TimeSpan ParseSpan(string text)
    {
        var number = double.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => throw new FormatException($"{text} is no time of a transcript (30s, 29m, 1h, 2d)"),
        };
    }

    [GeneratedRegex(@"^(?<side>[CST!])(?<client>\d*)(?<kind>[\\~]?):(?: (?<text>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex LineForm();
}
