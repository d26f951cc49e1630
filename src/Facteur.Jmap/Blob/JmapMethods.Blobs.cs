namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Blobs() => [new BlobCopy(), new BlobUpload(), new BlobGet(), new BlobLookup(), new EmailImport(), new EmailCopy()];
}
