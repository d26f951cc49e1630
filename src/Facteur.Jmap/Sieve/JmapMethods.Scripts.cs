namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Scripts() =>
    [
        new SieveScriptGet(),
        new SieveScriptSet(),
        new SieveScriptQuery(),
        new SieveScriptValidate(),
    ];
}
