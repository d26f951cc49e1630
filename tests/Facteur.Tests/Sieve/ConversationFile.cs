using System.Globalization;
using System.Text;

namespace Facteur.Tests.Sieve;

/// <summary>
/// Reads conversations out of a file. "=== title" starts one; within it "--- script", "--- message", "--- context", "--- expect", "--- edited",
/// "--- personal NAME", "--- global NAME". A message serves those after it too. Three short forms make a conversation of each line:
/// "--- tests": "true TEST" or "false TEST" behind what "--- script" sets up; "--- sets": "COMMAND => value of b"; "--- invalid": "SCRIPT => LINE:COLUMN: message".
/// </summary>
internal static class ConversationFile
{
    public static IEnumerable<ConversationCase> Read(string path)
    {
        var message = "";
        var title = "";
        var sections = new Dictionary<string, List<(int Number, string Line)>>(StringComparer.Ordinal);
        List<(int, string)>? section = null;
        var number = 0;
        foreach (var line in File.ReadLines(path).Append("=== end"))
        {
            number++;
            if (line.StartsWith("=== ", StringComparison.Ordinal))
            {
                foreach (var one in Cases(Path.GetFileNameWithoutExtension(path), title, sections, ref message)) yield return one;
                sections.Clear();
                section = null;
                title = string.Create(CultureInfo.InvariantCulture, $"{number} {line[4..]}");
            }
            else if (line.StartsWith("--- ", StringComparison.Ordinal)) sections.Add(line[4..], section = []);
            else section?.Add((number, line));
        }
    }

    private static List<ConversationCase> Cases(string file, string title, Dictionary<string, List<(int Number, string Line)>> sections, ref string message)
    {
        if (sections.ContainsKey("message")) message = Text(sections, "message");
        var circumstances = sections.TryGetValue("context", out var context) ? context.Select(l => l.Line).Where(l => l.Length > 0).ToList() : [];
        var scripts = sections.Keys.Where(k => k.StartsWith("personal ", StringComparison.Ordinal) || k.StartsWith("global ", StringComparison.Ordinal)).ToDictionary(k => k, k => Text(sections, k));
        var script = Text(sections, "script");
        var cases = new List<ConversationCase>();
        var about = message;
        void Add(string name, string text, string expected, string? edited = null, bool isTest = false) => cases.Add(new ConversationCase
        {
            Name = $"{file}:{name}", Script = text, Message = about, Expected = expected, IsTest = isTest, Edited = edited, Circumstances = circumstances, Scripts = scripts,
        });
        foreach (var (number, line) in Lines(sections, "tests"))
            Add($"{number} {line}", $"{script}if {line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]} {{ discard; }}", line.StartsWith("true ", StringComparison.Ordinal) ? "discard" : "keep implicit", isTest: true);
        foreach (var (number, line) in Lines(sections, "sets"))
            Add($"{number} {line}", $"{script}{line[..line.LastIndexOf(" => ", StringComparison.Ordinal)]}; reject \"${{b}}\";", $"reject {line[(line.LastIndexOf(" => ", StringComparison.Ordinal) + 4)..]}".TrimEnd());
        foreach (var (number, line) in Lines(sections, "invalid"))
            Add($"{number} {line}", line[..line.LastIndexOf(" => ", StringComparison.Ordinal)], "invalid " + line[(line.LastIndexOf(" => ", StringComparison.Ordinal) + 4)..]);
        if (sections.ContainsKey("expect")) Add(title, script, Text(sections, "expect").TrimEnd('\n'), sections.ContainsKey("edited") ? Text(sections, "edited") : null);
        return cases;
    }

    private static IEnumerable<(int Number, string Line)> Lines(Dictionary<string, List<(int Number, string Line)>> sections, string name) =>
        sections.TryGetValue(name, out var lines) ? lines.Where(l => l.Line.Length > 0 && l.Line[0] != '#') : [];

    /// <summary>A section without the empty line before the next one.</summary>
    private static string Text(Dictionary<string, List<(int Number, string Line)>> sections, string name)
    {
        if (!sections.TryGetValue(name, out var lines)) return "";
        var text = new StringBuilder();
        var end = lines.Count > 0 && lines[^1].Line.Length == 0 ? lines.Count - 1 : lines.Count;
        for (var i = 0; i < end; i++) text.Append(lines[i].Line).Append('\n');
        return text.ToString();
    }
}
