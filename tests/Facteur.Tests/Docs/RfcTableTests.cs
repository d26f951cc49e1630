using System.Globalization;
using System.Text.RegularExpressions;

namespace Facteur.Tests.Docs;

/// <summary>docs/rfc.md and the code say the same.</summary>
public sealed partial class RfcTableTests
{
    private static readonly string repository = FindRepository();

    [Fact]
    public void Every_RFC_cited_in_the_code_has_a_row()
    {
        var rows = Rows();
        var missing = Citations().Where(c => !rows.ContainsKey(c.Key)).Select(c => $"RFC {c.Key} ({c.Value})").ToList();
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_RFC_said_to_be_implemented_is_cited()
    {
        var citations = Citations();
        Assert.Empty(Rows().Where(r => r.Value.Status != "no" && !citations.ContainsKey(r.Key)).Select(r => $"RFC {r.Key}"));
    }

    [Fact]
    public void Every_place_named_in_the_table_exists()
    {
        var gone = from row in Rows()
                   from Match place in Place().Matches(row.Value.Code)
                   let path = Path.Combine(repository, "src", place.Groups[1].Value)
                   where !File.Exists(path) && !Directory.Exists(path)
                   select $"RFC {row.Key}: {place.Groups[1].Value}";
        Assert.Empty(gone);
        Assert.All(Rows(), row => Assert.Contains(row.Value.Status, new[] { "yes", "partial", "no" }));
    }

    private static Dictionary<int, (string Status, string Code)> Rows() =>
        File.ReadLines(Path.Combine(repository, "docs", "rfc.md")).Select(line => Row().Match(line)).Where(m => m.Success)
            .ToDictionary(m => Number(m.Groups[1].Value), m => (m.Groups[3].Value.Trim(), m.Groups[4].Value));

    private static Dictionary<int, string> Citations()
    {
        var found = new Dictionary<int, string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(repository, "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) continue;
            foreach (Match match in Citation().Matches(File.ReadAllText(file)))
                found.TryAdd(Number(match.Groups[1].Value), Path.GetRelativePath(repository, file));
        }
        return found;
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private static string FindRepository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Facteur.slnx"))) at = at.Parent;
        return at.FullName;
    }

    [GeneratedRegex(@"RFC[ -]?(\d{3,4})\b", RegexOptions.None, 1000)]
    private static partial Regex Citation();

    [GeneratedRegex(@"^\| *(\d+) *\|([^|]*)\|([^|]*)\|([^|]*)\|", RegexOptions.None, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(Facteur[^`]*)`", RegexOptions.None, 1000)]
    private static partial Regex Place();
}
