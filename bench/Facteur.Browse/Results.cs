using System.Globalization;
using System.Text.Json;

namespace Facteur.Browse;

/// <summary>What was measured, as one JSON file a measure: SITE.KEY.</summary>
internal sealed class Results(string folder, string site)
{
    /// <summary>How many measures failed.</summary>
    public int Failures { get; private set; }

    /// <param name="values">Of each round, in the unit that the report knows.</param>
    public void Write(string key, IReadOnlyList<double> values, IReadOnlyDictionary<string, double>? more = null)
    {
        var sorted = values.Order().ToArray();
        var result = new Dictionary<string, object> { ["count"] = sorted.Length, ["p50"] = Percentile(sorted, 0.50), ["p95"] = Percentile(sorted, 0.95), ["errors"] = 0 };
        foreach (var (name, value) in more ?? new Dictionary<string, double>()) result[name] = value;
        Write(key, result);
    }

    /// <summary>Runs one measure; what goes wrong in it is its result, and the others go on.</summary>
    public async Task MeasureAsync(string key, Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (Exception e) when (e is Microsoft.Playwright.PlaywrightException or TimeoutException or InvalidOperationException)
        {
            Failures++;
            Write(key, new Dictionary<string, object> { ["count"] = 0, ["errors"] = 1, ["firstError"] = e.Message });
        }
    }

    /// <summary>The value that so large a part of them does not exceed: the next one up, never between two.</summary>
    public static double Percentile(ReadOnlySpan<double> sorted, double part) =>
        sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * part) - 1, 0, sorted.Length - 1)];

    private void Write(string key, Dictionary<string, object> result)
    {
        var line = JsonSerializer.Serialize(result);
        File.WriteAllText(Path.Combine(folder, $"{site}.{key}"), line);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{site,-10} {key,-18} {line}"));
    }
}
