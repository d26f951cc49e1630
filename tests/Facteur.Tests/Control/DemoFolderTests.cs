using Facteur.Server.Demo;

namespace Facteur.Tests.Control;

public sealed class DemoFolderTests : IDisposable
{
    private readonly string scratch = Directory.CreateTempSubdirectory("facteur-demo-").FullName;

    [Fact]
    public void Reset_deletes_what_a_demo_made()
    {
        var path = Path.Combine(scratch, "demo");
        Assert.False(DemoFolder.Delete(path));
        Directory.CreateDirectory(DemoFolder.Open(path).Data);
        DemoFolder.Open(path);
        Assert.True(DemoFolder.Delete(path));
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_folder_of_somebody_else_is_left_alone()
    {
        File.WriteAllText(Path.Combine(scratch, "letters.txt"), "x");
        Assert.Throws<IOException>(() => DemoFolder.Open(scratch));
        Assert.Throws<IOException>(() => DemoFolder.Delete(scratch));
        Assert.True(File.Exists(Path.Combine(scratch, "letters.txt")));
    }

    [Fact]
    public void A_link_to_a_demo_is_not_followed()
    {
        var (path, link) = (Path.Combine(scratch, "demo"), Path.Combine(scratch, "link"));
        DemoFolder.Open(path);
        Directory.CreateSymbolicLink(link, path);
        Assert.Throws<IOException>(() => DemoFolder.Delete(link));
        Assert.True(Directory.Exists(path));
    }

    public void Dispose() => Directory.Delete(scratch, recursive: true);
}
