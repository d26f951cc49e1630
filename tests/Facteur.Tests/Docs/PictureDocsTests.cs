using System.Text.RegularExpressions;

namespace Facteur.Tests.Docs;

/// <summary>The pictures of docs/users: each is shown, with a text in its place, on a page of its language; each that is shown is there; none is large (docs/operate/pictures.md).</summary>
public sealed partial class PictureDocsTests
{
    private const long MaxOctets = 6_000_000, MaxEach = 200_000;

    private static readonly string users = Path.Combine(Root(), "docs", "users");

    [Theory]
    [InlineData("fr")]
    [InlineData("en")]
    public void Pictures_and_pages_agree(string language)
    {
        var shown = Directory.EnumerateFiles(Path.Combine(users, language), "*.md").SelectMany(page => Image().Matches(File.ReadAllText(page))).ToList();
        Assert.All(shown, image => Assert.True(image.Groups["text"].Value.Trim().Length > 3, $"{image.Value}: what it shows is not said"));
        var named = shown.Select(image => image.Groups["file"].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        Assert.Equal(Pictures().Where(name => name.Contains($"-{language}-", StringComparison.Ordinal)).Order(StringComparer.Ordinal), named);
    }

    [Fact]
    public void Every_picture_is_of_one_language_and_small()
    {
        Assert.All(Pictures(), name => Assert.Matches("^[a-z-]+-(fr|en)-(375|1280|2560)(-dark)?[.]png$", name));
        var sizes = Directory.EnumerateFiles(Path.Combine(users, "pictures")).Select(path => (Path: path, new FileInfo(path).Length)).ToList();
        Assert.All(sizes, one => Assert.True(one.Length <= MaxEach, $"{one.Path} has {one.Length} octets: pngquant makes it smaller"));
        Assert.True(sizes.Sum(one => one.Length) <= MaxOctets);
    }

    private static IEnumerable<string> Pictures() => Directory.EnumerateFiles(Path.Combine(users, "pictures"), "*.png").Select(path => Path.GetFileName(path)!);

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Facteur.slnx"))) at = at.Parent;
        return at.FullName;
    }

    [GeneratedRegex(@"!\[(?<text>[^\]]*)\]\(\.\./pictures/(?<file>[^)]+)\)")]
    private static partial Regex Image();
}
