using Facteur.Imap;
using Facteur.Tests.Support;

namespace Facteur.Tests.Imap;

/// <summary>SELECT, EXAMINE, CLOSE, UNSELECT, and what a session is told of others' changes.</summary>
public sealed class SelectTests(ImapServer server) : IClassFixture<ImapServer>
{
    private const string SelectTwo = """
        C: s1 SELECT INBOX
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] can be set
        S: * 2 EXISTS
        S: * 0 RECENT
        S: * OK [UNSEEN 1] first unseen message
        S~: \* OK \[UIDVALIDITY \d+\] UIDs are valid
        S: * OK [UIDNEXT 3] predicted next UID
        S~: \* OK \[HIGHESTMODSEQ \d+\] highest
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: s1 OK [READ-WRITE] selected

        """;

    [Fact]
    public Task Select_and_examine() => RunAsync(2, SelectTwo + """
        C: a2 EXAMINE INBOX
        S: * OK [CLOSED] the mailbox is left
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS ()] read-only
        S: * 2 EXISTS
        S: * 0 RECENT
        S: * OK [UNSEEN 1] *
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 3] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: a2 OK [READ-ONLY] examined
        C: a3 STORE 1 +FLAGS (\Seen)
        S: a3 NO *
        C: a4 CLOSE
        S: a4 OK done
        C: a5 CLOSE
        S: a5 BAD select a mailbox first
        C: a6 SELECT Rien
        S: a6 NO [NONEXISTENT] there is no such mailbox
        C: a7 SELECT INBOX (FOO)
        S: a7 BAD unknown parameter of SELECT
        """);

    [Fact]
    public Task A_failed_select_leaves_nothing_selected() => RunAsync(2, SelectTwo + """
        C: a2 SELECT Rien
        S: * OK [CLOSED] the mailbox is left
        S: a2 NO [NONEXISTENT] there is no such mailbox
        C: a3 CHECK
        S: a3 BAD select a mailbox first
        """);

    // RFC 9051 §6.3.2: LIST and no RECENT, no UNSEEN.
    [Fact]
    public Task Rev2_is_told_the_name_and_no_recent() => RunAsync(1, """
        C: a1 ENABLE IMAP4rev2
        S: * ENABLED IMAP4REV2
        S: a1 OK done
        C: a2 SELECT inbox
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS *
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 2] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: * LIST () "/" "INBOX"
        S: a2 OK [READ-WRITE] selected
        """);

    [Fact]
    public Task Close_expunges_silently_and_unselect_does_not() => RunAsync(2, SelectTwo + """
        C: a2 STORE 1 +FLAGS.SILENT (\Deleted)
        S: a2 OK *
        C: a3 UNSELECT
        S: a3 OK done
        C: a4 STATUS INBOX (MESSAGES DELETED)
        S: * STATUS "INBOX" (MESSAGES 2 DELETED 1)
        S: a4 OK done
        C: a5 SELECT INBOX (CONDSTORE)
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS *
        S: * 2 EXISTS
        S: * 0 RECENT
        S: * OK [UNSEEN 1] *
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 3] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: a5 OK [READ-WRITE] selected
        C: a6 CLOSE
        S: a6 OK done
        C: a7 STATUS INBOX (MESSAGES)
        S: * STATUS "INBOX" (MESSAGES 1)
        S: a7 OK done
        """);

    // RFC 9051 §7.5.1: no EXPUNGE during FETCH, STORE, SEARCH; §5.2: sizes and flags are told at the end of commands.
    [Fact]
    public Task Two_clients_see_each_other() => RunAsync(2, SelectTwo + For(2, SelectTwo) + """
        C2: b1 STORE 2 +FLAGS (\Flagged Important)
        S2: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft Important)
        S2: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft Important \*)] can be set
        S2: * 2 FETCH (FLAGS (\Flagged Important))
        S2: b1 OK done
        C: a2 NOOP
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft Important)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft Important \*)] can be set
        S: * 2 FETCH (UID 2 FLAGS (\Flagged Important))
        S: a2 OK done
        C: a3 NOOP
        S: a3 OK done
        C: a4 STORE 1 +FLAGS.SILENT (\Deleted)
        S: a4 OK done
        C: a5 EXPUNGE
        S: * 1 EXPUNGE
        S: a5 OK *
        !: deliver
        C2: b2 FETCH 2 (UID)
        S2: * 2 FETCH (UID 2)
        S2: b2 OK done
        C2: b3 UID FETCH 2 (UID)
        S2: * 2 FETCH (UID 2)
        S2: * 1 EXPUNGE
        S2: * 2 EXISTS
        S2: * 1 RECENT
        S2: b3 OK done
        C2: b4 NOOP
        S2: b4 OK done
        C: a6 NOOP
        S: * 2 EXISTS
        S: * 0 RECENT
        S: a6 OK done
        """);

    [Fact]
    public Task Idle_tells_at_once_and_takes_pipelined_commands() => RunAsync(2, SelectTwo + """
        C: a2 IDLE
        S: + idling
        !: deliver
        S: * 3 EXISTS
        S: * 1 RECENT
        C\: DONE\r\na3 NOOP\r\na4 IDLE\r\nDONE\r\na5 NOOP\r\n
        S: a2 OK done
        S: a3 OK done
        S: + idling
        S: a4 OK done
        S: a5 OK done
        C: a6 IDLE
        S: + idling
        C: NOOP
        S: a6 BAD DONE expected
        """);

    [Fact]
    public Task Idle_has_a_heartbeat_and_an_end() => RunAsync(2, """
        C: a1 IDLE
        S: + idling
        T: 2m
        S: * OK Still here
        T: 2m
        S: * OK Still here
        C: done
        S: a1 OK done
        C: a2 IDLE
        S: + idling
        T: 10m
        S: * OK Still here
        T: 10m
        S: * OK Still here
        T: 10m
        S: * OK Still here
        T: 10m
        S: * BYE you were silent for too long
        S: <closed>
        """, imap: new ImapOptions { PlaintextOnLoopback = true });

    [Fact]
    public Task A_mailbox_deleted_by_another_ends_the_session() => RunAsync(0, """
        C: a1 CREATE Projet
        S: a1 OK [MAILBOXID (F*)] done
        C: a2 SELECT Projet
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS *
        S: * 0 EXISTS
        S: * 0 RECENT
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 1] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: a2 OK [READ-WRITE] selected
        C2: b1 DELETE Projet
        S2: b1 OK done
        C: a3 NOOP
        S: * BYE the selected mailbox was deleted
        S: <closed>
        """);

    [Fact]
    public Task Deleting_the_selected_mailbox_leaves_it() => RunAsync(0, """
        C: a1 CREATE Projet
        S: a1 OK [MAILBOXID (F*)] done
        C: a2 EXAMINE Projet
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS *
        S: * 0 EXISTS
        S: * 0 RECENT
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 1] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: a2 OK [READ-ONLY] examined
        C: a3 DELETE Projet
        S: * OK [CLOSED] the mailbox is left
        S: a3 OK done
        C: a4 CHECK
        S: a4 BAD select a mailbox first
        """);

    /// <summary>The same lines said by client <paramref name="client"/>.</summary>
    private static string For(int client, string script) => System.Text.RegularExpressions.Regex.Replace(script, "^([CS])([:~])", $"${{1}}{client}$2", System.Text.RegularExpressions.RegexOptions.Multiline);

    private async Task RunAsync(int messages, string script, ImapOptions? imap = null)
    {
        var account = await server.NewAccountAsync();
        for (var i = 0; i < messages; i++) await server.DeliverAsync(account.Id);
        await server.RunLoggedInAsync(script, account, imap, new TranscriptOptions
        {
            Actions = new Dictionary<string, Func<Task>> { ["deliver"] = () => server.DeliverAsync(account.Id) },
        });
    }
}
