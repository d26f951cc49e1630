using Facteur.Smtp;

namespace Facteur.Tests.Smtp;

/// <summary>Greeting, envelope and the small commands of port 25.</summary>
public sealed class EnvelopeTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public Task Ehlo_lists_what_there_is_and_never_auth_on_25() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 mx.demo.test ESMTP Facteur ready
        C: EHLO client.example.org
        S: 250-mx.demo.test
        S: 250-PIPELINING
        S: 250-SIZE 65536
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-CHUNKING
        S: 250-DSN
        S: 250-ENHANCEDSTATUSCODES
        S: 250-LIMITS RCPTMAX=1000
        S: 250 STARTTLS
        C: AUTH PLAIN
        S: 502 5.5.1 command not implemented
        C: AUTH LOGIN bW9p
        S: 502 5.5.1 command not implemented
        C: QUIT
        S: 221 2.0.0 goodbye
        S: <closed>
        """);

    [Fact]
    public Task Helo_is_answered_by_the_host_name_alone() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: helo old.example.org
        S: 250 mx.demo.test
        C: HELO
        S: 501 5.5.4 your host name is expected
        C: HELO a b
        S: 501 5.5.4 no argument is allowed here
        C: EHLO [192.0.2.1]
        S: 250-mx.demo.test
        S\: 250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250 STARTTLS\r\n
        C: EHLO WINDOWS_HOST
        S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250 STARTTLS\r\n
        C: EHLO a(b)
        S: 501 5.5.4 your host name is of bad form
        """);

    [Fact]
    public Task Commands_have_their_order() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: MAIL FROM:<a@example.org>
        S: 503 5.5.1 send EHLO first
        C: HELO c
        S: 250 *
        C: RCPT TO:<moi@demo.test>
        S: 503 5.5.1 send MAIL first
        C: DATA
        S: 503 5.5.1 send MAIL first
        C: MAIL FROM:<a@example.org>
        S: 250 2.1.0 sender OK
        C: MAIL FROM:<b@example.org>
        S: 503 5.5.1 a transaction is open; send RSET to leave it
        C: DATA
        S: 503 5.5.1 no recipient was accepted
        C: RSET
        S: 250 2.0.0 OK
        C: RCPT TO:<moi@demo.test>
        S: 503 5.5.1 send MAIL first
        C: MAIL FROM:<a@example.org>
        S: 250 2.1.0 sender OK
        C: HELO c
        S: 250 *
        C: RCPT TO:<moi@demo.test>
        S: 503 5.5.1 send MAIL first
        """);

    [Fact]
    public Task Small_commands_answer() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: NOOP
        S: 250 2.0.0 OK
        C: NOOP with an argument
        S: 250 2.0.0 OK
        C: VRFY moi@demo.test
        S: 252 2.0.0 *
        C: VRFY nobody
        S: 252 2.0.0 *
        C: VRFY
        S: 501 5.5.4 *
        C: EXPN staff
        S: 502 5.5.1 *
        C: HELP
        S: 214 2.0.0 *
        C: RSET x
        S: 501 5.5.4 *
        C: FOO
        S: 500 5.5.1 command not recognised
        C: LHLO client
        S: 500 5.5.1 command not recognised
        C:
        S: 500 5.5.1 command not recognised
        C: quit
        S: 221 2.0.0 goodbye
        S: <closed>
        """);

    [Fact]
    public Task Recipients_are_checked_as_they_come() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: EHLO c
        S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250 STARTTLS\r\n
        C: MAIL FROM:<a@example.org>
        S: 250 2.1.0 *
        C: RCPT TO:<moi@demo.test>
        S: 250 2.1.5 *
        C: RCPT TO:<MOI+liste@DEMO.test>
        S: 250 2.1.5 *
        C: rcpt to:<alias@demo.test>
        S: 250 2.1.5 *
        C: RCPT TO:<nobody@demo.test>
        S: 550 5.1.1 no such user here
        C: RCPT TO:<a@example.org>
        S: 550 5.7.1 relaying denied: *
        C: RCPT TO:<postmaster>
        S: 250 2.1.5 *
        C: RCPT TO:<>
        S: 501 5.1.3 *
        C: RCPT TO:<moi@demo.test.>
        S: 501 5.1.3 *
        C: RCPT TO:<"moi"@demo.test>
        S: 250 2.1.5 *
        """);

    [Fact]
    public Task A_blank_after_the_colon_is_taken() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: HELO c
        S: 250 *
        C: MAIL FROM: <a@example.org> SIZE=100
        S: 250 2.1.0 *
        C: RCPT TO: <moi@demo.test>
        S: 250 2.1.5 *
        """);

    [Fact]
    public Task Parameters_are_read() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: HELO c
        S: 250 *
        C: MAIL FROM:<a@example.org> SIZE=65537
        S: 552 5.3.4 *
        C: MAIL FROM:<a@example.org> SIZE=99999999999999999999
        S: 552 5.3.4 *
        C: MAIL FROM:<a@example.org> SIZE=x
        S: 501 5.5.4 *
        C: MAIL FROM:<a@example.org> BODY=BINARYMIME
        S: 501 5.5.4 *
        C: MAIL FROM:<a@example.org> FOO=1
        S: 555 5.5.4 parameter FOO is not known here
        C: MAIL FROM:<a@example.org> SIZE=1 SIZE=2
        S: 501 5.5.4 SIZE is given twice
        C: MAIL FROM:<a@example.org> SMTPUTF8=1
        S: 501 5.5.4 *
        C: MAIL FROM:<a@example.org> RET=SOME
        S: 501 5.5.4 *
        C: MAIL FROM:<a@example.org> ENVID=+0A
        S: 501 5.5.4 *
        C: MAIL FROM:<a@example.org> size=65536 body=8bitmime smtputf8 ret=HDRS ENVID=QQ314159+2B AUTH=<>
        S: 250 2.1.0 *
        C: RCPT TO:<moi@demo.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Moi+2Bliste@demo.test
        S: 250 2.1.5 *
        C: RCPT TO:<moi@demo.test> NOTIFY=NEVER,DELAY
        S: 501 5.5.4 *
        C: RCPT TO:<moi@demo.test> NOTIFY=
        S: 501 5.5.4 *
        C: RCPT TO:<moi@demo.test> ORCPT=rfc822
        S: 501 5.5.4 *
        C: RCPT TO:<moi@demo.test> ORCPT=rfc822;a ORCPT=rfc822;b
        S: 501 5.5.4 *
        C: RCPT TO:<moi@demo.test> SIZE=1
        S: 555 5.5.4 *
        """);

    [Fact]
    public Task Addresses_beyond_ascii_take_smtputf8() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: HELO c
        S: 250 *
        C: MAIL FROM:<jürgen@example.org>
        S: 550 5.6.7 *
        C: MAIL FROM:<a@example.org>
        S: 250 *
        C: RCPT TO:<jürgen@demo.test>
        S: 553 5.6.7 *
        C: RSET
        S: 250 *
        C: MAIL FROM:<jürgen@example.org> SMTPUTF8
        S: 250 *
        C: RCPT TO:<jürgen@demo.test>
        S: 550 5.1.1 *
        C\: RCPT TO:<\xFF\xFE@demo.test>\r\n
        S: 501 5.1.3 *
        """);

    [Fact]
    public Task A_group_of_commands_is_answered_at_once_and_in_order() => server.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C\: EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<nobody@demo.test>\r\nRCPT TO:<moi@demo.test>\r\nRSET\r\nNOOP\r\nQUIT\r\n
        S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250 STARTTLS\r\n
        S: 250 2.1.0 *
        S: 550 5.1.1 *
        S: 250 2.1.5 *
        S: 250 2.0.0 OK
        S: 250 2.0.0 OK
        S: 221 *
        S: <closed>
        """);

    [Fact]
    public async Task The_envelope_reads_alike_octet_by_octet()
    {
        var fixture = server.Fixture;
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO c
            S: 250 *
            C: MAIL FROM:<a@example.org> SIZE=10
            S: 250 2.1.0 *
            C: RCPT TO:<moi@demo.test>
            S: 250 2.1.5 *
            C: FOO
            S: 500 *
            C: QUIT
            S: 221 *
            S: <closed>
            """, fixture.Transcripts() with { OctetByOctet = true });
    }
}
