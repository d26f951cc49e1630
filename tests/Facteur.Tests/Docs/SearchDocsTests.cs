using System.Text.RegularExpressions;
using Facteur.Storage.Searching;

namespace Facteur.Tests.Docs;

/// <summary>docs/users/*/search.md name every operator, and what they show is read as it is meant.</summary>
public sealed partial class SearchDocsTests
{
    [Theory]
    [InlineData("en", SearchWords.English)]
    [InlineData("fr", SearchWords.French)]
    public void Pages_show_the_operators_there_are(string language, SearchWords words)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Facteur.slnx"))) at = at.Parent;
        var page = File.ReadAllText(Path.Combine(at.FullName, "docs", "users", language, "search.md"));
        foreach (var of in Enum.GetValues<SearchOperator>())
            foreach (var name in Enum.GetValues<SearchWords>().Select(one => SearchLanguage.Name(of, one))) Assert.Contains($"`{name}:", page, StringComparison.Ordinal);
        foreach (var shown in Shown().Matches(page).Select(match => match.Groups[1].Value).Where(one => one.Length > 2 && !one.EndsWith(':')))
            Assert.True(SearchLanguage.Parse(shown, DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc).Hints.Count == 0, $"{words}: {shown}");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Shown();
}
