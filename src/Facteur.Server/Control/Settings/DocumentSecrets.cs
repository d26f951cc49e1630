using System.Text.Json.Nodes;
using Facteur.Accounts;

namespace Facteur.Server.Control.Settings;

/// <summary>Passwords and keys in documents: shown as "***", and kept where "***" is written back.</summary>
internal static class DocumentSecrets
{
    public const string Hidden = "***";

    private static readonly string[] names = ["password", "privateKeyPem", "codeHash"];

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

    private static bool IsSecret(string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
