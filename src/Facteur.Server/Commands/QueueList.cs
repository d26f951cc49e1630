using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur queue list [--destination …] [--sender …] [--to …] [--account …] [--state STATE] [--max N].</summary>
internal static class QueueList
{
    public static Command Create()
    {
        var selection = new QueueSelection();
        var state = new Option<string?>("--state") { Description = "waiting, held, delivered, failed, cancelled or all (default: waiting and held)" };
        state.AcceptOnlyFromAmong("waiting", "held", "delivered", "failed", "cancelled", "all");
        var max = new Option<int>("--max") { Description = "Recipients shown at most", DefaultValueFactory = _ => 100 };
        var after = new Option<long?>("--after") { Description = "Go on after this number (shown at the end of a full list)" };
        return Verb.Create<QueueListView>("list", "List recipients that mail waits for",
            line => new ControlRequest("queue.list",
                [.. selection.Of(line), ("states", States(line.GetValue(state))), ("max", Text(line.GetValue(max))), ("after", line.GetValue(after) is { } id ? Text(id) : null)]),
            Show, [.. selection.All, state, max, after]);
    }

    private static string? States(string? state) => state switch
    {
        null => null,
        "all" => "Waiting,Held,Delivered,Failed,Cancelled",
        _ => char.ToUpperInvariant(state[0]) + state[1..],
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Show(IAnsiConsole console, QueueListView list)
    {
        if (list.Items.Count == 0)
        {
            console.WriteLine("Nothing waits.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn(new TableColumn("Message").RightAligned()).AddColumn("From").AddColumn("To").AddColumn("State")
            .AddColumn(new TableColumn("Attempts").RightAligned()).AddColumn("Next").AddColumn("Last answer");
        foreach (var item in list.Items)
            table.AddRow(Text(item.Id), Markup.Escape(item.Sender.Length > 0 ? item.Sender : "<>"), Markup.Escape(item.To), item.InDelivery ? "sending" : item.State.ToLowerInvariant(),
                Text(item.Attempts), item.NextAttempt is { } next ? next.ToLocalTime().ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "", Markup.Escape(item.LastAnswer));
        console.Write(table);
        if (list.Next is { } more) console.WriteLine($"There is more: facteur queue list --after {more}");
    }
}
