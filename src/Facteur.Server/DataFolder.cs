using Facteur.Server.Configuration;

namespace Facteur.Server;

/// <summary>Where a configuration keeps the store.</summary>
internal static class DataFolder
{
    /// <param name="config">Path of the configuration file; null looks in the usual places.</param>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    public static string Of(string? config) => ConfigurationFile.Load(config).Data;

    /// <summary>Makes the folder, open to its owner only; one that is there stays as it is.</summary>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
