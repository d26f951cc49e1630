using Facteur.Mail;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>A message that is in the store, to be placed once more: its body gets further references, and none of it is written again.</summary>
internal sealed class StoredMessage : EmbeddedMessage
{
    private const int MaxHeader = 64 * 1024;

    private readonly MessageBody body;
    private readonly MessageFacts facts;
    private bool delivered;

    private StoredMessage(long blob, MessageBody body, MessageFacts facts) => (Blob, this.body, this.facts) = (blob, body, facts);

    public override long Blob { get; }

    public override MessageFacts? Facts => facts;

    public override long Length => body.Length;

    /// <returns>Null when it is gone.</returns>
    public static async ValueTask<MessageIntake?> OpenAsync(EmbeddedStore store, BodyReference reference, CancellationToken cancel)
    {
        if (store.Read(database => Find(database, reference)) is not { } facts) return null;
        if (await store.OpenBodyAsync(reference, cancel) is not { } body) return null;
        try
        {
            return new StoredMessage(reference.Blob, body, facts with { References = await ReferencesAsync(body, facts.HeaderSize, cancel) });
        }
        catch
        {
            await body.DisposeAsync();
            throw;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => throw new InvalidOperationException("the message has ended");

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel) => body.ReadAsync(offset, buffer, cancel);

    public override ValueTask<MessageFacts> EndAsync(CancellationToken cancel) => new(facts);

    public override ValueTask<MessageFacts> CompleteAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancel) =>
        prefix.IsEmpty ? new(facts) : throw new InvalidOperationException("the message has ended");

    public override void Claim()
    {
        if (delivered) throw new InvalidOperationException("the message was delivered already");
    }

    public override void Delivered() => delivered = true;

    public override ValueTask DisposeAsync() => body.DisposeAsync();

    private static MessageFacts? Find(SqliteConnection database, BodyReference reference)
    {
        var row = database.Get("""
            SELECT envelope, body_structure, parts, preview, folded_headers, sent_date, sent_zone, base_subject, message_id, subject, header_size, has_attachment
            FROM facts WHERE blob = ?1
            """).Bind(1, reference.Blob);
        if (!row.Step()) return null;
        DateTimeOffset? sent = row.Int64OrNull(5) is { } date ? DateTimeOffset.FromUnixTimeMilliseconds(date).ToOffset(TimeSpan.FromMinutes(row.Int64(6))) : null;
        var facts = new MessageFacts
        {
            Size = reference.Size, Envelope = row.Octets(0).ToArray(), BodyStructure = row.Octets(1).ToArray(), Parts = row.Octets(2).ToArray(), Preview = row.Text(3),
            FoldedHeaders = row.Octets(4).ToArray(), SentDate = sent, BaseSubject = row.Text(7), MessageId = row.TextOrNull(8), Subject = row.Text(9),
            HeaderSize = row.Int64(10), HasAttachment = row.Int64(11) != 0, References = [],
        };
        row.Reset();
        return facts;
    }

    // Message ids of References, then In-Reply-To (MessageFacts.References), which no row keeps.
    private static async ValueTask<IReadOnlyList<string>> ReferencesAsync(MessageBody body, long headerSize, CancellationToken cancel)
    {
        var header = new byte[(int)Math.Min(headerSize, MaxHeader)];
        var read = 0;
        while (read < header.Length && await body.ReadAsync(read, header.AsMemory(read), cancel) is var step and > 0) read += step;
        var references = new List<string>();
        Add(references, header.AsSpan(0, read), "References"u8);
        Add(references, header.AsSpan(0, read), "In-Reply-To"u8);
        return references;
    }

    private static void Add(List<string> references, ReadOnlySpan<byte> header, ReadOnlySpan<byte> name)
    {
        if (!HeaderFields.TryFind(header, name, out var value)) return;
        foreach (var id in MessageIds.Parse(value))
            if (!references.Contains(id)) references.Add(id);
    }
}
