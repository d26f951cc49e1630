using System.Buffers;
using System.Text;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>Reads rows in batches into a pooled buffer; between batches it holds no statement and no connection.</summary>
internal sealed class EmbeddedEmailReader(ReaderPool readers, MailboxId mailbox, IReadOnlyList<UidRange> uids, EmailFields fields) : EmailReader
{
    private const int FirstBatch = 32;
    private const int LargestBatch = 512;

    // A batch also ends here: long header fields must not make a large buffer.
    private const int BatchOctets = 256 * 1024;

    private const string EntryColumns = """
        SELECT e.uid, e.email, e.modseq, e.flags, e.size, e.blob, e.thread, e.internal_date, e.internal_zone, e.save_date, e.pop_uidl
        """;

    private const string EntrySql = EntryColumns + " FROM entry e WHERE e.mailbox = ?1 AND e.uid BETWEEN ?2 AND ?3 ORDER BY e.uid";

    private const string FactsSql = EntryColumns + """
        , f.envelope, f.body_structure, f.parts, f.preview, f.folded_headers, f.base_subject, f.message_id, f.sent_date, f.sent_zone
        FROM entry e CROSS JOIN facts f ON f.blob = e.blob WHERE e.mailbox = ?1 AND e.uid BETWEEN ?2 AND ?3 ORDER BY e.uid
        """;

    private readonly IReadOnlyList<UidRange> uids = UidRanges.Normalize(uids);
    private Row[] rows = [];
    private readonly RowOctets octets = new();
    private int count;
    private int at = -1;
    private int range;
    private uint from;
    private int batch = FirstBatch;

    public override MessageEntry Entry => rows[at].Entry;
    public override long Size => rows[at].Size;
    public override DateTimeOffset InternalDate => Time(rows[at].InternalDate, rows[at].InternalZone);
    public override DateTimeOffset SaveDate => DateTimeOffset.FromUnixTimeMilliseconds(rows[at].SaveDate);
    public override ThreadId Thread => new(rows[at].Thread);
    public override BodyReference Body => new(rows[at].Blob, rows[at].Size);
    public override string? PopUidl => rows[at].PopUidl;
    public override ReadOnlySpan<byte> Envelope => octets.Slice(rows[at].Envelope);
    public override ReadOnlySpan<byte> BodyStructure => octets.Slice(rows[at].BodyStructure);
    public override ReadOnlySpan<byte> Parts => octets.Slice(rows[at].Parts);
    public override string Preview => Encoding.UTF8.GetString(octets.Slice(rows[at].Preview));
    public override ReadOnlySpan<byte> FoldedHeaders => octets.Slice(rows[at].FoldedHeaders);
    public override string BaseSubject => Encoding.UTF8.GetString(octets.Slice(rows[at].BaseSubject));
    public override string? MessageId => rows[at].MessageId is { } id ? Encoding.UTF8.GetString(octets.Slice(id)) : null;
    public override DateTimeOffset? SentDate => rows[at].SentDate is { } date ? Time(date, rows[at].SentZone) : null;

    public override ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (++at < count) return new(true);
        Fill();
        at = 0;
        return new(count > 0);
    }

    public override ValueTask DisposeAsync()
    {
        if (rows.Length > 0) ArrayPool<Row>.Shared.Return(rows, clearArray: true);
        octets.Return();
        (rows, count, range) = ([], 0, uids.Count);
        return ValueTask.CompletedTask;
    }

    private void Fill()
    {
        count = 0;
        octets.Clear();
        if (range == uids.Count) return;
        if (rows.Length < batch)
        {
            if (rows.Length > 0) ArrayPool<Row>.Shared.Return(rows, clearArray: true);
            rows = ArrayPool<Row>.Shared.Rent(batch);
        }
        using var lease = readers.Rent();
        for (; range < uids.Count; range++, from = 0)
        {
            var row = lease.Database.Get(fields == EmailFields.Entry ? EntrySql : FactsSql)
                .Bind(1, mailbox.Value).Bind(2, Math.Max(uids[range].First, from)).Bind(3, uids[range].Last);
            while (row.Step())
            {
                Read(row, out rows[count++]);
                if (count < batch && octets.Used < BatchOctets) continue;
                from = rows[count - 1].Entry.Uid.Value + 1;
                if (from == 0 || from > uids[range].Last) (range, from) = (range + 1, 0);
                batch = Math.Min(batch * 4, LargestBatch);
                return;
            }
        }
    }

    private void Read(SqliteStatement source, out Row row)
    {
        row = new Row
        {
            Entry = new MessageEntry(new Uid((uint)source.Int64(0)), new EmailId(source.Int64(1)), new ModSeq(source.Int64(2)), new MessageFlags((ulong)source.Int64(3))),
            Size = source.Int64(4), Blob = source.Int64(5), Thread = source.Int64(6), InternalDate = source.Int64(7), InternalZone = source.Int32(8),
            SaveDate = source.Int64(9), PopUidl = source.TextOrNull(10),
        };
        if (fields == EmailFields.Entry) return;
        if ((fields & EmailFields.Envelope) != 0) row.Envelope = octets.Keep(source.Octets(11));
        if ((fields & EmailFields.BodyStructure) != 0) row.BodyStructure = octets.Keep(source.Octets(12));
        if ((fields & EmailFields.Parts) != 0) row.Parts = octets.Keep(source.Octets(13));
        if ((fields & EmailFields.Preview) != 0) row.Preview = octets.Keep(source.Octets(14));
        if ((fields & EmailFields.FoldedHeaders) != 0) row.FoldedHeaders = octets.Keep(source.Octets(15));
        if ((fields & EmailFields.SortKeys) == 0) return;
        row.BaseSubject = octets.Keep(source.Octets(16));
        row.MessageId = source.IsNull(17) ? null : octets.Keep(source.Octets(17));
        (row.SentDate, row.SentZone) = (source.Int64OrNull(18), source.Int32(19));
    }

    private static DateTimeOffset Time(long milliseconds, int zone) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToOffset(TimeSpan.FromMinutes(zone));

    private struct Row
    {
        public MessageEntry Entry;
        public long Size, Blob, Thread, InternalDate, SaveDate;
        public int InternalZone, SentZone;
        public long? SentDate;
        public string? PopUidl;
        public Range Envelope, BodyStructure, Parts, Preview, FoldedHeaders, BaseSubject;
        public Range? MessageId;
    }
}
