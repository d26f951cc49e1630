namespace Facteur.Jmap;

/// <summary>Principal/query (RFC 9670 §2.4).</summary>
internal sealed class PrincipalQuery() : ListedQuery<Principal>("Principal/query", JmapCapabilities.Principals, PrincipalType.Question, canCalculateChanges: false)
{
    protected override ValueTask<ListedAll<Principal>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => PrincipalType.AllAsync(call, account, cancel);
}
