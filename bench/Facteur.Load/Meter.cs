using System.Diagnostics;
using System.Text.Json;

namespace Facteur.Load;

/// <summary>Counts operations and their times over all connections, and says when to stop.</summary>
internal sealed class Meter(LoadOptions options)
{
    private readonly Lock gate = new();
    private readonly List<float> times = [];
    private readonly Stopwatch clock = new();
    private long started;
    private long bytes;
    private long errors;
    private string? firstError;

    public long Errors => Interlocked.Read(ref errors);

    public void Start() => clock.Start();

    public TimeSpan Elapsed => clock.Elapsed;

    /// <summary>True when one more operation (or <paramref name="count"/>) may begin.</summary>
    public bool TryBegin(int count = 1)
    {
        if (options.Duration is { } limit && clock.Elapsed >= limit) return false;
        if (options.Operations is { } most && Interlocked.Add(ref started, count) - count >= most) return false;
        return true;
    }

    public long Completed { get { lock (gate) return completed; } }
    private long completed;

    /// <summary>One operation took <paramref name="milliseconds"/> and moved <paramref name="octets"/>; it stands for <paramref name="count"/> operations.</summary>
    public void Add(double milliseconds, long octets, int count = 1)
    {
        lock (gate)
        {
            times.Add((float)milliseconds);
            completed += count;
            bytes += octets;
        }
    }

    public void Error(string what)
    {
        Interlocked.Increment(ref errors);
        Interlocked.CompareExchange(ref firstError, what, null);
    }

    /// <summary>One JSON line.</summary>
    public string Report(string mode, IReadOnlyDictionary<string, object>? more = null)
    {
        clock.Stop();
        var seconds = Math.Max(clock.Elapsed.TotalSeconds, 1e-9);
        times.Sort();
        var report = new Dictionary<string, object>
        {
            ["mode"] = mode,
            ["operations"] = completed,
            ["seconds"] = Math.Round(seconds, 3),
            ["operationsPerSecond"] = Math.Round(completed / seconds, 1),
            ["p50Ms"] = Math.Round(Percentile(0.50), 3),
            ["p99Ms"] = Math.Round(Percentile(0.99), 3),
            ["bytesPerSecond"] = Math.Round(bytes / seconds),
            ["errors"] = Errors,
        };
        if (firstError is not null) report["firstError"] = firstError;
        foreach (var (key, value) in more ?? new Dictionary<string, object>()) report[key] = value;
        return JsonSerializer.Serialize(report);
    }

    private double Percentile(double part) =>
        times.Count == 0 ? 0 : times[Math.Min(times.Count - 1, (int)(times.Count * part))];
}
