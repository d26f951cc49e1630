using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>ShareNotification/query: by time and account, sorted by "created" (RFC 9670 §3).</summary>
internal sealed class ShareNotificationQuery()
    : ListedQuery<ShareNotice>("ShareNotification/query", JmapCapabilities.Principals, ShareNotificationType.Question, canCalculateChanges: false)
{
    protected override ValueTask<ListedAll<ShareNotice>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => ShareNotificationType.AllAsync(call, account, cancel);
}
