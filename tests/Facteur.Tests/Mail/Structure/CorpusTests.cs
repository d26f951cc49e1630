using System.Globalization;
using System.Text;
using System.Text.Json;
using Facteur.Mail;
using Facteur.Tests.Support;

namespace Facteur.Tests.Mail.Structure;

/// <summary>Real and broken messages gathered by others, with what they expect of them.</summary>
public class CorpusTests
{
    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        if (SharedMaterial.Folder is not { } shared) return [""];
        var root = Path.Combine(shared, "corpus", "mime");
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (Path.GetExtension(file) is ".txt" or ".eml" or ".msg" && !file.EndsWith("-summary.txt", StringComparison.Ordinal))
                data.Add(Path.GetRelativePath(root, file));
        return data;
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_file_parses_soundly_in_both_line_forms(string file)
    {
        var octets = File.ReadAllBytes(SharedMaterial.Require(Path.Combine("corpus/mime", file)));
        foreach (var message in (byte[][])[octets, Dos(octets)])
        {
            var parsed = Parsed.Of(message);
            parsed.AssertSound();
            Assert.Equal(parsed.All, Parsed.Of(message, Enumerable.Range(1, message.Length / 7).Select(i => i * 7)).All);
        }
    }

    [Theory]
    [InlineData("content-length", "unix")]
    [InlineData("content-length", "dos")]
    [InlineData("issue1189", "unix")]
    [InlineData("issue1189", "dos")]
    public void Offsets_are_those_an_independent_parser_found(string name, string form)
    {
        var octets = File.ReadAllBytes(SharedMaterial.Require($"corpus/mime/mbox/{name}.mbox.txt"));
        var mbox = form == "dos" ? Dos(octets) : octets;
        using var expected = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.Require($"corpus/mime/mbox/{name}.{form}-offsets.json")));
        var differences = new StringBuilder();
        foreach (var message in expected.RootElement.EnumerateArray())
        {
            var begin = message.GetProperty("beginOffset").GetInt32();
            var end = message.GetProperty("endOffset").GetInt32();
            var parsed = Parsed.Of(mbox[begin..end]);
            parsed.AssertSound();
            Compare(message.GetProperty("body"), parsed.Root, begin, differences);
        }
        Assert.True(differences.Length == 0, differences.ToString());
    }

    [Theory]
    [InlineData("content-length")]
    [InlineData("issue1189")]
    public void Subjects_and_dates_are_those_an_independent_parser_found(string name)
    {
        var mbox = File.ReadAllBytes(SharedMaterial.Require($"corpus/mime/mbox/{name}.mbox.txt"));
        using var offsets = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.Require($"corpus/mime/mbox/{name}.unix-offsets.json")));
        // The clock time only: they do not know the zone "cst", which is -0600 in any case of letters (RFC 5322 §4.3).
        var found = offsets.RootElement.EnumerateArray()
            .Select(message => Parsed.Of(mbox[message.GetProperty("beginOffset").GetInt32()..message.GetProperty("endOffset").GetInt32()]).Facts)
            .Select(facts => (facts.Subject, facts.SentDate?.DateTime));
        var summary = File.ReadAllText(SharedMaterial.Require($"corpus/mime/mbox/{name}-summary.txt")).ReplaceLineEndings("\n");
        var expected = summary.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(message => (Line(message, "Subject: ") ?? "", Line(message, "Date: ") is { } date ? DateTimeOffset.Parse(date, CultureInfo.InvariantCulture).DateTime : (DateTime?)null));
        Assert.Equal(expected, found);
    }

    private static string? Line(string message, string name) =>
        message.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();

    private static void Compare(JsonElement expected, MessagePart part, long begin, StringBuilder differences)
    {
        var mine = $"{part.Type}/{part.Subtype} {begin + part.HeaderOffset} {begin + part.BodyOffset} {begin + part.BodyOffset + part.BodyLength} lines {part.Lines}";
        var headersEnd = expected.GetProperty("headersEndOffset").GetInt64();
        var end = expected.GetProperty("endOffset").GetInt64();
        // An empty line that both ends the header and stands before a boundary: they give it to the boundary, we to the header
        // (HeaderLength holds the empty line, so that BODY[n.MIME] does), and the empty body lies after it.
        if (headersEnd == end && part.BodyLength == 0) headersEnd = end = begin + part.BodyOffset;
        var theirs = $"{expected.GetProperty("mimeType").GetString()!.ToLowerInvariant()} {expected.GetProperty("beginOffset")} {headersEnd} {end} lines {expected.GetProperty("lines")}";
        if (mine != theirs) differences.Append(theirs).Append(" | ").AppendLine(mine);
        var children = Children(expected);
        if (children.Count != part.Children.Count) differences.AppendLine($"  children {children.Count} | {part.Children.Count}");
        for (var i = 0; i < Math.Min(children.Count, part.Children.Count); i++) Compare(children[i], part.Children[i], begin, differences);
    }

    private static List<JsonElement> Children(JsonElement part) =>
        part.TryGetProperty("children", out var children) ? [.. children.EnumerateArray()]
        : part.TryGetProperty("message", out var message) ? [message.GetProperty("body")] : [];

    internal static byte[] Dos(byte[] octets) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(octets).ReplaceLineEndings("\n").Replace("\n", "\r\n", StringComparison.Ordinal));
}
