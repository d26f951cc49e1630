using System.Text.Json;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>
/// Search/parse: how a search in words is read, for the search box: its parts, hints, what Tab completes, and the same search in its shortest
/// words. Ours: docs/jmap.md.
/// </summary>
internal sealed class SearchParse() : JmapMethod("Search/parse", JmapCapabilities.FacteurMail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "query", "timeZone", "language", "cursor");
        var account = await call.AccountAsync(write: false, cancel);
        var text = JmapArguments.RequireString(call.Arguments, "query");
        var zone = TimeZones.Find(JmapArguments.String(call.Arguments, "timeZone"));
        var words = JmapArguments.String(call.Arguments, "language") is { } language && language.StartsWith("fr", StringComparison.OrdinalIgnoreCase) ? SearchWords.French : SearchWords.English;
        var query = SearchLanguage.Parse(text, call.Services.Time.GetUtcNow(), zone);
        var json = call.Answer;
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapIds.Of(account.Id));
        json.WriteString("canonical"u8, SearchLanguage.Write(query.Condition, words, zone));
        json.WriteBoolean("leavesOutJunkAndTrash"u8, query.LeavesOutJunkAndTrash);
        json.WriteStartArray("chips"u8);
        foreach (var chip in query.Chips) WriteChip(json, chip, words);
        json.WriteEndArray();
        json.WriteStartArray("hints"u8);
        foreach (var hint in query.Hints) WriteHint(json, hint);
        json.WriteEndArray();
        json.WriteStartArray("completions"u8);
        if (JmapArguments.UnsignedInt(call.Arguments, "cursor") is { } cursor && cursor <= text.Length)
        {
            var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
            foreach (var completion in SearchCompletions.At(text, (int)cursor, words, [.. snapshot.Mailboxes.Select(one => one.Mailbox.Name)])) WriteCompletion(json, completion);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteChip(Utf8JsonWriter json, SearchChip chip, SearchWords words)
    {
        json.WriteStartObject();
        WritePlace(json, chip.Start, chip.Length);
        json.WriteString("operator"u8, chip.Operator is { } of ? SearchLanguage.Name(of, words) : null);
        json.WriteString("value"u8, chip.Value);
        json.WriteBoolean("isNegated"u8, chip.IsNegated);
        json.WriteBoolean("isAlternative"u8, chip.IsAlternative);
        json.WriteEndObject();
    }

    private static void WriteHint(Utf8JsonWriter json, SearchHint hint)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, hint.Kind switch
        {
            SearchHintKind.UnknownOperator => "unknownOperator",
            SearchHintKind.MissingValue => "missingValue",
            SearchHintKind.BadValue => "badValue",
            SearchHintKind.AmbiguousDate => "ambiguousDate",
            SearchHintKind.DistanceIgnored => "distanceIgnored",
            _ => "tooLong",
        });
        WritePlace(json, hint.Start, hint.Length);
        json.WriteString("suggestion"u8, hint.Suggestion);
        json.WriteEndObject();
    }

    private static void WriteCompletion(Utf8JsonWriter json, SearchCompletion completion)
    {
        json.WriteStartObject();
        WritePlace(json, completion.Start, completion.Length);
        json.WriteString("text"u8, completion.Text);
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, int start, int length)
    {
        json.WriteNumber("start"u8, start);
        json.WriteNumber("length"u8, length);
    }
}
