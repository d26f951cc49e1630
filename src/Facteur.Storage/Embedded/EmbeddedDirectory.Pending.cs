namespace Facteur.Storage.Embedded;

internal sealed partial class EmbeddedDirectory
{
    public override ValueTask<CredentialRecord> AddCredentialAsync(CredentialRecord credential, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<bool> UpdateCredentialAsync(CredentialRecord credential, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<bool> RemoveCredentialAsync(CredentialRecord credential, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<CredentialRecord?> FindCredentialAsync(string kind, string lookup, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask NoteCredentialsUsedAsync(IReadOnlyList<(long Id, DateTimeOffset At, string From)> uses, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<GroupRecord> AddGroupAsync(DomainId domain, string name, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<GroupRecord> RenameGroupAsync(GroupId group, string name, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask RemoveGroupAsync(GroupId group, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<IReadOnlyList<GroupRecord>> ListGroupsAsync(DomainId? domain, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask SetMemberAsync(GroupId group, AccountId account, bool isMember, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<IReadOnlyList<AccountRecord>> ListMembersAsync(GroupId group, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<IReadOnlyList<GroupRecord>> ListGroupsOfAsync(AccountId account, CancellationToken cancel) => new([]);
    public override ValueTask SetShareAsync(ShareRecord share, CancellationToken cancel) => throw new NotSupportedException();
    public override ValueTask<IReadOnlyList<ShareRecord>> ListSharesAsync(AccountId shared, CancellationToken cancel) => new([]);
    public override ValueTask<IReadOnlyList<ShareRecord>> ListSharesOfAsync(AccountId member, CancellationToken cancel) => new([]);
    public override ValueTask<AccountRecord> RenameAccountAsync(AccountId account, DomainId domain, string address, CancellationToken cancel) => throw new NotSupportedException();
}

internal sealed class EmbeddedLoginHistory : LoginHistoryStore
{
    public override ValueTask<IReadOnlyList<LoginHistoryRow>> WriteAsync(IReadOnlyList<LoginHistoryRow> rows, CancellationToken cancel) => new(rows);
    public override ValueTask<IReadOnlyList<LoginHistoryRow>> ListAsync(AccountId? account, DateTimeOffset since, long? before, int max, CancellationToken cancel) => new([]);
    public override ValueTask<int> PurgeAsync(DateTimeOffset before, int max, CancellationToken cancel) => new(0);
}
