using Facteur.Storage.Embedded.Packs;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Rows of bodies: each counts those that refer to it, and goes with the last.</summary>
internal static class Bodies
{
    public static void Insert(WriteSession session, BodyIntake body, int refs)
    {
        var insert = session.Database.Get("INSERT INTO blob (id, size, refs, checksum, extents, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Bind(1, body.Blob).Bind(2, body.Length).Bind(3, refs);
        if (body.Extents is { } extents)
        {
            insert.Bind(4, 0).Bind(5, ExtentList.Serialize(extents)).BindNull(6).Run();
            foreach (var extent in extents) AddExtent(session, extent, body.Blob);
        }
        else
        {
            insert.Bind(4, body.InlineChecksum).BindNull(5).Bind(6, body.Inline).Run();
        }
    }

    /// <summary>One more refers to a body; its size, or null when it is gone.</summary>
    public static long? Refer(WriteSession session, long blob)
    {
        var row = session.Database.Get("UPDATE blob SET refs = refs + 1 WHERE id = ?1 RETURNING size").Bind(1, blob);
        if (!row.Step()) return null;
        var size = row.Int64(0);
        row.Reset();
        return size;
    }

    /// <summary>More refer to a body that is there.</summary>
    public static void Refer(WriteSession session, long blob, int more) =>
        session.Database.Get("UPDATE blob SET refs = refs + ?2 WHERE id = ?1").Bind(1, blob).Bind(2, more).Run();

    public static bool Exists(WriteSession session, long blob)
    {
        var row = session.Database.Get("SELECT 1 FROM blob WHERE id = ?1").Bind(1, blob);
        if (!row.Step()) return false;
        row.Reset();
        return true;
    }

    private static void AddExtent(WriteSession session, Extent extent, long blob)
    {
        session.Database.Get("INSERT INTO extent (segment, offset, length, blob) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, extent.Segment).Bind(2, extent.Offset).Bind(3, extent.Length).Bind(4, blob).Run();
        session.CountSegment(extent.Segment, extent.Offset + Record.Room(extent.Length), extent.Length);
    }
}
