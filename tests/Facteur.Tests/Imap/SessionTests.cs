using Facteur.Imap;
using Facteur.Net;
using Facteur.Tests.Support;

namespace Facteur.Tests.Imap;

/// <summary>Greeting, login, TLS, and how sessions end.</summary>
public sealed class SessionTests(ImapServer server) : IClassFixture<ImapServer>
{
    private static readonly ImapOptions TlsOnly = new();

    [Fact]
    public Task The_greeting_tells_capabilities_and_commands_need_a_login() => server.RunAsync("""
        S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE STARTTLS AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN] Facteur ready
        C: a1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE STARTTLS AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN
        S: a1 OK done
        C: a2 NOOP
        S: a2 OK done
        C: a3 SELECT INBOX
        S: a3 BAD log in first
        C: a4 XYZZY
        S: a4 BAD unknown command
        C: a5
        S: * BAD tag and command expected
        C: (
        S: * BAD tag expected
        C: a6 NOOP now
        S: a6 BAD end of command expected
        C: a7 ID NIL
        S: * ID ("name" "Facteur")
        S: a7 OK done
        C: a8 LOGOUT
        S: * BYE good bye
        S: a8 OK done
        S: <closed>
        """);

    [Fact]
    public Task Octet_by_octet_is_the_same() => server.RunAsync("""
        S: * OK *
        C\: \r\na1 ID ("name" {5+}\r\nhello "version" NIL)\r\n\r\na2 NOOP\r\n
        S: * ID ("name" "Facteur")
        S: a1 OK done
        S: a2 OK done
        """, options: new TranscriptOptions { OctetByOctet = true });

    [Fact]
    public async Task Login_takes_atoms_strings_and_literals()
    {
        var account = await server.NewAccountAsync();
        await server.RunAsync($$"""
            S: * OK *
            C: a1 LOGIN {{account.Address}} wrong
            S: a1 NO [AUTHENTICATIONFAILED] wrong user name or password; the user name is the whole address (FCT-3001)
            C: a2 LOGIN "{{account.Address}}"
            S: a2 BAD space expected
            C: a3 LOGIN "{{account.Address}}" {16}
            S: + go on
            C: {{ImapServer.Password}}
            S~: a3 OK \[CAPABILITY IMAP4rev1 IMAP4rev2 .* APPENDLIMIT=67108864\] logged in
            C: a4 LOGIN again again
            S: a4 BAD not allowed once logged in
            C: a5 LOGOUT
            S: * BYE good bye
            S: a5 OK done
            S: <closed>
            """);
    }

    [Fact]
    public async Task Passwords_wait_for_tls()
    {
        var account = await server.NewAccountAsync();
        await server.RunAsync($"""
            S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE STARTTLS LOGINDISABLED] Facteur ready
            C: a1 LOGIN {account.Address} {ImapServer.Password}
            S: a1 NO [PRIVACYREQUIRED] passwords are taken under TLS only
            C: a2 AUTHENTICATE PLAIN
            S: a2 NO [PRIVACYREQUIRED] passwords are taken under TLS only
            C: a3 STARTTLS
            S: a3 OK begin TLS
            C: <starttls>
            C: a4 CAPABILITY
            S: * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN
            S: a4 OK done
            C: a5 STARTTLS
            S: a5 BAD TLS is already on
            C: a6 LOGIN {account.Address} {ImapServer.Password}
            S: a6 OK *
            """, TlsOnly);
    }

    [Fact]
    [Trait("Promise", "S-04")]
    public Task Octets_behind_STARTTLS_end_the_session() => server.RunAsync("""
        S: * OK *
        C\: a1 STARTTLS\r\na2 CAPABILITY\r\n
        S: <closed>
        """, TlsOnly);

    [Fact]
    public async Task Authenticate_plain_with_and_without_initial_response()
    {
        var account = await server.NewAccountAsync();
        var right = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{account.Address}\0{ImapServer.Password}"));
        var wrong = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{account.Address}\0nope"));
        await server.RunAsync($"""
            S: * OK *
            C: a1 AUTHENTICATE PLAIN {wrong}
            S: a1 NO [AUTHENTICATIONFAILED] wrong user name or password; the user name is the whole address (FCT-3001)
            C: a2 AUTHENTICATE PLAIN
            S\: + \r\n
            C: *
            S: a2 BAD cancelled
            C: a3 AUTHENTICATE PLAIN ???
            S: a3 BAD base64 expected
            C: a4 AUTHENTICATE SCRAM-SHA-1
            S: a4 NO [CANNOT] no such mechanism
            C: a5 AUTHENTICATE PLAIN =
            S: a5 BAD *
            C: a6 AUTHENTICATE PLAIN
            S\: + \r\n
            C: {right}
            S: a6 OK *
            """);
    }

    // Outlook wants these words (CLIENTS 2).
    [Fact]
    public async Task Authenticate_login_asks_for_name_and_password()
    {
        var account = await server.NewAccountAsync();
        await server.RunAsync($"""
            S: * OK *
            C: a1 AUTHENTICATE LOGIN
            S: + VXNlcm5hbWU6
            C: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(account.Address))}
            S: + UGFzc3dvcmQ6
            C: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(ImapServer.Password))}
            S: a1 OK *
            """);
    }

    [Fact]
    public Task Bad_commands_end_the_session_at_last() => server.RunAsync("""
        S: * OK *
        C: a1 X
        S: a1 BAD unknown command
        C: a2 X
        S: a2 BAD unknown command
        C: a3 X
        S: a3 BAD unknown command
        S: * BYE too many bad commands
        S: <closed>
        """, new ImapOptions { MaxBadCommands = 3 });

    [Fact]
    public Task Failed_logins_end_the_session_at_last() => server.RunAsync("""
        S: * OK *
        C: a1 LOGIN a@demo.test x
        S: a1 NO [AUTHENTICATIONFAILED] *
        C: a2 LOGIN a@demo.test x
        S: a2 NO [AUTHENTICATIONFAILED] *
        S: * BYE too many failed logins
        S: <closed>
        """, new ImapOptions { MaxFailedLogins = 2, PlaintextOnLoopback = true });

    [Fact]
    public async Task A_changed_password_ends_its_sessions()
    {
        var account = await server.NewAccountAsync();
        await server.RunLoggedInAsync("""
            C: a1 NOOP
            S: a1 OK done
            !: change
            S: * BYE log in again
            S: <closed>
            """, account, options: new TranscriptOptions { Actions = Action("change", async () => await server.Administration.SetPasswordAsync(account.Address, "autre-chose-7", default)) });
    }

    [Fact]
    public async Task A_disabled_account_is_told_so_after_the_right_password_only()
    {
        var account = await server.NewAccountAsync();
        await server.Administration.SetEnabledAsync(account.Address, false, default);
        await server.RunAsync($"""
            S: * OK *
            C: a1 LOGIN {account.Address} wrong
            S: a1 NO [AUTHENTICATIONFAILED] *
            C: a2 LOGIN {account.Address} {ImapServer.Password}
            S: a2 NO [CONTACTADMIN] this account is disabled; ask its administrator (FCT-3002)
            """);
    }

    [Fact]
    public Task A_draining_server_says_goodbye()
    {
        MailConnection? connection = null;
        return server.RunLoggedInAsync("""
            C: a1 IDLE
            S: + idling
            !: drain
            S: * BYE the server restarts; connect again
            S: <closed>
            """, options: new TranscriptOptions
        {
            Connected = (_, c) => connection = c,
            Actions = Action("drain", () =>
            {
                connection!.End(EndReason.Draining);
                return Task.CompletedTask;
            }),
        });
    }

    [Fact]
    public Task A_silent_client_is_kept_half_an_hour() => server.RunLoggedInAsync("""
        C: a1 NOOP
        S: a1 OK done
        T: 30m
        C: a2 NOOP
        S: a2 OK done
        T: 31m
        S: * BYE you were silent for too long
        S: <closed>
        """);

    [Fact]
    public Task A_client_that_never_logs_in_is_not_kept() => server.RunAsync("""
        S: * OK *
        C: a1 NOOP
        S: a1 OK done
        T: 1h
        S: * BYE log in sooner
        S: <closed>
        """);

    private static Dictionary<string, Func<Task>> Action(string name, Func<Task> action) => new() { [name] = action };
}
