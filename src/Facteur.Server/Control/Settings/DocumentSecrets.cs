using System.Text.Json.Nodes;
using Facteur.Accounts;

namespace Facteur.Server.Control.Settings;

/// <summary>Passwords and keys in documents: shown as "***", and kept where "***" is written back.</summary>
internal static class DocumentSecrets
{
    public const string Hidden = "***";

    private static readonly string[] names = ["password", "privateKeyPem", "codeHash", "secret", "secretHash"];

    /// <summary>A copy without secrets.</summary>
    public static JsonNode? Hide(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item.Select(pair => KeyValuePair.Create(pair.Key, IsSecret(pair.Key) && pair.Value is not null ? Hidden : Hide(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Hide)]),
        _ => node?.DeepClone(),
    };

    /// <summary>Puts the stored secrets where the new document has "***".</summary>
    /// <exception cref="AccountRuleException">There is none at that place.</exception>
    public static void Restore(JsonNode? made, JsonNode? stored)
    {
        switch (made)
        {
            case JsonObject item:
                foreach (var (name, value) in item.ToList())
                {
                    var former = (stored as JsonObject)?.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
                    if (!IsSecret(name)) Restore(value, former);
                    else if (value is JsonValue text && text.TryGetValue(out string? written) && written == Hidden)
                        item[name] = former?.DeepClone() ?? throw new AccountRuleException($"\"{name}\" is \"{Hidden}\", and there was none before; write it.");
                }
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++) Restore(list[i], stored is JsonArray before && i < before.Count ? before[i] : null);
                break;
        }
    }

    /// <summary>As <see cref="Restore"/>; "***" for which there is none is left out.</summary>
    public static void RestoreOrDrop(JsonNode? made, JsonNode? stored)
    {
        foreach (var item in Objects(made).Where(item => item.Any(pair => IsHidden(pair.Key, pair.Value))).ToList())
            foreach (var name in item.Where(pair => IsHidden(pair.Key, pair.Value)).Select(pair => pair.Key).ToList())
                if (!HasAt(stored, item, name)) item.Remove(name);
        Restore(made, stored);
    }

    private static bool HasAt(JsonNode? stored, JsonObject item, string name) =>
        Follow(stored, item) is JsonObject former && former.Any(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && pair.Value is not null);

    // The same place in another document.
    private static JsonNode? Follow(JsonNode? other, JsonNode place) => place.Parent switch
    {
        null => other,
        JsonArray list => Follow(other, list) is JsonArray former && list.IndexOf(place) is var i && i < former.Count ? former[i] : null,
        JsonObject item => (Follow(other, item) as JsonObject)?.FirstOrDefault(pair => pair.Key.Equals(place.GetPropertyName(), StringComparison.OrdinalIgnoreCase)).Value,
        _ => null,
    };

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(pair => Objects(pair.Value)).Prepend(item),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };

    private static bool IsHidden(string name, JsonNode? value) => IsSecret(name) && value is JsonValue text && text.TryGetValue(out string? written) && written == Hidden;

    private static bool IsSecret(string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
