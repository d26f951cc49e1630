using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>ShareNotification/queryChanges: nothing since the present state, and unknown since any other (RFC 9670 §3).</summary>
internal sealed class ShareNotificationQueryChanges()
    : ListedQueryChanges<ShareNotice>("ShareNotification/queryChanges", JmapCapabilities.Principals, ShareNotificationType.Question)
{
    protected override ValueTask<ListedAll<ShareNotice>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => ShareNotificationType.AllAsync(call, account, cancel);
}
