using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Submissions;

/// <summary>Submissions in the same database, through the same writer.</summary>
internal sealed class EmbeddedSubmissions(EmbeddedStore store) : SubmissionStore
{
    public override ValueTask<ModSeq> StateAsync(AccountId account, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(new ModSeq(store.Read(database => SubmissionRows.State(database, account).State)));
    }

    public override ValueTask<SubmissionRecord?> FindAsync(AccountId account, SubmissionId id, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => SubmissionRows.Find(database, account, id)));
    }

    public override ValueTask<IReadOnlyList<SubmissionRecord>> ListAsync(AccountId account, SubmissionId after, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => SubmissionRows.List(database, account, after, max)));
    }

    public override ValueTask<SubmissionChanges?> ChangesSinceAsync(AccountId account, ModSeq since, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => SubmissionRows.Changes(database, account, since)));
    }

    public override async ValueTask<bool> TouchAsync(AccountId account, SubmissionId id, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            if (SubmissionRows.Find(session.Database, account, id) is null) return false;
            SubmissionRows.Move(session, id.Value, account.Value);
            return true;
        },
        grows: false, cancel);

    public override async ValueTask<bool> RemoveAsync(AccountId account, SubmissionId id, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            if (SubmissionRows.Find(session.Database, account, id) is null) return false;
            SubmissionRows.Remove(session, id.Value, account.Value);
            return true;
        },
        grows: false, cancel);

    /// <summary>A commit changed submissions of the account.</summary>
    public void Announce(AccountId account) => store.Announcer.Post(() => RaiseChanged(account));
}
