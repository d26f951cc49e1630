namespace Facteur.Tests.Support;

/// <summary>Where the independent corpora and scripts lie, when they are beside the repository.</summary>
internal static class SharedMaterial
{
    /// <summary>The folder "shared" beside the repository; null when it is not there.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>A path below it, or the test is skipped with the reason.</summary>
    public static string Require(string relative)
    {
        var path = Folder is null ? null : Path.Combine(Folder, relative);
        if (path is null || !(File.Exists(path) || Directory.Exists(path)))
            Assert.Skip($"../shared/{relative} is not there");
        return path!;
    }

    private static string? Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Facteur.slnx")))
            {
                var shared = Path.Combine(at.Parent!.FullName, "shared");
                return Directory.Exists(shared) ? shared : null;
            }
        return null;
    }
}
