using Facteur.Storage.Emails;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded.Uploads;

/// <summary>Rows of uploads, read, written and removed.</summary>
internal static class UploadRows
{
    // Uploads removed before the sum is looked at again.
    private const int Step = 50;

    /// <summary>Everything that can refuse an upload: before the first row.</summary>
    public static void Check(WriteSession session, UploadOwner owner, long size)
    {
        _ = session.Account(owner.Account);
        if (owner.Uploader != owner.Account) _ = session.Account(owner.Uploader);
        if (size > UploadStore.MaxOctetsPerUploader) throw new StoreRefusedException(StoreRefusal.OverQuota, "no account may upload as much");
    }

    /// <summary>Adds an upload of a body that counts it already.</summary>
    public static UploadRecord Add(WriteSession session, UploadOwner owner, long blob, long size, string type)
    {
        MakeRoom(session, owner.Uploader, size);
        session.Database.Get("INSERT INTO upload (account, uploader, blob, size, created, type) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Bind(1, owner.Account.Value).Bind(2, owner.Uploader.Value).Bind(3, blob).Bind(4, size).Bind(5, session.Now).Bind(6, type).Run();
        var id = new UploadId(session.Database.LastRowId);
        Count(session, owner.Uploader.Value, 1, size);
        return new UploadRecord(id, owner, type, new BodyReference(blob, size), DateTimeOffset.FromUnixTimeMilliseconds(session.Now));
    }

    public static UploadRecord? Find(SqliteConnection database, UploadOwner owner, UploadId upload)
    {
        var row = database.Get("SELECT type, blob, size, created FROM upload WHERE id = ?1 AND account = ?2 AND uploader = ?3")
            .Bind(1, upload.Value).Bind(2, owner.Account.Value).Bind(3, owner.Uploader.Value);
        if (!row.Step()) return null;
        var found = new UploadRecord(upload, owner, row.Text(0), new BodyReference(row.Int64(1), row.Int64(2)), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(3)));
        row.Reset();
        return found;
    }

    /// <summary>Removes those made before a time; stops at the first that is younger.</summary>
    public static int Purge(WriteSession session, long createdBefore, int max)
    {
        var rows = session.Database.Get("SELECT id, uploader, blob, size, created FROM upload ORDER BY id LIMIT ?1").Bind(1, max);
        var past = new List<Row>();
        while (rows.Step() && rows.Int64(4) < createdBefore) past.Add(Read(rows));
        rows.Reset();
        return Remove(session, past);
    }

    /// <summary>Removes those of an account that goes; true while there are more.</summary>
    public static bool PurgeOf(WriteSession session, long uploader, int max) => Remove(session, Oldest(session, uploader, max)) == max;

    // RFC 8620 §6: the oldest go first, until there is room.
    private static void MakeRoom(WriteSession session, AccountId uploader, long size)
    {
        while (Total(session, uploader.Value) is var (uploads, octets) && (uploads >= UploadStore.MaxPerUploader || octets + size > UploadStore.MaxOctetsPerUploader))
        {
            var going = new List<Row>();
            foreach (var row in Oldest(session, uploader.Value, Step))
            {
                if (uploads < UploadStore.MaxPerUploader && octets + size <= UploadStore.MaxOctetsPerUploader) break;
                going.Add(row);
                uploads--;
                octets -= row.Size;
            }
            Remove(session, going);
        }
    }

    // Index upload_uploader: its rows lie in the order of their ids.
    private static List<Row> Oldest(WriteSession session, long uploader, int max)
    {
        var oldest = new List<Row>();
        var rows = session.Database.Get("SELECT id, uploader, blob, size FROM upload WHERE uploader = ?1 ORDER BY id LIMIT ?2").Bind(1, uploader).Bind(2, max);
        while (rows.Step()) oldest.Add(Read(rows));
        return oldest;
    }

    private static int Remove(WriteSession session, List<Row> going)
    {
        foreach (var row in going)
        {
            session.Database.Get("DELETE FROM upload WHERE id = ?1").Bind(1, row.Id).Run();
            Writing.Purge.Release(session, row.Blob);
            Count(session, row.Uploader, -1, -row.Size);
        }
        return going.Count;
    }

    private static (long Uploads, long Octets) Total(WriteSession session, long uploader)
    {
        var row = session.Database.Get("SELECT uploads, octets FROM upload_total WHERE uploader = ?1").Bind(1, uploader);
        if (!row.Step()) return default;
        var total = (row.Int64(0), row.Int64(1));
        row.Reset();
        return total;
    }

    private static void Count(WriteSession session, long uploader, int uploads, long octets)
    {
        session.Database.Get("""
            INSERT INTO upload_total (uploader, uploads, octets) VALUES (?1, ?2, ?3)
            ON CONFLICT (uploader) DO UPDATE SET uploads = uploads + excluded.uploads, octets = octets + excluded.octets
            """).Bind(1, uploader).Bind(2, (long)uploads).Bind(3, octets).Run();
        if (uploads < 0) session.Database.Get("DELETE FROM upload_total WHERE uploader = ?1 AND uploads = 0").Bind(1, uploader).Run();
    }

    private static Row Read(SqliteStatement row) => new(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3));

    private readonly record struct Row(long Id, long Uploader, long Blob, long Size);
}
