using Facteur.Imap;
using Facteur.Tests.Support;

namespace Facteur.Tests.Imap;

/// <summary>APPEND: one message and several, every kind of literal, and all that is refused.</summary>
public sealed class AppendTests(ImapServer server) : IClassFixture<ImapServer>
{
    [Fact]
    public Task One_message_with_flags_and_date() => server.RunLoggedInAsync("""
        C: a1 APPEND INBOX (\Seen $Forwarded) "17-Jul-1996 02:44:25 -0700" {21}
        S: + go on
        C\: Subject: un\r\n\r\nun\r\n\r\n\r\n
        S~: a1 OK \[APPENDUID \d+ 1\] appended
        C: a2 STATUS INBOX (MESSAGES UNSEEN SIZE)
        S: * STATUS "INBOX" (MESSAGES 1 UNSEEN 0 SIZE 21)
        S: a2 OK done
        C: a3 EXAMINE INBOX
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Forwarded)
        S: * OK [PERMANENTFLAGS ()] read-only
        S: * 1 EXISTS
        S: * 0 RECENT
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 2] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: a3 OK [READ-ONLY] examined
        C: a4 FETCH 1 (FLAGS INTERNALDATE RFC822.SIZE)
        S: * 1 FETCH (FLAGS (\Seen $Forwarded) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 21)
        S: a4 OK done
        C: a5 FETCH 1 BODY.PEEK[]
        S\: * 1 FETCH (BODY[] {21}\r\nSubject: un\r\n\r\nun\r\n\r\n)\r\n
        S: a5 OK done
        """);

    // RFC 3502 §3, example of §6.3.11: two messages, one tagged answer with both UIDs.
    [Fact]
    public Task Several_messages_arrive_together() => server.RunLoggedInAsync("""
        C\: a1 APPEND INBOX (\\Seen) {6+}\r\na: b\r\n (\\Draft) {6+}\r\nc: d\r\n {4+}\r\ne: f\r\n
        S~: a1 OK \[APPENDUID \d+ 1:3\] appended
        C: a2 APPEND INBOX {4}
        S: + go on
        C: a: b (\Seen) {4}
        S: + go on
        C: c: d
        S~: a2 OK \[APPENDUID \d+ 4:5\] appended
        C: a3 STATUS INBOX (MESSAGES UNSEEN)
        S: * STATUS "INBOX" (MESSAGES 5 UNSEEN 3)
        S: a3 OK done
        """);

    [Fact]
    public Task One_message_refused_refuses_all() => server.RunLoggedInAsync("""
        C\: a1 APPEND INBOX {4+}\r\na: b {4+}\r\nc: d (\\Foo) {4+}\r\ne: f\r\na2 NOOP\r\n
        S: a1 BAD no such system flag
        S: a2 OK done
        C: a3 APPEND INBOX {4}
        S: + go on
        C: a: b {0}
        S: a3 NO [CANNOT] a message has at least one octet
        C: a4 STATUS INBOX (MESSAGES)
        S: * STATUS "INBOX" (MESSAGES 0)
        S: a4 OK done
        """);

    [Fact]
    public Task The_mailbox_may_be_a_literal_and_the_message_binary() => server.RunLoggedInAsync("""
        C: a1 APPEND {5}
        S: + go on
        C: INBOX ~{4}
        S: + go on
        C\: a: \0\r\n
        S~: a1 OK \[APPENDUID \d+ 1\] appended
        C\: a2 APPEND {5+}\r\nINBOX UTF8 (~{5+}\r\na: é)\r\n
        S~: a2 OK \[APPENDUID \d+ 2\] appended
        """);

    [Fact]
    public Task A_missing_mailbox_is_told_before_the_message() => server.RunLoggedInAsync("""
        C: a1 APPEND Rien {4}
        S: a1 NO [TRYCREATE] there is no such mailbox
        C\: a2 APPEND Rien {4+}\r\na: b\r\na3 NOOP\r\n
        S: a2 NO [TRYCREATE] there is no such mailbox
        S: a3 OK done
        C: a4 APPEND INBOX
        S: a4 BAD space expected
        C: a5 APPEND INBOX hello
        S: a5 BAD literal expected
        C: a6 APPEND INBOX (\Seen {4}
        S: a6 BAD *
        C: a7 APPEND INBOX "yesterday" {4}
        S: a7 BAD *
        C: a8 NOOP
        S: a8 OK done
        """);

    [Fact]
    public Task Too_large_is_told_before_the_message() => server.RunLoggedInAsync("""
        C: a1 APPEND INBOX {100001}
        S: a1 NO [TOOBIG] the message is too large
        C: a2 NOOP
        S: a2 OK done
        C: a3 APPEND INBOX {100001+}
        S: a3 NO [TOOBIG] the message is too large
        S: * BYE the message is too large
        S: <closed>
        """, imap: new ImapOptions { PlaintextOnLoopback = true, AppendLimitOctets = 100_000 });

    // What follows a message that is shorter or longer than told would be read as commands.
    [Theory]
    [InlineData("""C\: a1 APPEND INBOX {4+}\r\na: bc\r\na2 NOOP\r\n""")]
    [InlineData("""C\: a1 APPEND INBOX {4+}\r\na: \r\na2 NOOP\r\n""")]
    public Task A_message_of_the_wrong_length_ends_the_session(string line) => server.RunLoggedInAsync($"""
        {line}
        S: a1 BAD the message does not fit its length
        S: * BYE a literal does not fit its length
        S: <closed>
        """);

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing()
    {
        var account = await server.NewAccountAsync();
        await server.RunLoggedInAsync("""
            C: a1 APPEND INBOX {1000}
            S: + go on
            C: half
            C: <close>
            S: <closed>
            """, account);
        Assert.Equal(0, (await server.Store.FindMailboxAsync(account.Id, "INBOX", default))!.Messages);
    }

    [Fact]
    public Task A_large_message_streams() => server.RunLoggedInAsync($$"""
        C: a1 APPEND INBOX {500000}
        S: + go on
        C: {{new string('x', 500_000)}}
        S~: a1 OK \[APPENDUID \d+ 1\] appended
        C: a2 STATUS INBOX (SIZE)
        S: * STATUS "INBOX" (SIZE 500000)
        S: a2 OK done
        """);

    [Fact]
    public Task Octet_by_octet_is_the_same() => server.RunLoggedInAsync("""
        C\: a1 APPEND {5+}\r\nINBOX (\\Seen) {6+}\r\na: b\r\n {4+}\r\nc: d\r\na2 NOOP\r\n
        S~: a1 OK \[APPENDUID \d+ 1:2\] appended
        S: a2 OK done
        """, options: new TranscriptOptions { OctetByOctet = true });

    // RFC 9051 §5.2: the new size is told with the completion.
    [Fact]
    public Task The_selected_mailbox_grows() => server.RunLoggedInAsync("""
        C: a1 SELECT INBOX
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS *
        S: * 0 EXISTS
        S: * 0 RECENT
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT 1] *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: a1 OK [READ-WRITE] selected
        C\: a2 APPEND INBOX {6+}\r\na: b\r\n\r\n
        S: * 1 EXISTS
        S: * 1 RECENT
        S~: a2 OK \[APPENDUID \d+ 1\] appended
        """);
}
