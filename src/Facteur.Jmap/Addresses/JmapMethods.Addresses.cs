namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Addresses() => [new DisposableAddressGet(), new DisposableAddressChanges(), new DisposableAddressSet()];
}
