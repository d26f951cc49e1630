namespace Facteur.Storage;

/// <summary>Logins of one kind that came close together: same account, protocol, address, program, credential and result.</summary>
/// <param name="Id">Ascends with the first of them; 0 before it is stored.</param>
/// <param name="First">When the first came, and the last; within a day.</param>
/// <param name="Count">How many there were.</param>
/// <param name="Protocol">"imap", "pop3", "submission", "webmail" …</param>
/// <param name="Remote">Client address as text.</param>
/// <param name="Program">What the client calls itself (IMAP ID, User-Agent), or "".</param>
/// <param name="Credential">Kind and label of what it used ("password", "app-password: phone"), or "".</param>
/// <param name="Result">"ok", or the stable code of the refusal ("FCT-3101").</param>
public sealed record LoginHistoryRow(
    long Id, AccountId Account, DateTimeOffset First, DateTimeOffset Last, int Count, string Protocol, string Remote, string Program, string Credential, string Result);

/// <summary>Logins of accounts, for their owners and administrators. Rows that are written together are one commit; a login never waits for it.</summary>
public abstract class LoginHistoryStore
{
    /// <summary>Adds new rows (id 0) and replaces Last, Count and Program of those with an id. Answers the rows with their ids.</summary>
    public abstract ValueTask<IReadOnlyList<LoginHistoryRow>> WriteAsync(IReadOnlyList<LoginHistoryRow> rows, CancellationToken cancel);

    /// <summary>The latest first, older than <paramref name="before"/> (an id, exclusive; null from the latest on), at most <paramref name="max"/>.</summary>
    /// <param name="account">Null: of all accounts.</param>
    public abstract ValueTask<IReadOnlyList<LoginHistoryRow>> ListAsync(AccountId? account, DateTimeOffset since, long? before, int max, CancellationToken cancel);

    /// <summary>Removes at most <paramref name="max"/> rows whose last login is before <paramref name="before"/>; how many.</summary>
    public abstract ValueTask<int> PurgeAsync(DateTimeOffset before, int max, CancellationToken cancel);
}
