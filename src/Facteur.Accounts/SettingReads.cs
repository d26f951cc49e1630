using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Settings as what they say. A document that cannot be read counts as none: an administrator's slip must not stop mail.</summary>
public static class SettingReads
{
    public static async ValueTask<T?> ReadAsync<T>(this SettingsStore store, SettingScope scope, string name, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class =>
        await store.GetAsync(scope, name, cancel) is { } json ? Read(json.Span, type) : null;

    /// <summary>Null for what is not of that type.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
