using System.Globalization;

namespace Facteur.Load;

/// <summary>Memory of a server's process.</summary>
internal static class Memory
{
    /// <summary>0 without a process.</summary>
    public static long ResidentKiB(int? pid)
    {
        if (pid is null) return 0;
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
