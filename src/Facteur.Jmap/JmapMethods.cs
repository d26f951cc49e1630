namespace Facteur.Jmap;

/// <summary>All methods; a line each, by capability. Each part of the table is kept beside its methods.</summary>
public static partial class JmapMethods
{
    public static IEnumerable<JmapMethod> All() => [new Echo(), .. Reading(), .. Changing(), .. Queries(), .. Sending(), .. Blobs(), .. Scripts(), .. Rules(), .. Pushing(), .. Quotas(), .. Addresses(), .. Settings(), .. Contacts(), .. Sharing()];

    private static partial IEnumerable<JmapMethod> Reading();

    private static partial IEnumerable<JmapMethod> Changing();

    private static partial IEnumerable<JmapMethod> Queries();

    private static partial IEnumerable<JmapMethod> Sending();

    private static partial IEnumerable<JmapMethod> Blobs();

    private static partial IEnumerable<JmapMethod> Scripts();

    private static partial IEnumerable<JmapMethod> Rules();

    private static partial IEnumerable<JmapMethod> Pushing();

    private static partial IEnumerable<JmapMethod> Quotas();

    private static partial IEnumerable<JmapMethod> Addresses();

    private static partial IEnumerable<JmapMethod> Settings();

    private static partial IEnumerable<JmapMethod> Contacts();

    private static partial IEnumerable<JmapMethod> Sharing();
}
