namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Scripts() => [];
}
