namespace Facteur.Jmap;

/// <summary>Principal/changes (RFC 9670 §2.2): nothing since the present state, and unknown since any other.</summary>
internal sealed class PrincipalChanges() : ListedChanges(PrincipalType.Instance);
