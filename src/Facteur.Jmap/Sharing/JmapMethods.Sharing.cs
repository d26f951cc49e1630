namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Sharing() =>
    [
        new PrincipalGet(), new PrincipalChanges(), new PrincipalSet(), new PrincipalQuery(), new PrincipalQueryChanges(),
        new ShareNotificationGet(), new ShareNotificationChanges(), new ShareNotificationSet(), new ShareNotificationQuery(), new ShareNotificationQueryChanges(),
    ];
}
