namespace Facteur.Server.Control;

/// <summary>
/// Files that are too long for the control socket, in its folder, which only the server's user enters: the command puts them there and takes
/// them away again. What a command that died left there goes when the server starts.
/// </summary>
internal static class TransferFolder
{
    private const string Prefix = "transfer-";

    /// <summary>A name for a new file.</summary>
    public static string NewPath(string dataFolder)
    {
        var folder = Path.Combine(Path.GetFullPath(dataFolder), "control");
        DataFolder.Make(dataFolder);
        DataFolder.Make(folder);
        return Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}");
    }

    /// <summary>Opens a new file of the command; a server of another user than the command's reads it.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        return new FileStream(path, options);
    }

    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, useAsync: true);

    public static void Clear(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, Prefix + "*")) File.Delete(file);
    }
}
