using Facteur.Server.Configuration;

namespace Facteur.Server;

/// <summary>Where a configuration keeps the store.</summary>
internal static class DataFolder
{
    /// <param name="config">Path of the configuration file; null looks in the usual places.</param>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    public static string Of(string? config) => ConfigurationFile.Load(config).Data;
}
