using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Imap.Messages;

/// <summary>Programs that mark messages as deleted and never remove them, where the owner chose that marking is removing.</summary>
public sealed class ExpungeAtOnceTests : IAsyncLifetime
{
    private MessagesFixture mail = null!;

    public async ValueTask InitializeAsync()
    {
        mail = await MessagesFixture.CreateAsync();
        await mail.AddSubjectsAsync("one", "two", "three", "four");
        await new AccountService(mail.Store, new LoginOptions { HashIterations = 10 }).SetImapAsync("moi@demo.test", new ImapSetting(ExpungesAtOnce: true), default);
    }

    public ValueTask DisposeAsync() => mail.DisposeAsync();

    [Fact]
    public Task A_mark_removes_and_both_clients_are_told_when_it_is_allowed() => mail.RunAsync(
        """
        C1: a1 UID STORE 2 +FLAGS (\Deleted)
        S1: * 2 FETCH (UID 2 FLAGS (\Deleted))
        S1: * 2 EXPUNGE
        S1: a1 OK done
        C1: a2 STORE 1 +FLAGS.SILENT (\Deleted)
        S1: a2 OK done
        C1: a3 NOOP
        S1: * 1 EXPUNGE
        S1: a3 OK *
        C2: b1 NOOP
        S2: * 2 EXPUNGE
        S2: * 1 EXPUNGE
        S2: b1 OK *
        C1: a4 STORE 1 -FLAGS (\Deleted)
        S1: * 1 FETCH (FLAGS ())
        S1: a4 OK done
        C1: a5 STORE 1 +FLAGS (\Seen)
        S1: * 1 FETCH (FLAGS (\Seen))
        S1: a5 OK done
        C1: a6 UID SEARCH ALL
        S1: * SEARCH 3 4
        S1: a6 OK done
        """, clients: 2);

    [Fact]
    public async Task What_was_marked_before_the_choice_waits_for_EXPUNGE()
    {
        await mail.Store.StoreFlagsAsync(mail.Inbox.Id, [new UidRange(4, 4)], FlagChange.Add, new FlagSet(MessageFlags.Deleted, []), null, default);
        await mail.RunAsync(
            """
            C: a1 UID STORE 1 +FLAGS.SILENT (\Deleted)
            S: * 1 EXPUNGE
            S: a1 OK done
            C: a2 UID SEARCH DELETED
            S: * SEARCH 4
            S: a2 OK done
            """);
    }
}
