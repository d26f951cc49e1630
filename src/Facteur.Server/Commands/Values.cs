using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>Shows values with the scope that each comes from.</summary>
internal static class Values
{
    public static void Show(IAnsiConsole console, IReadOnlyList<ValueRow> rows)
    {
        var table = new Table().RoundedBorder().AddColumn("Key").AddColumn("Value").AddColumn("From");
        foreach (var row in rows) table.AddRow(Markup.Escape(row.Key), Markup.Escape(Text(row.Value)), row.From == "default" ? "" : Markup.Escape(row.From));
        console.Write(table);
    }

    private static string Text(JsonNode? value) => value switch
    {
        null => "none",
        JsonArray { Count: 0 } => "none",
        JsonArray list => string.Join(list.Any(one => one is JsonObject) ? Environment.NewLine : ", ", list.Select(Text)),
        JsonValue one when one.TryGetValue(out string? text) => text,
        _ => value.ToJsonString(ControlJson.Options),
    };
}
