using Facteur.Storage;
using Facteur.Storage.Embedded.Emails;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

/// <summary>What a store shows of a mailbox whose entries go in the background: they are many, and still there.</summary>
public sealed class AccountFoldTests : IDisposable
{
    private static readonly AccountId Account = new(1);

    private readonly string folder = Directory.CreateTempSubdirectory("facteur-fold-").FullName;
    private readonly SqliteConnection database;

    public AccountFoldTests()
    {
        database = SqliteConnection.Open(Path.Combine(folder, "facteur.db"), readOnly: false, 100, 0);
        Migrations.Apply(database);

        // Email 1 is in "B", 2 in INBOX and "B", 3 in INBOX and \Deleted in "B", 4 \Deleted in "B".
        database.RunScript("""
            INSERT INTO domain (name) VALUES ('demo.test');
            INSERT INTO account (domain, address, display_name, created, modseq) VALUES (1, 'a@demo.test', 'A', 0, 5);
            INSERT INTO mailbox (account, name, role, uidvalidity, created_modseq, highest_modseq) VALUES (1, 'INBOX', 1, 1, 2, 5), (1, 'B', 0, 2, 2, 5);
            INSERT INTO email (id, account, blob, thread, size, received_at, created_modseq, modseq, entries) VALUES
                (1, 1, 1, 1, 1, 0, 3, 3, 1), (2, 1, 2, 1, 1, 0, 3, 3, 2), (3, 1, 3, 3, 1, 0, 3, 4, 2), (4, 1, 4, 4, 1, 0, 3, 3, 1);
            INSERT INTO entry (mailbox, uid, email, modseq, flags, size, blob, thread, internal_date, internal_zone, save_date) VALUES
                (2, 1, 1, 3, 0, 1, 1, 1, 0, 0, 0), (1, 1, 2, 3, 0, 1, 2, 1, 0, 0, 0), (2, 2, 2, 3, 0, 1, 2, 1, 0, 0, 0),
                (1, 2, 3, 4, 0, 1, 3, 3, 0, 0, 0), (2, 3, 3, 4, 8, 1, 3, 3, 0, 0, 0), (2, 4, 4, 5, 8, 1, 4, 4, 0, 0, 0);
            """);
    }

    public void Dispose()
    {
        database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Emails_of_a_mailbox_that_is_being_deleted_are_gone_from_sight_at_once()
    {
        var before = AccountLoad.Read(database, Account);
        Assert.Equal([1L, 2, 3], Ids(before));
        database.RunScript("""
            UPDATE account SET modseq = 6;
            UPDATE mailbox SET deleted_at = 1, highest_modseq = 6 WHERE id = 2;
            INSERT INTO tombstone (account, type, modseq, object, created) VALUES (1, 2, 6, 2, 2);
            """);
        var after = AccountLoad.Read(database, Account);
        Assert.Equal([2L, 3], Ids(after));
        Assert.Equal((2, 2, 2, 2), after.Mailboxes[0] is var inbox ? (inbox.TotalEmails, inbox.UnreadEmails, inbox.TotalThreads, inbox.UnreadThreads) : default);

        var log = new AccountLog();
        log.Add(AccountEventKind.Retired, default, new MailboxId(2), new ModSeq(6));
        var fold = new AccountFold(before);
        Assert.True(fold.Apply(new AccountCommit(new ModSeq(6), log, [new MailboxChanged(new MailboxId(2), null, null)])));
        Assert.Empty(AccountCheck.Compare(fold.Build(), after));

        var changes = new AccountDifference(after, before.ModSeq).Build(AccountDifference.Tombstones(database, Account, before.ModSeq, after.ModSeq)!);
        Assert.Equal([(1L, ChangeKind.Destroyed), (2L, ChangeKind.Updated)], changes.Emails.Select(change => (change.Email.Value, change.Kind)));
        Assert.Equal([(1L, ChangeKind.Updated), (2L, ChangeKind.Destroyed)], changes.Mailboxes.OrderBy(change => change.Mailbox.Value).Select(change => (change.Mailbox.Value, change.Kind)));
    }

    [Fact]
    public void What_the_background_then_takes_away_changes_the_emails_once_more()
    {
        database.RunScript("""
            UPDATE account SET modseq = 6;
            UPDATE mailbox SET deleted_at = 1, highest_modseq = 6 WHERE id = 2;
            INSERT INTO tombstone (account, type, modseq, object, created) VALUES (1, 2, 6, 2, 2);
            """);
        var fold = new AccountFold(AccountLoad.Read(database, Account));
        database.RunScript("""
            UPDATE account SET modseq = 7;
            DELETE FROM entry WHERE mailbox = 2 AND uid <= 2;
            UPDATE email SET entries = entries - 1, modseq = 7 WHERE id <= 2;
            """);
        var log = new AccountLog();
        foreach (var (uid, email, kind) in new[] { (1u, 1, AccountEventKind.Gone), (2u, 2, AccountEventKind.Touched) })
        {
            log.Add(AccountEventKind.Taken, new EmailId(email), new MailboxId(2), default, new Uid(uid));
            log.Add(kind, new EmailId(email), default, new ModSeq(7));
        }
        Assert.True(fold.Apply(new AccountCommit(new ModSeq(7), log, [])));
        Assert.Empty(AccountCheck.Compare(fold.Build(), AccountLoad.Read(database, Account)));
    }

    private static List<long> Ids(EmbeddedAccountSnapshot snapshot)
    {
        var ids = new List<long>();
        for (var chunk = 0; chunk < snapshot.ChunkCount; chunk++)
            foreach (var row in snapshot.Chunk(chunk)) ids.Add(row.Id.Value);
        return ids;
    }
}
