namespace Facteur.Jmap;

/// <summary>Identity/get (RFC 8621 §6.1).</summary>
internal sealed class IdentityGet() : ListedGet(IdentityType.Instance);
