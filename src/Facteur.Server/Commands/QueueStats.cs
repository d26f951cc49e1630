using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur queue stats: what waits, by destination.</summary>
internal static class QueueStats
{
    public static Command Create() => Verb.Create<List<DestinationView>>("stats", "What waits for each destination, since when and why", _ => new ControlRequest("queue.stats"), Show);

    private static void Show(IAnsiConsole console, List<DestinationView> destinations)
    {
        var table = new Table().RoundedBorder().AddColumn("Destination").AddColumn(new TableColumn("Waiting").RightAligned()).AddColumn(new TableColumn("Held").RightAligned())
            .AddColumn("Oldest").AddColumn("Next").AddColumn("Last answer");
        foreach (var one in destinations)
            table.AddRow(Markup.Escape(one.Destination), one.Waiting.ToString("N0", CultureInfo.InvariantCulture), one.Held.ToString("N0", CultureInfo.InvariantCulture),
                Time(one.Oldest), one.RestsUntil is { } until ? "rests until " + Time(until) : one.NextAttempt is { } next ? Time(next) : "", Markup.Escape(one.LastAnswer));
        console.Write(table);
        console.WriteLine($"{destinations.Sum(one => one.Waiting):N0} waiting, {destinations.Sum(one => one.Held):N0} held, {destinations.Count:N0} destinations.");
    }

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
