using System.Reflection;

namespace Facteur.Server;

internal static class ServerVersion
{
    /// <summary>As built, without the commit.</summary>
    public static string Text { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
