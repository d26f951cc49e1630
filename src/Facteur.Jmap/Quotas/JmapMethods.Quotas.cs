namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Quotas() => [new QuotaGet(), new QuotaChanges(), new QuotaQuery(), new QuotaQueryChanges()];
}
