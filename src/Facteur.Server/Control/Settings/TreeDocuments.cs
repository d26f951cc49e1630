using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control.Settings;

/// <summary>
/// Setting documents in exports and imports: checked by the types that read them, passwords as "***" unless asked for. Keys of the server
/// travel only with secrets, and never replace those that a server has. Settings that this version does not know pass as they are.
/// </summary>
internal sealed class TreeDocuments : SettingDocuments
{
    /// <summary>The last message that POP programs do not see is a number of this store alone.</summary>
    private const string PopMark = "afterEmail";

    public override JsonNode? Show(string name, ReadOnlyMemory<byte> stored, bool withSecrets)
    {
        if (SettingKind.IsKey(name) && !withSecrets) return null;
        if (SettingJson.Read(stored) is not { } document) return null;
        if (!withSecrets) document = DocumentSecrets.Hide(document)!;
        if (name == "pop") (document as JsonObject)?.Remove(PopMark);
        return document;
    }

    public override byte[]? Make(char scope, string name, JsonNode? wanted, ReadOnlyMemory<byte>? stored)
    {
        var before = stored is { } json ? SettingJson.Read(json) : null;
        if (SettingKind.IsKey(name) && before is not null) return null;
        var document = wanted?.DeepClone() ?? throw new AccountRuleException($"The setting \"{name}\" is null.");
        DocumentSecrets.RestoreOrDrop(document, before);
        if (name == "pop" && document is JsonObject pop && before?[PopMark] is { } mark) pop[PopMark] = mark.DeepClone();
        try
        {
            document = SettingKind.Find(name)?.Check(document, new NamedScope(new SettingScope(scope, 0), ScopeView.Site)) ?? document;
        }
        catch (AccountRuleException e)
        {
            throw new AccountRuleException($"Setting \"{name}\": {e.Message}");
        }
        return JsonNode.DeepEquals(document, before) ? null : JsonSerializer.SerializeToUtf8Bytes(document, SettingJson.Options);
    }
}
