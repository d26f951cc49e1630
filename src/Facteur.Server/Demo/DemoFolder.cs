namespace Facteur.Server.Demo;

/// <summary>The folder a demo keeps its data in. A mark in it says that a demo made it: without that mark nothing of it is touched.</summary>
internal sealed class DemoFolder
{
    private const string Mark = ".facteur-demo";

    private DemoFolder(string path) => Root = path;

    public string Root { get; }

    /// <summary>Where the server's data lies.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>The authority that signed the server's certificate, for clients to trust.</summary>
    public string Authority => Path.Combine(Data, "tls", "ca.pem");

    /// <summary>A configuration file for the other verbs.</summary>
    public string Configuration => Path.Combine(Root, "facteur.json");

    /// <summary>Opens the folder of an earlier demo, or makes it. Throws <see cref="IOException"/> with a sentence for a folder that is somebody else's.</summary>
    public static DemoFolder Open(string path)
    {
        var folder = new DemoFolder(Path.GetFullPath(path));
        if (Directory.Exists(folder.Root) && !folder.IsOurs && Directory.EnumerateFileSystemEntries(folder.Root).Any())
            throw new IOException($"{folder.Root} is not empty and was not made by facteur demo; choose another with --data.");
        DataFolder.Make(folder.Root);
        File.WriteAllText(Path.Combine(folder.Root, Mark), "Made by facteur demo; facteur demo --reset deletes this folder.\n");
        return folder;
    }

    /// <summary>Deletes the folder if a demo made it; false when there is none.</summary>
    public static bool Delete(string path)
    {
        var folder = new DemoFolder(Path.GetFullPath(path));
        if (!Directory.Exists(folder.Root)) return false;
        if (!folder.IsOurs) throw new IOException($"{folder.Root} was not made by facteur demo; nothing was deleted.");
        Directory.Delete(folder.Root, recursive: true);
        return true;
    }

    /// <summary>A link is never ours: what it points to is somebody else's.</summary>
    private bool IsOurs => new DirectoryInfo(Root).LinkTarget is null && File.Exists(Path.Combine(Root, Mark));
}
