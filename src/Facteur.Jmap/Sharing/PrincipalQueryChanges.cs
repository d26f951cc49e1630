namespace Facteur.Jmap;

/// <summary>Principal/queryChanges (RFC 9670 §2.5): nothing since the present state, and unknown since any other.</summary>
internal sealed class PrincipalQueryChanges() : ListedQueryChanges<Principal>("Principal/queryChanges", JmapCapabilities.Principals, PrincipalType.Question)
{
    protected override ValueTask<ListedAll<Principal>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => PrincipalType.AllAsync(call, account, cancel);
}
