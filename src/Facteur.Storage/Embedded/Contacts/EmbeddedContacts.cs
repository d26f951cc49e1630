using Facteur.Storage.Contacts;

namespace Facteur.Storage.Embedded.Contacts;

/// <summary>Address books in the same database, through the same writer.</summary>
internal sealed class EmbeddedContacts(EmbeddedStore store) : ContactStore
{
    public override ValueTask<ModSeq> StateAsync(AccountId account, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(new ModSeq(store.Read(database => ContactRows.State(database, account).ModSeq)));
    }

    public override ValueTask<int> CountAsync(AccountId account, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new((int)store.Read(database => ContactRows.State(database, account).Cards));
    }

    public override ValueTask<ContactRecord?> FindAsync(AccountId account, ContactId id, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => ContactRows.Find(database, account, id)));
    }

    public override ValueTask<ContactRecord?> FindAsync(AccountId account, string uid, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => ContactRows.Find(database, account, uid)));
    }

    public override ValueTask<IReadOnlyList<ContactRecord>> ListAsync(AccountId account, ContactId after, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => ContactRows.List(database, account, after, max)));
    }

    public override ValueTask<ContactPage> PageAsync(AccountId account, ContactListing listing, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => ContactRows.Page(database, account, listing)));
    }

    public override async ValueTask<IReadOnlyList<ContactAdded>> AddAsync(AccountId account, IReadOnlyList<ContactDraft> drafts, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drafts.Count, MaxBatch);
        return await store.WriteAsync(session => ContactVerbs.Add(session, account, drafts), grows: true, cancel);
    }

    public override async ValueTask<bool> ReplaceAsync(AccountId account, ContactId id, ModSeq? unchangedSince, ContactDraft draft, CancellationToken cancel) =>
        await store.WriteAsync(session => ContactVerbs.Replace(session, account, id, unchangedSince, draft), grows: true, cancel);

    public override async ValueTask<int> RemoveAsync(AccountId account, IReadOnlyList<ContactId> ids, CancellationToken cancel) =>
        await store.WriteAsync(session => ContactVerbs.Remove(session, account, ids), grows: false, cancel);

    public override ValueTask<ContactChanges?> ChangesSinceAsync(AccountId account, ModSeq since, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => ContactRows.Changes(database, account, since)));
    }
}
