using System.Text.Json.Nodes;

namespace Facteur.Accounts;

/// <summary>What exports and imports must know of setting documents, whose shapes belong to the projects that read them.</summary>
public abstract class SettingDocuments
{
    /// <summary>A stored document as an export shows it; null for what it leaves out (keys of the server, unless secrets are asked for).</summary>
    public abstract JsonNode? Show(string name, ReadOnlyMemory<byte> stored, bool withSecrets);

    /// <summary>What is to be stored for a document of an import; null when that is there already, or is not replaced.</summary>
    /// <param name="scope">Kind of the owner: s(ite), d(omain), g(roup), a(ccount).</param>
    /// <exception cref="AccountRuleException">It cannot be; the message says why.</exception>
    public abstract byte[]? Make(char scope, string name, JsonNode? wanted, ReadOnlyMemory<byte>? stored);
}
