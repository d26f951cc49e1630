using System.Buffers;
using System.Text;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>Reads facts of emails in the order asked, in batches into a pooled buffer; between batches it holds no statement and no connection.</summary>
internal sealed class EmbeddedEmailDetails(ReaderPool readers, AccountId account, IReadOnlyList<EmailId> emails, EmailFields fields) : EmailDetailReader
{
    private const int FirstBatch = 64;
    private const int LargestBatch = 512;

    // A batch also ends here: long header fields must not make a large buffer.
    private const int BatchOctets = 256 * 1024;

    private const string Sql = """
        SELECT e.blob, e.size, f.header_size, f.has_attachment, f.sent_date, f.sent_zone, f.message_id, f.base_subject,
            f.envelope, f.body_structure, f.parts, f.preview, f.folded_headers, f.subject
        FROM email e CROSS JOIN facts f ON f.blob = e.blob WHERE e.id = ?1 AND e.account = ?2 AND e.entries > 0
        """;

    private readonly RowOctets octets = new();
    private Row[] rows = [];
    private int count;
    private int at = -1;
    private int next;
    private int batch = FirstBatch;

    public override EmailId Email => rows[at].Email;
    public override BodyReference Body => rows[at].Body;
    public override long HeaderSize => rows[at].HeaderSize;
    public override bool HasAttachment => rows[at].HasAttachment;
    public override ReadOnlySpan<byte> Envelope => octets.Slice(rows[at].Envelope);
    public override ReadOnlySpan<byte> BodyStructure => octets.Slice(rows[at].BodyStructure);
    public override ReadOnlySpan<byte> Parts => octets.Slice(rows[at].Parts);
    public override string Preview => Text(rows[at].Preview);
    public override ReadOnlySpan<byte> FoldedHeaders => octets.Slice(rows[at].FoldedHeaders);
    public override string Subject => Text(rows[at].Subject);
    public override string BaseSubject => Text(rows[at].BaseSubject);
    public override string? MessageId => rows[at].MessageId is { } id ? Text(id) : null;

    public override DateTimeOffset? SentDate => rows[at].SentDate is { } date
        ? DateTimeOffset.FromUnixTimeMilliseconds(date).ToOffset(TimeSpan.FromMinutes(rows[at].SentZone))
        : null;

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
        if (rows.Length > 0) ArrayPool<Row>.Shared.Return(rows);
        octets.Return();
        (rows, count, next) = ([], 0, emails.Count);
        return ValueTask.CompletedTask;
    }

    private void Fill()
    {
        count = 0;
        octets.Clear();
        if (next == emails.Count) return;
        if (rows.Length < batch)
        {
            if (rows.Length > 0) ArrayPool<Row>.Shared.Return(rows);
            rows = ArrayPool<Row>.Shared.Rent(batch);
        }
        using var lease = readers.Rent();

        // One transaction: the lock of the log is taken once.
        lease.Database.Get("BEGIN").Run();
        try
        {
            var row = lease.Database.Get(Sql).Bind(2, account.Value);
            while (next < emails.Count && count < batch && octets.Used < BatchOctets)
            {
                var email = emails[next++];
                row.Bind(1, email.Value);
                if (row.Step()) Read(row, email, out rows[count++]);
                row.Reset();
            }
        }
        finally
        {
            lease.Database.ResetAll();
            lease.Database.Get("COMMIT").Run();
        }
        batch = Math.Min(batch * 4, LargestBatch);
    }

    private void Read(SqliteStatement source, EmailId email, out Row row)
    {
        row = new Row
        {
            Email = email, Body = new BodyReference(source.Int64(0), source.Int64(1)), HeaderSize = source.Int64(2), HasAttachment = source.Int64(3) != 0,
            Subject = octets.Keep(source.Octets(13)),
        };
        if ((fields & EmailFields.Envelope) != 0) row.Envelope = octets.Keep(source.Octets(8));
        if ((fields & EmailFields.BodyStructure) != 0) row.BodyStructure = octets.Keep(source.Octets(9));
        if ((fields & EmailFields.Parts) != 0) row.Parts = octets.Keep(source.Octets(10));
        if ((fields & EmailFields.Preview) != 0) row.Preview = octets.Keep(source.Octets(11));
        if ((fields & EmailFields.FoldedHeaders) != 0) row.FoldedHeaders = octets.Keep(source.Octets(12));
        if ((fields & EmailFields.SortKeys) == 0) return;
        row.BaseSubject = octets.Keep(source.Octets(7));
        row.MessageId = source.IsNull(6) ? null : octets.Keep(source.Octets(6));
        (row.SentDate, row.SentZone) = (source.Int64OrNull(4), source.Int32(5));
    }

    private string Text(Range range) => Encoding.UTF8.GetString(octets.Slice(range));

    private struct Row
    {
        public EmailId Email;
        public BodyReference Body;
        public long HeaderSize;
        public bool HasAttachment;
        public int SentZone;
        public long? SentDate;
        public Range Envelope, BodyStructure, Parts, Preview, FoldedHeaders, Subject, BaseSubject;
        public Range? MessageId;
    }
}
