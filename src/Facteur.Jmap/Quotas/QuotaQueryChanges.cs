namespace Facteur.Jmap;

/// <summary>Quota/queryChanges (RFC 9425 §4.5): the one object is what changed, whatever it was.</summary>
internal sealed class QuotaQueryChanges() : ListedQueryChanges<JmapQuota>("Quota/queryChanges", JmapCapabilities.Quota, QuotaType.Question)
{
    private static readonly string[] only = [QuotaType.Id];

    protected override ValueTask<ListedAll<JmapQuota>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => QuotaType.AllAsync(call, account, cancel);

    protected override IReadOnlyCollection<string>? ChangedSince(string since) => QuotaState.TryParse(since, out _) ? only : null;
}
