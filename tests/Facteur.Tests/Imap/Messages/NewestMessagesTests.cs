using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Imap.Messages;

/// <summary>Folders of which programs see the newest messages only, as their owner chose.</summary>
public sealed class NewestMessagesTests : IAsyncLifetime
{
    private MessagesFixture mail = null!;
    private Dictionary<string, Func<Task>> actions = null!;

    public async ValueTask InitializeAsync()
    {
        mail = await MessagesFixture.CreateAsync();
        await mail.AddSubjectsAsync([.. Enumerable.Range(1, 103).Select(number => $"Message {number}")]);
        await mail.Store.StoreFlagsAsync(mail.Inbox.Id, [new UidRange(2, 2)], FlagChange.Add, new FlagSet(MessageFlags.Deleted, []), null, default);
        var accounts = new AccountService(mail.Store, new LoginOptions { HashIterations = 10 });
        actions = new Dictionary<string, Func<Task>>
        {
            ["limit"] = async () => await accounts.SetImapAsync("moi@demo.test", new ImapSetting(MaxMessages: 100), default),
            ["no limit"] = async () => await accounts.SetImapAsync("moi@demo.test", new ImapSetting(), default),
            ["mail"] = async () => await mail.AddSubjectsAsync("A new one"),
        };
    }

    public ValueTask DisposeAsync() => mail.DisposeAsync();

    /// <summary>Selects the inbox again, which is when the limit counts.</summary>
    private static string Selected(string tag, int messages) => $"""
        C: {tag} SELECT INBOX
        S: * OK [CLOSED] *
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS *
        S: * {messages} EXISTS
        S: * * RECENT
        S: * OK [UNSEEN 1] *
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 104] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID *
        S: {tag} OK *

        """;

    [Fact]
    public Task What_is_older_is_neither_counted_nor_found() => mail.RunAsync(
        $"""
        !: limit
        {Selected("a1", 100)}
        C: a2 FETCH 1,100 UID
        S: * 1 FETCH (UID 4)
        S: * 100 FETCH (UID 103)
        S: a2 OK done
        C: a3 UID SEARCH UID 1:5
        S: * SEARCH 4 5
        S: a3 OK done
        C: a4 UID SEARCH DELETED
        S: * SEARCH
        S: a4 OK done
        C: a5 UID FETCH 2 FLAGS
        S: a5 OK done
        C: a6 STATUS INBOX (MESSAGES UIDNEXT UNSEEN DELETED)
        S: * STATUS "INBOX" (MESSAGES 100 UIDNEXT 104 UNSEEN 100 DELETED 0)
        S: a6 OK done
        C: a7 UNSELECT
        S: a7 OK done
        C: a8 LIST "" INBOX RETURN (STATUS (MESSAGES))
        S: * LIST (\HasNoChildren) "/" "INBOX"
        S: * STATUS "INBOX" (MESSAGES 100)
        S: a8 OK done
        """, actions: actions);

    [Fact]
    public Task What_comes_in_is_added_and_nothing_goes_for_it_until_the_folder_is_opened_again() => mail.RunAsync(
        $"""
        !: limit
        {Selected("a1", 100)}
        !: mail
        C: a2 NOOP
        S: * 101 EXISTS
        S: * * RECENT
        S: a2 OK *
        C: a3 STATUS INBOX (MESSAGES)
        S: * STATUS "INBOX" (MESSAGES 101)
        S: a3 OK done
        C: a4 UNSELECT
        S: a4 OK done
        C: a5 STATUS INBOX (MESSAGES)
        S: * STATUS "INBOX" (MESSAGES 100)
        S: a5 OK done
        """, actions: actions);

    /// <summary>What a client does not see it does not mean by "all" (RFC 9051 §6.4.1, §6.4.3).</summary>
    [Fact]
    public async Task EXPUNGE_and_CLOSE_leave_what_is_not_seen()
    {
        await mail.RunAsync(
            $"""
            !: limit
            {Selected("a1", 100)}
            C: a2 STORE 1 +FLAGS.SILENT (\Deleted)
            S: a2 OK done
            C: a3 EXPUNGE
            S: * 1 EXPUNGE
            S: a3 OK done
            C: a4 STORE 1 +FLAGS.SILENT (\Deleted)
            S: a4 OK done
            C: a5 CLOSE
            S: a5 OK done
            !: no limit
            C: a6 STATUS INBOX (MESSAGES DELETED)
            S: * STATUS "INBOX" (MESSAGES 101 DELETED 1)
            S: a6 OK done
            """, actions: actions);
    }
}
