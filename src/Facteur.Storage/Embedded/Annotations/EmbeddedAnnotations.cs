using Facteur.Storage.Annotations;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded.Annotations;

/// <inheritdoc/>
internal sealed class EmbeddedAnnotations(EmbeddedStore store) : AnnotationStore
{
    // The unique index of the table; values stand behind the row and are read for those that are wanted.
    private const string Names = "SELECT rowid, name, length(value) FROM annotation WHERE account = ?1 AND mailbox = ?2 AND owner IN (0, ?3) ORDER BY name";

    public override ValueTask<IReadOnlyList<Annotation>> ReadAsync(AnnotationPlace place, AccountId person, AnnotationQuery query, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read<IReadOnlyList<Annotation>>(database =>
        {
            var found = new List<(long Row, string Name, int Octets)>();
            var rows = database.Get(Names).Bind(1, place.Account.Value).Bind(2, AnnotationVerbs.Key(place.Mailbox)).Bind(3, person.Value);
            while (rows.Step())
                if (rows.Text(1) is var name && query.Matches(name)) found.Add((rows.Int64(0), name, rows.Int32(2)));
            return found.ConvertAll(one => new Annotation(one.Name, one.Octets, one.Octets > query.MaxOctets ? null : (ReadOnlyMemory<byte>?)Value(database, one.Row)));
        }));
    }

    public override ValueTask<IReadOnlyList<(MailboxId? Mailbox, ReadOnlyMemory<byte> Value)>> FindAsync(AccountId account, string name, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read<IReadOnlyList<(MailboxId?, ReadOnlyMemory<byte>)>>(database =>
        {
            var found = new List<(MailboxId?, ReadOnlyMemory<byte>)>();
            var rows = database.Get("SELECT mailbox, value FROM annotation WHERE account = ?1 AND owner = 0 AND name = ?2 ORDER BY mailbox").Bind(1, account.Value).Bind(2, name);
            while (rows.Step()) found.Add((rows.Int64(0) is > 0 and var mailbox ? new MailboxId(mailbox) : null, rows.Octets(1).ToArray()));
            return found;
        }));
    }

    public override ValueTask<IReadOnlyList<(MailboxId? Mailbox, AccountId? Person)>> ListPlacesAsync(AccountId account, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read<IReadOnlyList<(MailboxId?, AccountId?)>>(database =>
        {
            var found = new List<(MailboxId?, AccountId?)>();
            var rows = database.Get("SELECT DISTINCT mailbox, owner FROM annotation WHERE account = ?1 ORDER BY mailbox, owner").Bind(1, account.Value); // by the unique index
            while (rows.Step()) found.Add((rows.Int64(0) is > 0 and var mailbox ? new MailboxId(mailbox) : null, rows.Int64(1) is > 0 and var owner ? new AccountId(owner) : null));
            return found;
        }));
    }

    public override async ValueTask WriteAsync(AnnotationWrite write, CancellationToken cancel) =>
        await store.WriteAsync(
            session =>
            {
                AnnotationVerbs.Write(session, write);
                return true;
            },
            grows: write.Changes.Any(change => change.Value is not null), cancel);

    /// <summary>A commit changed some.</summary>
    internal void Announce(AnnotationsChanged changed) => RaiseChanged(changed);

    private static byte[] Value(Sqlite.SqliteConnection database, long row)
    {
        var found = database.Get("SELECT value FROM annotation WHERE rowid = ?1").Bind(1, row);
        var value = found.Step() ? found.Octets(0).ToArray() : [];
        found.Reset();
        return value;
    }
}
