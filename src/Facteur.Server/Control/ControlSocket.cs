using System.Text;

namespace Facteur.Server.Control;

/// <summary>Where the running server listens for the command line: a socket in a folder that only its owner can enter.</summary>
internal static class ControlSocket
{
    /// <summary>What the kernel takes for the path of a Unix socket, less its NUL.</summary>
    private const int MaxPathOctets = 107;

    /// <summary>Longest request or reply: a list of some 100,000 accounts.</summary>
    public const int MaxMessageOctets = 32 * 1024 * 1024;

    /// <summary>The socket of a data folder; null when its path is longer than a socket's may be.</summary>
    public static string? PathIn(string dataFolder)
    {
        var path = Path.Combine(Path.GetFullPath(dataFolder), "control", "control.sock");
        return Encoding.UTF8.GetByteCount(path) <= MaxPathOctets ? path : null;
    }
}
