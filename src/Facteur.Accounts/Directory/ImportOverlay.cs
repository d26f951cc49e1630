using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What an import would have made so far: names of which the directory knows nothing yet.</summary>
internal sealed class ImportOverlay
{
    /// <summary>Domains, and whether they stand for another.</summary>
    public Dictionary<string, bool> Domains { get; } = new(StringComparer.Ordinal);

    /// <summary>"exemple.fr/ventes", lower case.</summary>
    public HashSet<string> Groups { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, AccountKind> Accounts { get; } = new(StringComparer.Ordinal);

    /// <summary>Addresses of accounts, and whose.</summary>
    public Dictionary<string, string> Addresses { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Aliases { get; } = new(StringComparer.Ordinal);

    /// <summary>Cards that are still to be added, by account.</summary>
    public Dictionary<string, int> Cards { get; } = new(StringComparer.Ordinal);

    /// <summary>Items that the file had already.</summary>
    public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

    public bool IsTaken(string address) => Addresses.ContainsKey(address) || Aliases.Contains(address);
}
