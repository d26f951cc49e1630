using System.Buffers;
using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>Opens bodies.</summary>
internal static class BodyReads
{
    /// <returns>Null when the body is gone.</returns>
    public static MessageBody? Open(ReaderPool readers, PackStore packs, long blob)
    {
        // A body may move to another segment between the row and the file: then the row tells the new place.
        for (var attempt = 0; ; attempt++)
        {
            List<Extent> extents;
            long size;
            using (var lease = readers.Rent())
            {
                var row = lease.Database.Get("SELECT size, checksum, extents, body FROM blob WHERE id = ?1").Bind(1, blob);
                if (!row.Step()) return null;
                size = row.Int64(0);
                if (!row.IsNull(3)) return Inline(row, size);
                extents = ExtentList.Parse(row.Octets(2));
            }
            if (Hold(packs, extents) is { } segments) return new PackedBody(packs, size, extents, segments);
            if (attempt == 3) throw new DamagedMessageException("the segment of the message is not there");
        }
    }

    private static InlineBody Inline(SqliteStatement row, long size)
    {
        var octets = row.Octets(3);
        if (octets.Length != size || Crc32C.Compute(octets) != (uint)row.Int64(1))
            throw new DamagedMessageException("the message does not match its checksum");
        var copy = ArrayPool<byte>.Shared.Rent(Math.Max(1, octets.Length));
        octets.CopyTo(copy);
        return new InlineBody(copy, octets.Length);
    }

    private static Segment[]? Hold(PackStore packs, List<Extent> extents)
    {
        var segments = new Segment[extents.Count];
        for (var i = 0; i < segments.Length; i++)
        {
            Segment? segment;
            try
            {
                segment = packs.Hold(extents[i].Segment);
            }
            catch (IOException e)
            {
                LetGo(packs, segments.AsSpan(0, i));
                throw new DamagedMessageException("the segment of the message cannot be opened", e);
            }
            if (segment is null)
            {
                LetGo(packs, segments.AsSpan(0, i));
                return null;
            }
            segments[i] = segment;
        }
        return segments;
    }

    private static void LetGo(PackStore packs, ReadOnlySpan<Segment> segments)
    {
        foreach (var segment in segments) packs.LetGo(segment);
    }
}
