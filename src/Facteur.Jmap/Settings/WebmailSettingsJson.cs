using System.Text.Json;
using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>The setting "webmail" as pages and JMAP show it (docs/jmap.md): the page of the webmail brings it, so that nothing is drawn twice.</summary>
public static class WebmailSettingsJson
{
    /// <summary>Its properties, into an object that is begun.</summary>
    public static void Write(Utf8JsonWriter writer, WebmailSetting setting)
    {
        writer.WriteNumber("undoSeconds"u8, setting.UndoSeconds);
        writer.WriteNumber("pageSize"u8, setting.PageSize);
        writer.WriteBoolean("conversations"u8, setting.Conversations);
        writer.WriteString("order"u8, setting.Order);
        writer.WriteBoolean("preview"u8, setting.Preview);
        writer.WriteString("density"u8, setting.Density);
        writer.WriteString("theme"u8, setting.Theme);
        writer.WriteString("readingPane"u8, setting.ReadingPane);
        writer.WriteBoolean("shortcuts"u8, setting.Shortcuts);
        writer.WriteStartObject("keys"u8);
        foreach (var (name, keys) in setting.Keys ?? new Dictionary<string, IReadOnlyList<string>>()) WriteAll(writer, name, keys);
        writer.WriteEndObject();
        WriteAll(writer, "imagesAllowedFrom", setting.ImagesAllowedFrom ?? []);
        writer.WriteNumber("offlineDays"u8, setting.OfflineDays);
    }

    private static void WriteAll(Utf8JsonWriter writer, string name, IReadOnlyList<string> all)
    {
        writer.WriteStartArray(name);
        foreach (var one in all) writer.WriteStringValue(one);
        writer.WriteEndArray();
    }
}
