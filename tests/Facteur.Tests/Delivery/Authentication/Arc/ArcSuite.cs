using System.Text;
using System.Text.RegularExpressions;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Arc;

/// <summary>
/// The ARC test suite: scenarios with their keys and messages. Its YAML names a test twice and indents empty values, which
/// strict readers refuse; this one knows the three forms of value that are in it.
/// </summary>
internal sealed partial class ArcSuite
{
    private ArcSuite(string[] lines)
    {
        for (var at = 0; at < lines.Length;)
        {
            var end = Array.IndexOf(lines, "---", at);
            ReadScenario(lines.AsSpan(at, (end < 0 ? lines.Length : end) - at));
            at = end < 0 ? lines.Length : end + 1;
        }
    }

    public Dictionary<string, ArcCase> Cases { get; } = [];

    /// <summary>Null when the suite is not beside the repository.</summary>
    public static ArcSuite? Load(string name) =>
        SharedMaterial.Folder is { } shared && Path.Combine(shared, "corpus", "arc", name) is var file && File.Exists(file) ? new ArcSuite(File.ReadAllLines(file, Encoding.Latin1)) : null;

    private void ReadScenario(ReadOnlySpan<string> lines)
    {
        var zone = new ZoneResolver();
        var values = new Dictionary<string, string>();
        var (group, test) = ("", "");
        for (var i = 0; i < lines.Length; i++)
        {
            if (Key().Match(lines[i]) is not { Success: true } key) continue;
            var (indent, name, text) = (key.Groups[1].Length, key.Groups[2].Value, key.Groups[3].Value.TrimEnd());
            if (text is "|" or ">-") text = ReadBlock(lines, ref i, indent, isFolded: text == ">-");
            if (indent == 0) group = name;
            if (indent == 0) values[name] = text;
            else if (group == "txt-records") zone.Txt(name, text.Trim());
            else if (indent == 2) Cases.Add(test = Cases.ContainsKey(name) ? name + " (again)" : name, new(zone, values, []));
            else Cases[test].Values[name] = text;
        }
    }

    private static string ReadBlock(ReadOnlySpan<string> lines, ref int at, int parent, bool isFolded)
    {
        var block = new List<string>();
        var indent = 0;
        while (at + 1 < lines.Length && (string.IsNullOrWhiteSpace(lines[at + 1]) || lines[at + 1].Length - lines[at + 1].TrimStart().Length > parent))
        {
            var line = lines[++at];
            if (indent == 0 && !string.IsNullOrWhiteSpace(line)) indent = line.Length - line.TrimStart().Length;
            block.Add(line);
        }
        var text = block.Select(line => line.Length > indent ? line[indent..] : line.TrimStart()).ToList();
        while (text.Count > 0 && text[^1].Length == 0) text.RemoveAt(text.Count - 1);
        return isFolded ? string.Join(' ', text) : string.Concat(text.Select(line => line + "\n"));
    }

    [GeneratedRegex(@"^( *)([A-Za-z0-9_.-]+): *(.*)$", RegexOptions.None, 1000)]
    private static partial Regex Key();
}

/// <summary>One message.</summary>
/// <param name="Scenario">What all of the scenario share: domain, sel, privatekey.</param>
/// <param name="Values">What the test has: message, cv; AS, AMS, AAR …</param>
internal sealed record ArcCase(ZoneResolver Zone, Dictionary<string, string> Scenario, Dictionary<string, string> Values)
{
    public string Message => Values["message"].ReplaceLineEndings("\r\n");
}
