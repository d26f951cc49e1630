namespace Facteur.Jmap;

/// <summary>ShareNotification/changes: nothing since the present state, and unknown since any other (RFC 9670 §3).</summary>
internal sealed class ShareNotificationChanges() : ListedChanges(ShareNotificationType.Instance);
