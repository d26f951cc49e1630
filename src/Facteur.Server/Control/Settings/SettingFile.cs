using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control.Settings;

/// <summary>Setting documents as JSON, read and written with their checks.</summary>
internal sealed class SettingFile(SettingsStore settings)
{
    /// <summary>As stored, with its secrets; null when there is none.</summary>
    public async ValueTask<JsonNode?> ReadAsync(NamedScope scope, string name, CancellationToken cancel) =>
        await settings.GetAsync(scope.Scope, name, cancel) is { } stored ? SettingJson.Read(stored) : null;

    /// <summary>The document as its type; null when there is none or it cannot be read.</summary>
    public async ValueTask<T?> ReadAsync<T>(NamedScope scope, string name, CancellationToken cancel) where T : class
    {
        try
        {
            return (await ReadAsync(scope, name, cancel))?.Deserialize<T>(SettingJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes a checked document; "***" in place of a secret keeps the one before. An object without anything in it removes the setting.</summary>
    public async ValueTask WriteAsync(NamedScope scope, SettingKind kind, JsonNode? document, CancellationToken cancel)
    {
        DocumentSecrets.Restore(document, await ReadAsync(scope, kind.Name, cancel));
        var normal = kind.Check(document, scope);
        if (normal is JsonObject { Count: 0 })
        {
            await RemoveAsync(scope, kind.Name, cancel);
            return;
        }
        var octets = JsonSerializer.SerializeToUtf8Bytes(normal, SettingJson.Options);
        if (octets.Length > SettingsStore.MaxOctets) throw new AccountRuleException($"The document has {octets.Length} octets; allowed are {SettingsStore.MaxOctets}.");
        await settings.SetAsync(scope.Scope, kind.Name, octets, cancel);
    }

    public ValueTask WriteAsync<T>(NamedScope scope, string name, T document, CancellationToken cancel) =>
        WriteAsync(scope, SettingKind.Require(name), JsonSerializer.SerializeToNode(document, SettingJson.Options), cancel);

    /// <summary>Changes a value inside: action "set", "add" or "rm".</summary>
    public async ValueTask EditAsync(NamedScope scope, SettingKind kind, string action, string key, IReadOnlyList<string> values, CancellationToken cancel)
    {
        var document = await ReadAsync(scope, kind.Name, cancel) as JsonObject ?? [];
        switch (action)
        {
            case "set":
                DocumentEditor.Set(document, kind.Type, key, values);
                break;
            case "add":
                DocumentEditor.Add(document, kind.Type, key, values);
                break;
            case "rm":
                DocumentEditor.Remove(document, kind.Type, key, values);
                break;
            default:
                throw new ArgumentException($"unknown action {action}");
        }
        await WriteAsync(scope, kind, Prune(document), cancel);
    }

    public ValueTask RemoveAsync(NamedScope scope, string name, CancellationToken cancel) => settings.SetAsync(scope.Scope, name, null, cancel);

    /// <summary>All scopes that have a document of this name.</summary>
    public async ValueTask<IReadOnlyList<(SettingScope Scope, JsonNode? Document)>> ListAsync(string name, CancellationToken cancel) =>
        [.. (await settings.ListAsync(name, cancel)).Select(entry => (entry.Scope, SettingJson.Read(entry.Json)))];

    // An object of which everything was taken out says nothing any more.
    private static JsonObject Prune(JsonObject document)
    {
        foreach (var (name, value) in document.ToList())
            if (value is JsonObject inner && Prune(inner).Count == 0) document.Remove(name);
        return document;
    }
}
