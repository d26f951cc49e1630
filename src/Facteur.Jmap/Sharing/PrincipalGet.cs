namespace Facteur.Jmap;

/// <summary>Principal/get (RFC 9670 §2.1).</summary>
internal sealed class PrincipalGet() : ListedGet(PrincipalType.Instance);
