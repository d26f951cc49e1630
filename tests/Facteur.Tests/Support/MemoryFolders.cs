using System.Runtime.CompilerServices;

namespace Facteur.Tests.Support;

/// <summary>
/// Temporary folders lie in memory where the machine has room for them: these tests flush thousands of times and pull no plug. A TMPDIR that is set
/// is kept; what a power cut leaves is tried with a device that forgets (<see cref="Storage.EmbeddedFaultTests"/>).
/// </summary>
internal static class MemoryFolders
{
    private const string Device = "/dev/shm";
    private const long LeastOctets = 1024L * 1024 * 1024;

#pragma warning disable CA2255 // The process is that of the tests, and this comes before the first of them.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Use()
    {
        if (Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 }) return;
        if (Directory.Exists(Device) && new DriveInfo(Device).AvailableFreeSpace >= LeastOctets) Environment.SetEnvironmentVariable("TMPDIR", Device);
    }
}
