using System.Diagnostics;
using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Bench;

/// <summary>What the benches of the store share: a store in a folder, and lines of what took how long.</summary>
internal static class StoreRun
{
    public static ValueTask<EmbeddedStore> OpenAsync(string folder) =>
        EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, default);

    /// <summary>Runs something once and prints its time and the process's.</summary>
    public static async Task TimeAsync(string what, Func<Task> action)
    {
        using var self = Process.GetCurrentProcess();
        var processor = self.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await action();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        self.Refresh();
        Print(what, $"{elapsed:F1} ms, processor {(self.TotalProcessorTime - processor).TotalMilliseconds:F0} ms");
    }

    public static void Print(string what, string value) => Console.WriteLine($"{what,-48} {value}");
}
