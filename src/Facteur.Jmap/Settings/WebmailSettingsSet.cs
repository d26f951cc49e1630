using System.Text.Json;
using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>WebmailSettings/set (docs/jmap.md): the one object is changed, never made or taken away.</summary>
internal sealed class WebmailSettingsSet() : SingletonSet(WebmailSettingsType.Instance, "it is always there")
{
    protected override async ValueTask<Action<Utf8JsonWriter>?> WriteAsync(JmapCall call, JmapAccount account, ListedPatch patch, CancellationToken cancel)
    {
        var reader = patch.Wanted;
        var wanted = Read(reader);
        var language = reader.String("language");
        if (language is not null && !AccountSettings.Locales.Contains(language)) reader.Invalid("language", $"the languages are {string.Join(" and ", AccountSettings.Locales)}");
        if (reader.IsValid && wanted.Problem() is { } problem) reader.Invalid(JsonNamingPolicy.CamelCase.ConvertName(problem.Property), problem.Sentence);
        reader.Check();
        var settings = new WebmailSettings(call.Services.Store.Settings);
        await settings.WriteAsync(account.Id, wanted, cancel);
        if (language != patch.Before.String("language")) await settings.WriteLanguageAsync(account.Id, language, cancel);
        return null;
    }

    /// <summary>Null, or left out by a null in the patch, is what holds without a choice (RFC 8620 §5.3).</summary>
    private static WebmailSetting Read(JmapObjectReader reader)
    {
        var usual = new WebmailSetting();
        return new WebmailSetting(
            (int?)reader.UnsignedInt("undoSeconds", int.MaxValue) ?? usual.UndoSeconds, (int?)reader.UnsignedInt("pageSize", int.MaxValue) ?? usual.PageSize,
            reader.String("density") ?? usual.Density, reader.String("theme") ?? usual.Theme, reader.String("readingPane") ?? usual.ReadingPane,
            reader.Bool("shortcuts") ?? usual.Shortcuts, reader.Strings("imagesAllowedFrom") is { Count: > 0 } senders ? senders : null,
            reader.Bool("conversations") ?? usual.Conversations, reader.String("order") ?? usual.Order, reader.Bool("preview") ?? usual.Preview,
            (int?)reader.UnsignedInt("offlineDays", int.MaxValue) ?? usual.OfflineDays, Keys(reader));
    }

    private static Dictionary<string, IReadOnlyList<string>>? Keys(JmapObjectReader reader)
    {
        if (reader.Object("keys") is not { } map) return null;
        var within = reader.Child(map, "keys");
        var keys = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var name in map.EnumerateObject().Select(one => one.Name))
            if (within.Strings(name) is { } chosen) keys[name] = chosen;
        return keys.Count == 0 ? null : keys;
    }
}
