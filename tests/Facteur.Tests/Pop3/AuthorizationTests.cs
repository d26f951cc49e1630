using System.Text;
using Facteur.Pop3;
using Facteur.Tests.Support;

namespace Facteur.Tests.Pop3;

public sealed class AuthorizationTests
{
    [Fact]
    public Task User_and_pass() => Pop3Server.RunAsync("""
        S: +OK Facteur POP3 ready
        C: USER moi@demo.test
        S: +OK now the password
        C: PASS soleil-42-papier
        S: +OK 2 messages (* octets)
        C: USER moi@demo.test
        S: -ERR not after login
        C: QUIT
        S: +OK goodbye
        S: <closed>
        """);

    [Fact]
    public Task Names_and_passwords_may_be_utf8() => Pop3Server.RunAsync("""
        S: +OK *
        C: USER ami@demo.test
        S: +OK *
        C: PASS rivière-17-lune
        S: +OK 0 messages (0 octets)
        """);

    [Fact]
    public Task Wrong_password_and_unknown_user_read_alike() => Pop3Server.RunAsync("""
        S: +OK *
        C: PASS soleil-42-papier
        S: -ERR USER comes first
        C: USER moi@demo.test
        S: +OK now the password
        C: PASS wrong-password
        S: -ERR [AUTH] wrong user name or password; the user name is the whole address (FCT-3001)
        C: PASS soleil-42-papier
        S: -ERR USER comes first
        C: USER nobody@demo.test
        S: +OK now the password
        C: PASS wrong-password
        S: -ERR [AUTH] wrong user name or password; the user name is the whole address (FCT-3001)
        """);

    [Fact]
    public Task Too_many_failed_logins_end_the_connection() => Pop3Server.RunAsync(
        "S: +OK *\n" + string.Concat(Enumerable.Repeat("C: USER moi@demo.test\nS: +OK *\nC: PASS wrong-password\nS: -ERR [AUTH] *\n", 5)) + "S: <closed>");

    [Fact]
    public Task Without_tls_a_password_is_refused() => Pop3Server.RunAsync("""
        S: +OK *
        C: USER moi@demo.test
        S: -ERR logins without TLS are refused; use STLS first or connect to the port for POP3 over TLS (995)
        C: PASS soleil-42-papier
        S: -ERR logins without TLS are refused; *
        C: AUTH PLAIN AG1vaUBkZW1vLnRlc3QAc29sZWlsLTQyLXBhcGllcg==
        S: -ERR logins without TLS are refused; *
        C: AUTH
        S: +OK mechanisms
        S: .
        C: CAPA
        S: +OK capabilities
        S: TOP
        S: UIDL
        S: RESP-CODES
        S: AUTH-RESP-CODE
        S: PIPELINING
        S: UTF8 USER
        S: LANG
        S: EXPIRE NEVER
        S: STLS
        S: IMPLEMENTATION Facteur
        S: .
        """, new Pop3Options());

    [Fact]
    public Task Stls_then_login() => Pop3Server.RunAsync("""
        S: +OK *
        C: STLS
        S: +OK begin TLS
        C: <starttls>
        C: CAPA
        S: +OK capabilities
        S: TOP
        S: UIDL
        S: RESP-CODES
        S: AUTH-RESP-CODE
        S: PIPELINING
        S: UTF8 USER
        S: LANG
        S: EXPIRE NEVER
        S: USER
        S: SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN
        S: IMPLEMENTATION Facteur
        S: .
        C: STLS
        S: -ERR TLS is active already
        C: AUTH PLAIN AG1vaUBkZW1vLnRlc3QAc29sZWlsLTQyLXBhcGllcg==
        S: +OK 2 messages (* octets)
        C: STLS
        S: -ERR not after login
        """, new Pop3Options());

    [Theory] // S-04
    [InlineData("STLS\\r\\nCAPA\\r\\n")]
    [InlineData("STLS\\r\\nUSER moi@demo.test\\r\\n")]
    [InlineData("STLS\\r\\n\\x16\\x03\\x01")]
    public Task A_command_behind_stls_ends_the_connection(string octets) => Pop3Server.RunAsync($"""
        S: +OK *
        C\: {octets}
        S: <closed>
        """, new Pop3Options());

    [Fact]
    public Task A_name_given_in_clear_is_forgotten_by_stls() => Pop3Server.RunAsync("""
        S: +OK *
        C: USER moi@demo.test
        S: +OK *
        C: STLS
        S: +OK begin TLS
        C: <starttls>
        C: PASS soleil-42-papier
        S: -ERR USER comes first
        """);

    [Fact]
    public Task Utf8_comes_after_stls() => Pop3Server.RunAsync("""
        S: +OK *
        C: UTF8
        S: +OK *
        C: STLS
        S: -ERR STLS comes before UTF8
        """);

    [Fact]
    public Task Without_a_certificate_there_is_no_stls() => Pop3Server.RunAsync("""
        S: +OK *
        C: STLS
        S: -ERR TLS is not available here
        """, options: null, connection: new TranscriptOptions { Connection = new() { Time = new FakeTime() } });

    [Fact] // RFC 5034 §6
    public Task Auth_plain_with_and_without_initial_response() => Pop3Server.RunAsync("""
        S: +OK *
        C: AUTH PLAIN
        S\: + \r\n
        C: AG1vaUBkZW1vLnRlc3QAd3JvbmctcGFzc3dvcmQ=
        S: -ERR [AUTH] wrong user name or password; *
        C: auth plain AG1vaUBkZW1vLnRlc3QAc29sZWlsLTQyLXBhcGllcg==
        S: +OK 2 messages (* octets)
        C: AUTH PLAIN
        S: -ERR not after login
        """);

    [Fact] // CLIENTS 2, 7
    public Task Outlook_lists_mechanisms_and_takes_login() => Pop3Server.RunAsync("""
        S: +OK *
        C: AUTH
        S: +OK mechanisms
        S: SCRAM-SHA-256
        S: PLAIN
        S: LOGIN
        S: .
        C: AUTH LOGIN
        S: + VXNlcm5hbWU6
        C: bW9pQGRlbW8udGVzdA==
        S: + UGFzc3dvcmQ6
        C: c29sZWlsLTQyLXBhcGllcg==
        S: +OK 2 messages (* octets)
        """);

    [Fact]
    public Task Auth_login_with_the_name_as_initial_response() => Pop3Server.RunAsync("""
        S: +OK *
        C: AUTH LOGIN bW9pQGRlbW8udGVzdA==
        S: + UGFzc3dvcmQ6
        C: c29sZWlsLTQyLXBhcGllcg==
        S: +OK 2 messages (* octets)
        """);

    [Fact]
    public Task Auth_that_goes_wrong_leaves_the_session_as_it_was() => Pop3Server.RunAsync("""
        S: +OK *
        C: AUTH ANONYMOUS
        S: -ERR mechanisms are SCRAM-SHA-256 PLAIN LOGIN
        C: AUTH PLAIN
        S: + *
        C: *
        S: -ERR login cancelled
        C: AUTH PLAIN =
        S: -ERR that is not how PLAIN is written
        C: AUTH PLAIN !!!!
        S: -ERR that is not base64
        C: AUTH PLAIN AAA=BBB
        S: -ERR that is not base64
        C: AUTH PLAIN AG1v x
        S: -ERR too many arguments
        C: NOOP
        S: +OK done
        """);

    [Fact]
    public Task A_long_sasl_answer_is_read() => Pop3Server.RunAsync($"""
        S: +OK *
        C: AUTH PLAIN
        S: + *
        C: {Convert.ToBase64String(Encoding.ASCII.GetBytes("\0moi@demo.test\0" + new string('x', 12_000)))}
        S: -ERR [AUTH] wrong user name or password; *
        """);

    [Fact]
    public Task A_disabled_account_is_told_so_with_its_password_only() => Pop3Server.RunAsync("""
        S: +OK *
        !: disable
        C: USER moi@demo.test
        S: +OK *
        C: PASS soleil-42-papier
        S: -ERR [AUTH] this account is disabled; ask its administrator (FCT-3002)
        C: USER moi@demo.test
        S: +OK *
        C: PASS wrong-password
        S: -ERR [AUTH] wrong user name or password; *
        """);

    [Fact]
    public Task Quit_before_login() => Pop3Server.RunAsync("""
        S: +OK *
        C: QUIT
        S: +OK goodbye
        S: <closed>
        """);

    [Fact]
    public Task Nonsense_is_refused_and_at_last_ends_the_connection() => Pop3Server.RunAsync(
        "S: +OK *\nC: APOP moi c4c9334bac560ecc979e58001b3e22fb\nS: -ERR unknown command\nC: XTOOLONG\nS: -ERR unknown command\nC:\nS: -ERR unknown command\n"
        + "C: STAT\nS: -ERR log in first\nC: USER\nS: -ERR the user name is missing\nC: CAPA now\nS: -ERR too many arguments\n"
        + string.Concat(Enumerable.Repeat("C: HELO\nS: -ERR unknown command\n", 14)) + "S: <closed>");

    [Fact]
    public Task Bad_utf8_is_refused() => Pop3Server.RunAsync("""
        S: +OK *
        C\: USER \xFF\r\n
        S: -ERR the user name is not UTF-8
        """);

    [Fact]
    public Task A_line_without_end_ends_the_connection() => Pop3Server.RunAsync($"""
        S: +OK *
        C\: {new string('x', 5000)}
        S: -ERR line too long
        S: <closed>
        """);

    [Fact]
    public Task A_client_that_never_logs_in_is_let_go() => Pop3Server.RunAsync("""
        S: +OK *
        T: 31s
        S: <closed>
        """);
}
