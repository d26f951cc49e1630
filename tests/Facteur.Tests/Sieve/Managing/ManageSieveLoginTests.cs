using System.Text;
using Facteur.Accounts;
using Facteur.Sieve.Managing;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Sieve.Managing;

/// <summary>Greeting, TLS, logins and their ends.</summary>
public sealed class ManageSieveLoginTests
{
    [Fact] // RFC 5804 §1.7
    public Task The_greeting_is_the_capabilities() => ManageSieveServer.RunAsync("""
        S: "IMPLEMENTATION" "Facteur"
        S: "SASL" "SCRAM-SHA-256 PLAIN LOGIN"
        S~: "SIEVE" "body comparator-i;ascii-casemap .* copy date .* vacation vacation-seconds .*virustest"
        S: "STARTTLS"
        S: "MAXREDIRECTS" "10"
        S: "NOTIFY" "mailto"
        S: "UNAUTHENTICATE"
        S: "VERSION" "1.0"
        S: OK "Facteur ManageSieve ready"
        C: LOGOUT
        S: OK "goodbye"
        S: <closed>
        """);

    [Fact] // RFC 5804 §1.7, §2.2: no mechanism without TLS; after TLS the capabilities again, without STARTTLS
    public Task Without_tls_there_is_no_login_and_with_it_there_is() => ManageSieveServer.RunAsync($"""
        S: "IMPLEMENTATION" "Facteur"
        S: "SASL" ""
        S~: "SIEVE" .*
        S: "STARTTLS"
        S~: "MAXREDIRECTS" .*
        S~: "NOTIFY" .*
        S: "UNAUTHENTICATE"
        S: "VERSION" "1.0"
        S: OK *
        C: AUTHENTICATE "PLAIN" "{ManageSieveServer.Plain("moi@demo.test")}"
        S: NO (ENCRYPT-NEEDED) "logins without TLS are refused; use STARTTLS first"
        C: StartTls
        S: OK "begin TLS"
        C: <starttls>
        S: "IMPLEMENTATION" "Facteur"
        S: "SASL" "SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN"
        S~: "SIEVE" .*
        S: "MAXREDIRECTS" "10"
        S: "NOTIFY" "mailto"
        S: "UNAUTHENTICATE"
        S: "VERSION" "1.0"
        S: OK "TLS is active"
        C: STARTTLS
        S: NO "TLS is active already"
        C: Authenticate "PLAIN" "{ManageSieveServer.Plain("moi@demo.test")}"
        S: OK "logged in"
        C: STARTTLS
        S: NO "not after login"
        C: CAPABILITY
        S: "IMPLEMENTATION" "Facteur"
        S~: "SASL" .*
        S~: "SIEVE" .*
        S~: "MAXREDIRECTS" .*
        S~: "NOTIFY" .*
        S: "OWNER" "moi@demo.test"
        S: "UNAUTHENTICATE"
        S: "VERSION" "1.0"
        S: OK
        """, new ManageSieveOptions());

    [Theory] // S-04
    [InlineData("STARTTLS\\r\\nCAPABILITY\\r\\n")]
    [InlineData("STARTTLS\\r\\nAUTHENTICATE \\\"PLAIN\\\"\\r\\n")]
    [InlineData("STARTTLS\\r\\n\\x16\\x03\\x01")]
    public Task What_comes_in_clear_behind_starttls_ends_the_connection(string octets) => ManageSieveServer.RunAsync($"""
        <greeting>
        C\: {octets.Replace("\\\"", "\"", StringComparison.Ordinal)}
        S: <closed>
        """);

    [Fact]
    public Task Without_a_certificate_there_is_no_starttls() => ManageSieveServer.RunAsync("""
        S~: "IMPLEMENTATION" .*
        S~: "SASL" .*
        S~: "SIEVE" .*
        S~: "MAXREDIRECTS" .*
        S~: "NOTIFY" .*
        S: "UNAUTHENTICATE"
        S~: "VERSION" .*
        S: OK *
        C: STARTTLS
        S: NO "TLS is not available here"
        """, connection: new TranscriptOptions { Connection = new() { Time = new FakeTime() } });

    [Fact] // RFC 5804 §2.1: strings quoted and literal, with initial response and without
    public Task Plain_in_all_its_forms() => ManageSieveServer.RunAsync($$"""
        <greeting>
        C: AUTHENTICATE "PLAIN"
        S: ""
        C: "{{ManageSieveServer.Plain("moi@demo.test", "wrong-password")}}"
        S: NO "wrong user name or password; the user name is the whole address (FCT-3001)"
        C: AUTHENTICATE "plain" {{{ManageSieveServer.Plain("moi@demo.test").Length}}+}
        C: {{ManageSieveServer.Plain("moi@demo.test")}}
        S: OK "logged in"
        C: AUTHENTICATE "PLAIN" ""
        S: NO "not after login"
        """);

    [Fact]
    public Task Login_asks_for_name_and_password() => ManageSieveServer.RunAsync($$"""
        <greeting>
        C: AUTHENTICATE "LOGIN"
        S: "VXNlcm5hbWU6"
        C: "bW9pQGRlbW8udGVzdA=="
        S: "UGFzc3dvcmQ6"
        C: {24+}
        C: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(ManageSieveServer.Password))}}
        S: OK "logged in"
        """);

    [Fact]
    public Task A_login_that_goes_wrong_leaves_the_session_as_it_was() => ManageSieveServer.RunAsync("""
        <greeting>
        C: AUTHENTICATE "ANONYMOUS"
        S: NO "mechanisms are SCRAM-SHA-256 PLAIN LOGIN"
        C: AUTHENTICATE "PLAIN"
        S: ""
        C: "*"
        S: NO "login cancelled"
        C: AUTHENTICATE "PLAIN" "!!!!"
        S: NO "that is not base64"
        C: AUTHENTICATE "PLAIN" "AAAA"
        S: NO "that is not how PLAIN is written"
        C: AUTHENTICATE "PLAIN"
        S: ""
        C: nonsense
        S: NO "the answer is missing; a string in quotes or a literal is expected"
        C: AUTHENTICATE
        S: NO "the mechanism is missing"
        C: NOOP
        S: OK "done"
        """);

    [Fact]
    public Task Wrong_password_and_unknown_user_read_alike() => ManageSieveServer.RunAsync($"""
        <greeting>
        C: AUTHENTICATE "PLAIN" "{ManageSieveServer.Plain("moi@demo.test", "wrong-password")}"
        S: NO "wrong user name or password; the user name is the whole address (FCT-3001)"
        C: AUTHENTICATE "PLAIN" "{ManageSieveServer.Plain("nobody@demo.test", "wrong-password")}"
        S: NO "wrong user name or password; the user name is the whole address (FCT-3001)"
        """);

    [Fact] // RFC 5804 §2.1, the example with three tries
    public Task Too_many_failed_logins_end_the_connection() => ManageSieveServer.RunAsync(
        "<greeting>\n" + string.Concat(Enumerable.Repeat($"C: AUTHENTICATE \"PLAIN\" \"{ManageSieveServer.Plain("moi@demo.test", "wrong-password")}\"\nS: NO *\n", 4))
        + $"C: AUTHENTICATE \"PLAIN\" \"{ManageSieveServer.Plain("moi@demo.test", "wrong-password")}\"\nS: BYE *\nS: <closed>");

    [Fact] // RFC 5804 §2.14.1
    public Task Unauthenticate_goes_back_and_another_logs_in() => ManageSieveServer.RunAsync($"""
        <login>
        C: PUTSCRIPT "mine" "keep;"
        S: OK "stored"
        C: UNAUTHENTICATE
        S: OK "logged out"
        C: LISTSCRIPTS
        S: NO "log in first"
        C: UNAUTHENTICATE
        S: NO "log in first"
        C: AUTHENTICATE "PLAIN" "{ManageSieveServer.Plain("ami@demo.test")}"
        S: OK "logged in"
        C: LISTSCRIPTS
        S: OK
        """);

    [Theory]
    [InlineData("HAVESPACE \"x\" 1")]
    [InlineData("PUTSCRIPT \"x\" \"keep;\"")]
    [InlineData("LISTSCRIPTS")]
    [InlineData("SETACTIVE \"\"")]
    [InlineData("GETSCRIPT \"x\"")]
    [InlineData("DELETESCRIPT \"x\"")]
    [InlineData("RENAMESCRIPT \"x\" \"y\"")]
    [InlineData("CHECKSCRIPT \"keep;\"")]
    public Task Nothing_is_told_before_login(string command) => ManageSieveServer.RunAsync($"""
        <greeting>
        C: {command}
        S: NO "log in first"
        """);

    [Fact]
    public Task A_session_ends_when_its_account_is_disabled() => ManageSieveServer.RunAsync("""
        <login>
        !: disable
        S: BYE "your account has changed; log in again"
        S: <closed>
        """);

    [Fact]
    public async Task Members_who_only_read_a_shared_account_change_nothing()
    {
        await using var server = await ManageSieveServer.StartAsync();
        var shared = (await server.Administration.AddAccountAsync(new AccountDraft("equipe@demo.test") { Kind = AccountKind.Shared }, default)).Account;
        await server.Administration.SetShareAsync("equipe@demo.test", "moi@demo.test", ShareRights.Read, default);
        await server.Scripts.PutAsync(SettingScope.Of(shared.Id), "main", "keep;"u8.ToArray(), default);
        await server.ConverseAsync($"""
            <greeting>
            C: AUTHENTICATE "PLAIN" "{ManageSieveServer.Plain("moi@demo.test", identity: "equipe@demo.test")}"
            S: OK "logged in"
            C: LISTSCRIPTS
            S: "main"
            S: OK
            C: SETACTIVE "main"
            S: NO "you may read what is in this account, not change it"
            C: PUTSCRIPT "x" "keep;"
            S: NO "you may read what is in this account, not change it"
            C: DELETESCRIPT "main"
            S: NO "you may read what is in this account, not change it"
            C: RENAMESCRIPT "main" "x"
            S: NO "you may read what is in this account, not change it"
            """);
    }

    [Fact]
    public async Task The_policy_keeps_who_may_not_use_it_out()
    {
        await using var server = await ManageSieveServer.StartAsync();
        var account = await server.Administration.GetAccountAsync("moi@demo.test", default);
        await server.Store.Settings.SetAsync(SettingScope.Of(account.Id), "policy", """{"manageSieve": {"on": false}}"""u8.ToArray(), default);
        await server.ConverseAsync($"""
            <greeting>
            C: AUTHENTICATE "PLAIN" "{ManageSieveServer.Plain("moi@demo.test")}"
            S: NO *
            """);
    }

    [Fact]
    public Task A_client_that_never_logs_in_is_let_go() => ManageSieveServer.RunAsync("""
        <greeting>
        T: 31s
        S: BYE "log in sooner"
        S: <closed>
        """);

    [Fact] // RFC 5804 §1.2
    public Task A_silent_client_is_kept_for_half_an_hour() => ManageSieveServer.RunAsync("""
        <login>
        T: 29m
        C: NOOP
        S: OK "done"
        T: 31m
        S: BYE "you said nothing for too long"
        S: <closed>
        """);
}
