namespace Facteur.Jmap;

/// <summary>ShareNotification/get (RFC 9670 §3).</summary>
internal sealed class ShareNotificationGet() : ListedGet(ShareNotificationType.Instance);
