using System.Net;
using Facteur.Net;
using Microsoft.Extensions.Configuration;

namespace Facteur.Server.Configuration;

/// <summary>Where the configuration comes from: a JSON file with comments, then environment variables (FACTEUR__auth__plaintext).</summary>
internal static class ConfigurationFile
{
    public const string Name = "facteur.json";
    private const string VariablePrefix = "FACTEUR__";
    private const string SystemPath = "/etc/facteur/" + Name;

    /// <summary>Reads and checks the configuration.</summary>
    /// <param name="path">The file asked for; null is facteur.json here, else in /etc/facteur. It may be missing when variables are set.</param>
    /// <exception cref="ConfigurationException">One sentence says what is wrong.</exception>
    public static FacteurConfiguration Load(string? path)
    {
        var file = path is not null ? Path.GetFullPath(path) : Find();
        try
        {
            var builder = new ConfigurationBuilder();
            if (file is not null)
                builder.AddJsonFile(file, optional: false, reloadOnChange: false);
            var configuration = builder.AddEnvironmentVariables(VariablePrefix).Build();
            if (file is null && !configuration.GetChildren().Any())
                throw new ConfigurationException($"There is no {Name} here nor {SystemPath}, and no variable {VariablePrefix}... is set; name a file by --config.");
            var folder = file is null ? Environment.CurrentDirectory : Path.GetDirectoryName(file)!;
            return ConfigurationKeys.Read(configuration, Defaults(folder), folder);
        }
        catch (FileNotFoundException)
        {
            throw new ConfigurationException($"The configuration file {file} does not exist.");
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new ConfigurationException($"The configuration file {file} is no JSON: {(e.InnerException?.InnerException ?? e.InnerException ?? e).Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The configuration file {file} cannot be read: {e.Message}");
        }
    }

    private static string? Find() =>
        File.Exists(Name) ? Path.GetFullPath(Name) : File.Exists(SystemPath) ? SystemPath : null;

    private static FacteurConfiguration Defaults(string folder) => new()
    {
        Hostname = Environment.MachineName.ToLowerInvariant(),
        Data = Path.Combine(folder, "data"),
        Listen = [.. ListenerKind.All.SelectMany(kind => kind.DefaultPorts.Select(port => new ListenAddress(kind, new IPEndPoint(MailListener.AllAddresses, port))))],
    };
}
