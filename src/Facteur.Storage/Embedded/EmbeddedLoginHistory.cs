using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded;

/// <summary>Logins in the same database, through the same writer.</summary>
internal sealed class EmbeddedLoginHistory(EmbeddedStore store) : LoginHistoryStore
{
    private const string Columns = "SELECT id, account, first, last, count, protocol, remote, program, credential, result FROM login";
    private const string OfAll = Columns + " WHERE id < ?1 ORDER BY id DESC";

    // Index login_account has the ids of an account in order.
    private const string OfOne = Columns + " WHERE id < ?1 AND account = ?2 ORDER BY id DESC";

    /// <summary>Ids ascend with the first login of a row, but for a clock that was set back; a row's last may be a day later.</summary>
    private const int OldRowsInARow = 1_000;
    private static readonly TimeSpan longestRow = TimeSpan.FromDays(1);

    public override async ValueTask<IReadOnlyList<LoginHistoryRow>> WriteAsync(IReadOnlyList<LoginHistoryRow> rows, CancellationToken cancel)
    {
        if (rows.Count == 0) return rows;
        return await store.WriteAsync(
            session =>
            {
                var written = new LoginHistoryRow[rows.Count];
                for (var i = 0; i < written.Length; i++) written[i] = Write(session.Database, rows[i]);
                return written;
            },
            grows: true, cancel);
    }

    public override ValueTask<IReadOnlyList<LoginHistoryRow>> ListAsync(AccountId? account, DateTimeOffset since, long? before, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database =>
        {
            var found = new List<LoginHistoryRow>();
            var row = database.Get(account is null ? OfAll : OfOne).Bind(1, before ?? long.MaxValue);
            if (account is { } one) row.Bind(2, one.Value);
            for (var old = 0; found.Count < max && old < OldRowsInARow && row.Step();)
            {
                var login = Read(row);
                if (login.Last >= since) found.Add(login);
                old = login.First + longestRow < since ? old + 1 : 0;
            }
            row.Reset();
            return found;
        }));
    }

    public override async ValueTask<int> PurgeAsync(DateTimeOffset before, int max, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            // Index login_last.
            var removed = 0;
            var row = session.Database.Get("DELETE FROM login WHERE id IN (SELECT id FROM login WHERE last < ?1 ORDER BY last LIMIT ?2) RETURNING 1")
                .Bind(1, before.ToUnixTimeMilliseconds()).Bind(2, max);
            while (row.Step()) removed++;
            return removed;
        },
        grows: false, cancel);

    private static LoginHistoryRow Write(SqliteConnection database, LoginHistoryRow row)
    {
        if (row.Id != 0)
        {
            database.Get("UPDATE login SET last = ?2, count = ?3, program = ?4 WHERE id = ?1")
                .Bind(1, row.Id).Bind(2, row.Last.ToUnixTimeMilliseconds()).Bind(3, row.Count).Bind(4, row.Program).Run();
            return row;
        }
        database.Get("""
            INSERT INTO login (account, first, last, count, protocol, remote, program, credential, result)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """).Bind(1, row.Account.Value).Bind(2, row.First.ToUnixTimeMilliseconds()).Bind(3, row.Last.ToUnixTimeMilliseconds()).Bind(4, row.Count)
            .Bind(5, row.Protocol).Bind(6, row.Remote).Bind(7, row.Program).Bind(8, row.Credential).Bind(9, row.Result).Run();
        return row with { Id = database.LastRowId };
    }

    private static LoginHistoryRow Read(SqliteStatement row) => new(
        row.Int64(0), new AccountId(row.Int64(1)), Time(row.Int64(2)), Time(row.Int64(3)), row.Int32(4),
        row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9));

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
