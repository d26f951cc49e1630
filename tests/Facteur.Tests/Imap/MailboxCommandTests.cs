using Facteur.Storage;

namespace Facteur.Tests.Imap;

/// <summary>LIST, LSUB, CREATE, DELETE, RENAME, SUBSCRIBE, STATUS, NAMESPACE, ENABLE, quota.</summary>
public sealed class MailboxCommandTests(ImapServer server) : IClassFixture<ImapServer>
{
    [Fact]
    public Task List_shows_the_standard_mailboxes() => server.RunLoggedInAsync("""
        C: a1 LIST "" ""
        S: * LIST (\Noselect) "/" ""
        S: a1 OK done
        C: a2 LIST "" *
        S: * LIST (\HasNoChildren) "/" "INBOX"
        S: * LIST (\HasNoChildren \Archive) "/" "Archive"
        S: * LIST (\HasNoChildren \Drafts) "/" "Drafts"
        S: * LIST (\HasNoChildren \Junk) "/" "Junk"
        S: * LIST (\HasNoChildren \Sent) "/" "Sent"
        S: * LIST (\HasNoChildren \Trash) "/" "Trash"
        S: a2 OK done
        C: a3 LIST "" (inbox Tra%) RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
        S: * LIST (\HasNoChildren \Subscribed) "/" "INBOX"
        S: * LIST (\HasNoChildren \Subscribed \Trash) "/" "Trash"
        S: a3 OK done
        C: a4 LIST (SPECIAL-USE) "" "*r*" RETURN (SPECIAL-USE)
        S: * LIST (\HasNoChildren \Archive) "/" "Archive"
        S: * LIST (\HasNoChildren \Drafts) "/" "Drafts"
        S: * LIST (\HasNoChildren \Trash) "/" "Trash"
        S: a4 OK done
        C: a5 LIST () "" ""
        S: a5 OK done
        C: a6 LIST (FOO) "" *
        S: a6 BAD unknown selection option
        C: a7 LIST "" * RETURN (FOO)
        S: a7 BAD unknown return option
        C: a8 LIST
        S: a8 BAD space expected
        """);

    [Fact]
    public Task List_status_tells_both() => server.RunLoggedInAsync("""
        C: a1 LIST "" (INBOX Sent) RETURN (STATUS (MESSAGES UNSEEN))
        S: * LIST (\HasNoChildren) "/" "INBOX"
        S: * STATUS "INBOX" (MESSAGES 0 UNSEEN 0)
        S: * LIST (\HasNoChildren \Sent) "/" "Sent"
        S: * STATUS "Sent" (MESSAGES 0 UNSEEN 0)
        S: a1 OK done
        """);

    // RFC 9051 §6.3.9.8: subscriptions without a mailbox, and RECURSIVEMATCH.
    [Fact]
    public Task List_selects_by_subscription() => server.RunLoggedInAsync("""
        C: a1 CREATE foo/bar
        S: a1 OK [MAILBOXID (F*)] done
        C: a2 SUBSCRIBE foo/bar
        S: a2 OK done
        C: a3 SUBSCRIBE Fruit/Peach
        S: a3 OK done
        C: a4 LIST (SUBSCRIBED) "" "f*"
        S: * LIST (\HasNoChildren \Subscribed) "/" "foo/bar"
        S: a4 OK done
        C: a5 LIST (SUBSCRIBED) "" "F*"
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" "Fruit/Peach"
        S: a5 OK done
        C: a6 LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"
        S: * LIST (\HasNoChildren \Subscribed) "/" "INBOX"
        S: * LIST (\HasNoChildren \Subscribed \Archive) "/" "Archive"
        S: * LIST (\HasNoChildren \Subscribed \Drafts) "/" "Drafts"
        S: * LIST (\NonExistent \HasNoChildren) "/" "Fruit" ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\HasNoChildren \Subscribed \Junk) "/" "Junk"
        S: * LIST (\HasNoChildren \Subscribed \Sent) "/" "Sent"
        S: * LIST (\HasNoChildren \Subscribed \Trash) "/" "Trash"
        S: * LIST (\HasChildren) "/" "foo" ("CHILDINFO" ("SUBSCRIBED"))
        S: a6 OK done
        C: a7 LIST (RECURSIVEMATCH) "" *
        S: a7 BAD RECURSIVEMATCH needs another selection option
        C: a8 LSUB "" "f%"
        S: * LSUB (\Noselect) "/" "foo"
        S: a8 OK done
        C: a9 LSUB "" "*r*"
        S: * LSUB (\Archive) "/" "Archive"
        S: * LSUB (\Drafts) "/" "Drafts"
        S: * LSUB () "/" "Fruit/Peach"
        S: * LSUB (\Trash) "/" "Trash"
        S: * LSUB () "/" "foo/bar"
        S: a9 OK done
        C: b1 UNSUBSCRIBE Fruit/Peach
        S: b1 OK done
        C: b2 LSUB "" Fruit*
        S: b2 OK done
        """);

    [Fact]
    public Task Create_rename_and_delete() => server.RunLoggedInAsync("""
        C: a1 CREATE Factures
        S: a1 OK [MAILBOXID (F*)] done
        C: a2 CREATE Factures/
        S: a2 NO [ALREADYEXISTS] a mailbox of that name exists
        C: a3 CREATE
        S: a3 BAD space expected
        C: a4 CREATE inbox
        S: a4 NO [ALREADYEXISTS] a mailbox of that name exists
        C: a5 CREATE Factures/2026/03/
        S: a5 OK [MAILBOXID (F*)] done
        C: a6 LIST "" Factures*
        S: * LIST (\HasChildren) "/" "Factures"
        S: * LIST (\HasChildren) "/" "Factures/2026"
        S: * LIST (\HasNoChildren) "/" "Factures/2026/03"
        S: a6 OK done
        C: a7 RENAME Factures/2026 Vieux
        S: a7 OK done
        C: a8 LIST Vieux/ %
        S: * LIST (\HasNoChildren) "/" "Vieux/03"
        S: a8 OK done
        C: a9 RENAME Factures Vieux
        S: a9 NO [ALREADYEXISTS] a mailbox of that name exists
        C: b1 RENAME Rien Autre
        S: b1 NO [NONEXISTENT] there is no such mailbox
        C: b2 DELETE Rien
        S: b2 NO [NONEXISTENT] there is no such mailbox
        C: b3 DELETE INBOX
        S: b3 NO [CANNOT] INBOX cannot be deleted
        C: b4 DELETE Vieux
        S: b4 OK done
        C: b5 LIST "" Vieux*
        S: * LIST (\Noselect \HasChildren) "/" "Vieux"
        S: * LIST (\HasNoChildren) "/" "Vieux/03"
        S: b5 OK done
        C: b6 SELECT Vieux
        S: b6 NO [NONEXISTENT] the name stands above others only
        C: b7 STATUS Vieux (MESSAGES)
        S: b7 NO [NONEXISTENT] the name stands above others only
        C: b8 DELETE Vieux/03
        S: b8 OK done
        C: b9 CREATE a//b
        S: b9 NO [CANNOT] not a name a mailbox can have
        """);

    // RFC 6154 §5.
    [Fact]
    public Task Create_gives_a_special_use() => server.RunLoggedInAsync("""
        C: t1 DELETE Archive
        S: t1 OK done
        C: t2 CREATE MyArchive (USE (\Archive))
        S: t2 OK [MAILBOXID (F*)] done
        C: t3 LIST "" My%
        S: * LIST (\HasNoChildren \Archive) "/" "MyArchive"
        S: t3 OK done
        C: t4 CREATE Everything (USE (\All))
        S: t4 NO [USEATTR] this special use cannot be given
        C: t5 CREATE MySent (USE (\Sent))
        S: t5 NO [USEATTR] another mailbox has this special use
        C: t6 CREATE Both (USE (\Sent \Trash))
        S: t6 NO [USEATTR] *
        C: t7 CREATE Foo (FOO)
        S: t7 BAD unknown parameter of CREATE
        """);

    [Fact]
    public Task Names_are_modified_utf7_until_utf8_is_enabled() => server.RunLoggedInAsync("""
        C: a1 CREATE &AOk-t&AOk-
        S: a1 OK [MAILBOXID (F*)] done
        C: a2 LIST "" &AOk-*
        S: * LIST (\HasNoChildren) "/" "&AOk-t&AOk-"
        S: a2 OK done
        C: a3 CREATE "a & b"
        S: a3 OK [MAILBOXID (F*)] done
        C: a4 LIST "" "a*"
        S: * LIST (\HasNoChildren) "/" "a &- b"
        S: a4 OK done
        C: a5 ENABLE UTF8=ACCEPT FOO
        S: * ENABLED UTF8=ACCEPT
        S: a5 OK done
        C: a6 LIST "" "é*"
        S: * LIST (\HasNoChildren) "/" "été"
        S: a6 OK done
        C: a7 LIST "" "a*"
        S: * LIST (\HasNoChildren) "/" "a & b"
        S: a7 OK done
        C: a8 STATUS "été" (MESSAGES)
        S: * STATUS "été" (MESSAGES 0)
        S: a8 OK done
        C: a9 CREATE "x & y"
        S: a9 OK [MAILBOXID (F*)] done
        C: b1 LIST "" "x*"
        S: * LIST (\HasNoChildren) "/" "x & y"
        S: b1 OK done
        """);

    [Fact]
    public Task Enable_lists_what_is_new_only() => server.RunLoggedInAsync("""
        C: a1 ENABLE CONDSTORE IMAP4rev2
        S: * ENABLED CONDSTORE IMAP4REV2
        S: a1 OK done
        C: a2 ENABLE CONDSTORE
        S: * ENABLED
        S: a2 OK done
        C: a3 ENABLE
        S: a3 BAD space expected
        """);

    [Fact]
    public async Task Status_tells_all_items()
    {
        var account = await server.NewAccountAsync();
        await server.RunLoggedInAsync("""
            C: a1 STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE HIGHESTMODSEQ APPENDLIMIT DELETED-STORAGE MAILBOXID)
            S~: \* STATUS "INBOX" \(MESSAGES 0 RECENT 0 UIDNEXT 1 UIDVALIDITY \d+ UNSEEN 0 DELETED 0 SIZE 0 HIGHESTMODSEQ \d+ APPENDLIMIT 67108864 DELETED-STORAGE 0 MAILBOXID \(F\d+\)\)
            S: a1 OK done
            !: deliver
            C: a2 STATUS inbox (MESSAGES RECENT UNSEEN SIZE UIDNEXT)
            S: * STATUS "INBOX" (MESSAGES 1 RECENT 1 UIDNEXT 2 UNSEEN 1 SIZE 48)
            S: a2 OK done
            C: a3 STATUS Rien (MESSAGES)
            S: a3 NO [NONEXISTENT] there is no such mailbox
            C: a4 STATUS INBOX (FOO)
            S: a4 BAD unknown item of STATUS
            C: a5 STATUS INBOX ()
            S: a5 BAD atom expected
            """, account, options: new() { Actions = new Dictionary<string, Func<Task>> { ["deliver"] = () => server.DeliverAsync(account.Id) } });
    }

    [Fact]
    public Task Namespace_is_personal() => server.RunLoggedInAsync("""
        C: a1 NAMESPACE
        S: * NAMESPACE (("" "/")) NIL NIL
        S: a1 OK done
        """);

    [Fact]
    public async Task Quota_is_told_when_there_is_one()
    {
        var account = await server.NewAccountAsync();
        await server.RunLoggedInAsync("""
            C: a1 GETQUOTAROOT INBOX
            S: * QUOTAROOT "INBOX"
            S: a1 OK done
            C: a2 GETQUOTA ""
            S: a2 NO [NONEXISTENT] there is no such quota root
            """, account);
        await server.Store.Directory.UpdateAccountAsync(account with { QuotaOctets = 2048 }, default);
        await server.RunLoggedInAsync("""
            C: a1 GETQUOTAROOT INBOX
            S: * QUOTAROOT "INBOX" ""
            S: * QUOTA "" (STORAGE 0 2)
            S: a1 OK done
            C: a2 GETQUOTA ""
            S: * QUOTA "" (STORAGE 0 2)
            S: a2 OK done
            C: a3 APPEND INBOX {4096}
            S: a3 NO [OVERQUOTA] the account is full; delete some messages first
            """, account);
    }
}
