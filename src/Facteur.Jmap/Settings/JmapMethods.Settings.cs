namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Settings() => [new WebmailSettingsGet(), new WebmailSettingsSet()];
}
