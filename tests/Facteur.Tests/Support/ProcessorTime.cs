using System.Globalization;

namespace Facteur.Tests.Support;

/// <summary>What work costs, in time of the processor on the calling thread: the same whatever else the machine does, unlike time on the clock.</summary>
internal static class ProcessorTime
{
    /// <summary>For what awaits, which no one thread does: work of quadratic or exponential time does not end within this.</summary>
    public static readonly TimeSpan Endless = TimeSpan.FromMinutes(1);

    /// <param name="work">Runs on the calling thread alone.</param>
    public static TimeSpan Of(Action work)
    {
        var before = Now();
        work();
        return Now() - before;
    }

    /// <summary>The first number is nanoseconds that the thread was on a processor (Linux, proc(5)).</summary>
    private static TimeSpan Now()
    {
        var fields = File.ReadAllText("/proc/thread-self/schedstat").Split(' ');
        return TimeSpan.FromTicks(long.Parse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture) / TimeSpan.NanosecondsPerTick);
    }
}
