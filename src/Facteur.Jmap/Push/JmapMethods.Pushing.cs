namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Pushing() => [new Push.PushSubscriptionGet(), new Push.PushSubscriptionSet()];
}
