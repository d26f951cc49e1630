using Facteur.Server.Commands;

namespace Facteur.Tests.Docs;

/// <summary>The commands that docs/operate/logins.md shows are commands; what they do is in CredentialVerbTests.</summary>
public sealed class LoginDocsTests
{
    [Fact]
    public void Commands_shown_are_read()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Facteur.slnx"))) at = at.Parent;
        var shown = File.ReadLines(Path.Combine(at.FullName, "docs", "operate", "logins.md")).Where(line => line.StartsWith("facteur ", StringComparison.Ordinal)).ToList();
        Assert.True(shown.Count > 10);
        Assert.All(shown, line => Assert.Empty(Root.Parse(line.Split(' ')[1..]).Errors));
    }
}
