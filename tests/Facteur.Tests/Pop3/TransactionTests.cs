using Facteur.Pop3;
using Facteur.Tests.Support;

namespace Facteur.Tests.Pop3;

public sealed class TransactionTests
{
    private const string Login = "S: +OK *\nC: USER moi@demo.test\nS: +OK *\nC: PASS soleil-42-papier\nS: +OK *\n";

    [Fact] // RFC 1939 §5
    public Task Stat_list_and_uidl_pass_over_what_is_marked() => Pop3Server.RunAsync(Login + """
        C: STAT
        S: +OK 2 94
        C: LIST
        S: +OK 2 messages (94 octets)
        S: 1 45
        S: 2 49
        S: .
        C: LIST 2
        S: +OK 2 49
        C: UIDL
        S: +OK unique-ids
        S~: 1 F\d+\.[0-9a-z]+
        S~: 2 F\d+\.[0-9a-z]+
        S: .
        C: UIDL 1
        S~: \+OK 1 F\d+\.[0-9a-z]+
        C: DELE 1
        S: +OK message 1 marked deleted
        C: STAT
        S: +OK 1 49
        C: LIST
        S: +OK 1 messages (49 octets)
        S: 2 49
        S: .
        C: UIDL
        S: +OK unique-ids
        S~: 2 F\d+\.[0-9a-z]+
        S: .
        C: LIST 1
        S: -ERR message 1 is marked deleted
        C: RETR 1
        S: -ERR message 1 is marked deleted
        C: DELE 1
        S: -ERR message 1 is marked deleted
        C: RSET
        S: +OK 2 messages (94 octets)
        C: STAT
        S: +OK 2 94
        """);

    [Fact]
    public Task Retr_stuffs_dots() => Pop3Server.RunAsync(Login + """
        C: RETR 1
        S\: +OK message follows\r\nFrom: ami@demo.test\r\nSubject: Un\r\n\r\nBonjour\r\n.\r\n
        C: RETR 2
        S\: +OK message follows\r\nFrom: ami@demo.test\r\nSubject: Deux\r\n\r\n..point\r\n..\r\n.\r\n
        """);

    [Fact]
    public Task Top_counts_lines_of_the_body_only() => Pop3Server.RunAsync(Login + """
        C: TOP 2 0
        S\: +OK message follows\r\nFrom: ami@demo.test\r\nSubject: Deux\r\n\r\n.\r\n
        C: TOP 2 1
        S\: +OK message follows\r\nFrom: ami@demo.test\r\nSubject: Deux\r\n\r\n..point\r\n.\r\n
        C: TOP 2 99999999999999999999
        S\: +OK message follows\r\nFrom: ami@demo.test\r\nSubject: Deux\r\n\r\n..point\r\n..\r\n.\r\n
        C: TOP 2
        S: -ERR the number of lines is missing
        C: TOP 2 -1
        S: -ERR the number of lines is not a number
        """);

    [Fact]
    public Task Numbers_that_are_none_are_refused() => Pop3Server.RunAsync(Login + """
        C: RETR 3
        S: -ERR no such message, only 2 in the maildrop
        C: RETR 0
        S: -ERR no such message, only 2 in the maildrop
        C: DELE 4294967297
        S: -ERR no such message, only 2 in the maildrop
        C: RETR
        S: -ERR the message number is missing
        C: RETR one
        S: -ERR the message number is not a number
        C: LIST 1 2
        S: -ERR too many arguments
        C: UIDL 9
        S: -ERR no such message, only 2 in the maildrop
        C: STAT now
        S: -ERR too many arguments
        C: NOOP
        S: +OK done
        C: UTF8
        S: -ERR not after login
        """);

    [Fact] // RFC 2449 §6.6
    public Task Commands_in_one_packet_are_answered_in_order() => Pop3Server.RunAsync("""
        S: +OK *
        C\: USER moi@demo.test\r\nPASS soleil-42-papier\r\nSTAT\r\nRETR 1\r\nDELE 1\r\nNOOP\r\nQUIT\r\n
        S: +OK now the password
        S: +OK 2 messages (94 octets)
        S: +OK 2 94
        S\: +OK message follows\r\nFrom: ami@demo.test\r\nSubject: Un\r\n\r\nBonjour\r\n.\r\n
        S: +OK message 1 marked deleted
        S: +OK done
        S: +OK goodbye
        S: <closed>
        """);

    [Fact]
    public Task A_client_that_sends_octet_by_octet_is_understood() => Pop3Server.RunAsync(Login + """
        C: RETR 2
        S\: +OK message follows\r\nFrom: ami@demo.test\r\nSubject: Deux\r\n\r\n..point\r\n..\r\n.\r\n
        C: QUIT
        S: +OK goodbye
        """, connection: new TranscriptOptions { OctetByOctet = true });

    [Fact]
    public async Task Quit_alone_removes_messages()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.ConverseAsync(Login + "C: DELE 1\nS: +OK *\nC: <close>\nS: <closed>");
        await server.ConverseAsync(Login + "C: DELE 2\nS: +OK *\nC: <abort>");
        Assert.Equal(2, await server.CountAsync());
        await server.ConverseAsync(Login + "C: DELE 1\nS: +OK *\nC: QUIT\nS: +OK goodbye\nS: <closed>");
        Assert.Equal(1, await server.CountAsync());
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 1 49\nC: RSET\nS: +OK *\nC: QUIT\nS: +OK goodbye");
        Assert.Equal(1, await server.CountAsync());
    }

    [Fact]
    public async Task Unique_ids_stay_across_sessions()
    {
        await using var server = await Pop3Server.StartAsync();
        var before = await server.UidlAsync();
        await server.ConverseAsync(Login + "C: DELE 1\nS: +OK *\nC: QUIT\nS: +OK goodbye");
        await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n");
        var after = await server.UidlAsync();
        Assert.Equal(before[1], after[0]);
        Assert.Equal(2, after.Count);
        Assert.DoesNotContain(after[1], before);
    }

    [Fact]
    public async Task Unique_ids_of_a_former_host_are_kept()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n", popUidl: "QhdPYR:00WBw1Ph7x7");
        Assert.Equal("QhdPYR:00WBw1Ph7x7", (await server.UidlAsync())[2]);
    }

    [Fact] // RFC 1939 §4, RFC 2449 §8.1.2
    public Task A_maildrop_has_one_session() => Pop3Server.RunAsync(Login + """
        S2: +OK *
        C2: USER MOI@demo.test
        S2: +OK *
        C2: PASS soleil-42-papier
        S2: -ERR [IN-USE] another session has this maildrop open; try again when it is done
        C: QUIT
        S: +OK goodbye
        C2: USER moi@demo.test
        S2: +OK *
        C2: PASS soleil-42-papier
        S2: +OK 2 messages (94 octets)
        """);

    [Fact]
    public async Task Mail_that_comes_meanwhile_is_not_in_this_session()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.ConverseAsync(Login + """
            !: deliver
            C: STAT
            S: +OK 2 94
            C: RETR 3
            S: -ERR no such message, only 2 in the maildrop
            """);
    }

    [Fact]
    public async Task What_another_client_expunges_is_no_fault()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.ConverseAsync(Login + """
            !: expunge
            C: RETR 1
            S~: (\+OK|-ERR) .*
            """, ignoreRest: true);
        Assert.Equal(1, await server.CountAsync());
        await server.ConverseAsync(Login + "C: DELE 1\nS: +OK *\nC: QUIT\nS: +OK goodbye");
        Assert.Equal(0, await server.CountAsync());
    }

    [Fact]
    public Task A_changed_password_ends_the_session_and_removes_nothing() => Pop3Server.RunAsync(Login + """
        C: DELE 1
        S: +OK *
        !: passwd
        S: <closed>
        """);

    [Fact]
    public Task A_silent_client_is_let_go_after_ten_minutes() => Pop3Server.RunAsync(Login + """
        C: DELE 1
        S: +OK *
        T: 9m
        C: NOOP
        S: +OK done
        T: 9m
        C: NOOP
        S: +OK done
        T: 11m
        S: <closed>
        """);
}
