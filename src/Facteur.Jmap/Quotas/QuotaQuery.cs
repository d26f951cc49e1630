namespace Facteur.Jmap;

/// <summary>Quota/query: by name, scope, resource type and data type (RFC 9425 §4.4).</summary>
internal sealed class QuotaQuery() : ListedQuery<JmapQuota>("Quota/query", JmapCapabilities.Quota, QuotaType.Question, canCalculateChanges: true)
{
    protected override ValueTask<ListedAll<JmapQuota>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => QuotaType.AllAsync(call, account, cancel);
}
