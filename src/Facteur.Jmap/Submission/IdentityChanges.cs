namespace Facteur.Jmap;

/// <summary>Identity/changes (RFC 8621 §6.2).</summary>
internal sealed class IdentityChanges() : ListedChanges(IdentityType.Instance);
