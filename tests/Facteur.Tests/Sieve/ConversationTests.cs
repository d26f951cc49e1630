namespace Facteur.Tests.Sieve;

/// <summary>Every conversation of the files in Conversations/, a file an RFC or a subject.</summary>
public sealed class ConversationTests
{
    private static readonly Dictionary<string, ConversationCase> cases = Folder().EnumerateFiles("*.txt").OrderBy(f => f.Name, StringComparer.Ordinal)
        .SelectMany(file => ConversationFile.Read(file.FullName)).ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Goes_as_written(string name)
    {
        var conversation = cases[name];
        var (actions, edited) = await conversation.RunAsync();
        Assert.Equal(conversation.Expected, (conversation.IsTest ? actions.Split(" [")[0] : actions).TrimEnd());
        if (conversation.Edited is not null) Assert.Equal(conversation.Edited.TrimEnd('\n'), edited?.TrimEnd('\n'));
    }

    [Fact]
    public void There_are_hundreds() => Assert.InRange(cases.Count, 600, 10_000);

    private static DirectoryInfo Folder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Facteur.slnx"))) at = at.Parent;
        return new DirectoryInfo(Path.Combine(at.FullName, "tests", "Facteur.Tests", "Sieve", "Conversations"));
    }
}
