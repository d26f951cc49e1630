using System.Text;
using Facteur.Sieve.Managing;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Sieve.Managing;

/// <summary>Commands on scripts.</summary>
public sealed class ManageSieveScriptTests
{
    [Fact] // RFC 5804 §2.6, §2.7, §2.8, §2.9
    public Task A_script_is_stored_listed_made_active_and_read() => ManageSieveServer.RunAsync("""
        <login>
        C: LISTSCRIPTS
        S: OK
        C: PUTSCRIPT "mysievescript" {111+}
        C: require ["fileinto", "envelope"];
        C:
        C: if envelope :contains "to" "tmartin+sent" {
        C:   fileinto "INBOX.sent";
        C: }
        C:
        S: OK "stored"
        C: Listscripts
        S: "mysievescript"
        S: OK
        C: SETACTIVE "mysievescript"
        S: OK "the script is active"
        C: LISTSCRIPTS
        S: "mysievescript" ACTIVE
        S: OK
        C: GETSCRIPT "mysievescript"
        S: {111}
        S: require ["fileinto", "envelope"];
        S:
        S: if envelope :contains "to" "tmartin+sent" {
        S:   fileinto "INBOX.sent";
        S: }
        S:
        S: OK
        C: SETACTIVE ""
        S: OK "no script is active"
        C: SETACTIVE ""
        S: OK "no script is active"
        C: LISTSCRIPTS
        S: "mysievescript"
        S: OK
        """);

    [Fact] // RFC 5804 §2.6
    public Task What_does_not_compile_is_told_line_by_line_and_not_stored() => ManageSieveServer.RunAsync("""
        <login>
        C: PUTSCRIPT "foo" {31+}
        C: #comment
        C: InvalidSieveCommand
        C:
        S: NO {*}
        S: line *
        """.Replace("S: NO {*}\nS: line *", "S~: NO \"line [23], column .*\"", StringComparison.Ordinal) + """

        C: PUTSCRIPT "foo" "keep;"
        S: OK "stored"
        C: PUTSCRIPT "foo" "nothing; fileinto \"x\";"
        S: NO {105}
        S: line 1, column 1: there is no command "nothing"
        S: line 1, column 10: "fileinto" needs: require "fileinto";
        C: GETSCRIPT "foo"
        S: {5}
        S: keep;
        S: OK
        C: PUTSCRIPT "foo" ""
        S: NO "the script is empty"
        C: PUTSCRIPT "foo" "require \"vnd.unknown\";"
        S: NO "line 1, column 9: the extension \"vnd.unknown\" is not supported"
        """);

    [Fact] // RFC 5804 §2.6, the last example
    public Task Authors_are_warned_with_the_ok() => ManageSieveServer.RunAsync("""
        <login>
        C: PUTSCRIPT "a" "stop; keep;"
        S: OK (WARNINGS) "line 1, column 7: this is never reached: \"stop\" stands before it"
        C: CHECKSCRIPT "stop; keep;"
        S: OK (WARNINGS) "line 1, column 7: this is never reached: \"stop\" stands before it"
        C: CHECKSCRIPT "keep;"
        S: OK "the script is right"
        C: CHECKSCRIPT {6+}
        C: nokeep
        S: NO "line 1, column 7: \";\" expected after the command \"nokeep\", not the end of the script"
        C: CHECKSCRIPT ""
        S: NO "the script is empty"
        C: LISTSCRIPTS
        S: "a"
        S: OK
        """);

    [Fact] // RFC 5804 §2.12: a script that has unknown things in "ihave" only is right
    public Task What_ihave_guards_may_be_unknown() => ManageSieveServer.RunAsync("""
        <login>
        C: CHECKSCRIPT "require \"ihave\"; if ihave \"vnd.unknown\" { vnd_command; }"
        S: OK "the script is right"
        """);

    [Fact] // RFC 5804 §2.8 to §2.11
    public Task Names_that_are_not_there_or_taken() => ManageSieveServer.RunAsync("""
        <login>
        C: PUTSCRIPT "foo" "keep;"
        S: OK "stored"
        C: PUTSCRIPT "bar" "stop;"
        S: OK "stored"
        C: SETACTIVE "baz"
        S: NO (NONEXISTENT) "there is no script of that name"
        C: GETSCRIPT "baz"
        S: NO (NONEXISTENT) "there is no script of that name"
        C: DELETESCRIPT "baz"
        S: NO (NONEXISTENT) "there is no script of that name"
        C: RENAMESCRIPT "baz" "bar"
        S: NO (NONEXISTENT) "there is no script of that name"
        C: RENAMESCRIPT "foo" "bar"
        S: NO (ALREADYEXISTS) "a script of that name exists"
        C: SETACTIVE "foo"
        S: OK *
        C: DELETESCRIPT "foo"
        S: NO (ACTIVE) "an active script is not deleted; make another one active first, or none"
        C: RENAMESCRIPT "foo" "foo2"
        S: OK "renamed"
        C: LISTSCRIPTS
        S: "bar"
        S: "foo2" ACTIVE
        S: OK
        C: DELETESCRIPT "bar"
        S: OK "deleted"
        C: SETACTIVE "FOO2"
        S: NO (NONEXISTENT) *
        """);

    [Fact] // RFC 5804 §2.5
    public Task Room_is_told_before_it_is_used() => ManageSieveServer.RunAsync("""
        <login>
        C: HAVESPACE "myscript" 999999
        S: NO (QUOTA/MAXSIZE) "a script has at most 100 octets"
        C: HAVESPACE "foobar" 100
        S: OK "there is room"
        C: HAVESPACE "" 1
        S: NO "a script has a name of at most 512 octets, without control characters"
        C: HAVESPACE "x" 4294967296
        S: NO "the size is missing; a number is expected"
        C: HAVESPACE "x" 01
        S: NO "the size is missing; a number is expected"
        C: HAVESPACE "x"
        S: NO "the size is missing"
        C: PUTSCRIPT "a" "keep;"
        S: OK *
        C: PUTSCRIPT "b" "keep;"
        S: OK *
        C: HAVESPACE "c" 10
        S: NO (QUOTA/MAXSCRIPTS) "an account keeps at most 2 scripts"
        C: HAVESPACE "b" 96
        S: NO (QUOTA) "all scripts of an account together have at most 100 octets"
        C: PUTSCRIPT "c" "keep;"
        S: NO (QUOTA/MAXSCRIPTS) *
        """, limits: new ScriptLimits { MaxScripts = 2, MaxScriptOctets = 100, MaxTotalOctets = 100 });

    [Fact]
    public Task A_script_that_is_too_long_is_read_past_and_refused() => ManageSieveServer.RunAsync($$"""
        <login>
        C: PUTSCRIPT "long" {20000+}
        C\: {{new string('x', 20_000)}}
        C:
        S: NO (QUOTA/MAXSIZE) "a script has at most 100 octets"
        C: NOOP
        S: OK "done"
        C: PUTSCRIPT "long" {9000000+}
        S: BYE "a script has at most 100 octets"
        S: <closed>
        """, limits: new ScriptLimits { MaxScriptOctets = 100 });

    [Fact] // S-22: names are names, whatever they look like
    public Task Names_that_look_like_paths_are_names() => ManageSieveServer.RunAsync("""
        <login>
        C: PUTSCRIPT "../../etc/passwd" "keep;"
        S: OK "stored"
        C: PUTSCRIPT "C:\\CON" "keep;"
        S: OK "stored"
        C: PUTSCRIPT {12+}
        C: clever"nuage "keep;"
        S: OK "stored"
        C: PUTSCRIPT "%2e%2e" "keep;"
        S: OK "stored"
        C: PUTSCRIPT "été" "keep;"
        S: OK "stored"
        C: LISTSCRIPTS
        S: "%2e%2e"
        S: "../../etc/passwd"
        S: "C:\\CON"
        S: "clever\"nuage"
        S: "été"
        S: OK
        C: GETSCRIPT "../../etc/passwd"
        S: {5}
        S: keep;
        S: OK
        C: GETSCRIPT "/etc/passwd"
        S: NO (NONEXISTENT) *
        """);

    [Theory] // RFC 5804 §1.6
    [InlineData("\"\"")]
    [InlineData("{3+}\\r\\na\\0b")]
    [InlineData("{3+}\\r\\na\\nb")]
    [InlineData("{4+}\\r\\na\\xC2\\x85b")]
    [InlineData("{5+}\\r\\na\\xE2\\x80\\xA8b")]
    [InlineData("\"a\\x7Fb\"")]
    public Task Names_that_cannot_be(string name) => ManageSieveServer.RunAsync($"""
        <login>
        C\: PUTSCRIPT {name} "keep;"\r\n
        S: NO "a script has a name of at most 512 octets, without control characters"
        """);

    [Theory] // overlong and broken UTF-8
    [InlineData("\"\\xC0\\xAE\\xC0\\xAE\"")]
    [InlineData("\"\\xFF\"")]
    [InlineData("{2+}\\r\\n\\xC3(")]
    public Task Names_that_are_not_utf8(string name) => ManageSieveServer.RunAsync($"""
        <login>
        C\: PUTSCRIPT {name} "keep;"\r\n
        S: NO "the name is not UTF-8"
        C\: GETSCRIPT {name}\r\n
        S: NO "the name is not UTF-8"
        """);

    [Fact]
    public Task Scripts_that_are_not_utf8_are_refused() => ManageSieveServer.RunAsync("""
        <login>
        C\: PUTSCRIPT "x" {8+}\r\nkeep; #\xFF\r\n
        S: NO "line 1, column 1: the script is not UTF-8"
        """);

    [Fact] // RFC 5804 §1.6: 128 characters must be taken, none may be cut
    public Task Long_names_are_taken_or_refused_whole() => ManageSieveServer.RunAsync($"""
        <login>
        C: PUTSCRIPT "{string.Concat(Enumerable.Repeat("📨", 128))}" "keep;"
        S: OK "stored"
        C: PUTSCRIPT "{new string('x', 513)}" "keep;"
        S: NO *
        C: LISTSCRIPTS
        S: "{string.Concat(Enumerable.Repeat("📨", 128))}"
        S: OK
        """);

    [Fact] // RFC 5804 §2.13
    public Task Noop_says_what_it_was_told() => ManageSieveServer.RunAsync("""
        <login>
        C: NOOP
        S: OK "done"
        C: NOOP "STARTTLS-SYNC-42"
        S: OK (TAG "STARTTLS-SYNC-42") "done"
        C\: NOOP {3+}\r\na\r\n\r\n
        S: OK (TAG {3}
        S\: a\r\n) "done"\r\n
        """);

    [Fact]
    public Task Commands_may_be_sent_together() => ManageSieveServer.RunAsync("""
        <login>
        C\: PUTSCRIPT "a" "keep;"\r\nSETACTIVE "a"\r\nLISTSCRIPTS\r\nNOOP "x"\r\n
        S: OK "stored"
        S: OK "the script is active"
        S: "a" ACTIVE
        S: OK
        S: OK (TAG "x") "done"
        """);

    [Fact]
    public Task What_makes_no_sense_is_refused_and_at_last_ends_the_connection() => ManageSieveServer.RunAsync(
        "<login>\n" + """
        C: NONSENSE
        S: NO "there is no such command"
        C:
        S: NO "there is no such command"
        C: LISTSCRIPTS now
        S: NO "there is more than the command takes"
        C: GETSCRIPT foo
        S: NO "the name is missing; a string in quotes or a literal is expected"
        C: GETSCRIPT  "foo"
        S: NO *
        C: GETSCRIPT "foo
        S: NO *
        C: GETSCRIPT "f\oo"
        S: NO *
        C: GETSCRIPT {5-}
        S: NO *
        C: NOOP
        S: OK "done"

        """.ReplaceLineEndings("\n") + string.Concat(Enumerable.Repeat("C: HELO\nS: NO \"there is no such command\"\n", 19)) + "C: HELO\nS: BYE \"too many commands that make no sense\"\nS: <closed>");

    [Theory] // before login: RSS does not grow with what a client promises (S-11, P17)
    [InlineData("AUTHENTICATE \"PLAIN\" {4294967295+}\\r\\n")]
    [InlineData("AUTHENTICATE \"PLAIN\" {30000+}\\r\\n")]
    [InlineData("NOOP {99999999+}\\r\\n")]
    public Task A_literal_before_login_is_small(string octets) => ManageSieveServer.RunAsync($$"""
        <greeting>
        C\: {{octets}}
        S: BYE *
        S: <closed>
        """);

    [Fact]
    public Task A_line_without_end_is_given_up() => ManageSieveServer.RunAsync($"""
        <greeting>
        C\: {new string('x', 30_000)}
        S: BYE "a line or a command is longer than it may be"
        S: <closed>
        """);

    [Fact]
    public Task A_command_with_too_many_literals_is_given_up() => ManageSieveServer.RunAsync($$"""
        <greeting>
        C\: NOOP {20000+}\r\n{{new string('x', 20_000)}} {20000+}\r\n
        S: BYE *
        S: <closed>
        """);

    [Fact] // octet by octet: the frame is found wherever the octets are cut
    public Task Octet_by_octet() => ManageSieveServer.RunAsync($$"""
        <login>
        C: PUTSCRIPT {5+}
        C: a"b\c {24+}
        C: keep; # un {3+} deux
        C: #2
        S: OK "stored"
        C: GETSCRIPT "a\"b\\c"
        S: {24}
        S: keep; # un {3+} deux
        S: #2
        S: OK
        C: NOOP "fin"
        S: OK (TAG "fin") "done"
        """, connection: new TranscriptOptions { Connection = new() { Time = new FakeTime(), Certificates = TestCertificate.Store }, OctetByOctet = true });

    [Fact]
    public async Task Two_clients_and_the_delivery_see_the_same_scripts()
    {
        await using var server = await ManageSieveServer.StartAsync();
        await server.ConverseAsync($"""
            <login>
            {ManageSieveScripts("C2", "S2")}
            C: PUTSCRIPT "a" "keep;"
            S: OK "stored"
            C2: SETACTIVE "a"
            S2: OK "the script is active"
            C: LISTSCRIPTS
            S: "a" ACTIVE
            S: OK
            """);
        var account = await server.Administration.GetAccountAsync("moi@demo.test", default);
        Assert.Equal("a", (await server.Scripts.ListAsync(SettingScope.Of(account.Id), default)).Active!.Name);
    }

    [Fact] // S-25
    public async Task Nobody_sees_the_scripts_of_others()
    {
        await using var server = await ManageSieveServer.StartAsync();
        var other = await server.Administration.GetAccountAsync("ami@demo.test", default);
        await server.Scripts.PutAsync(SettingScope.Of(other.Id), "secret", "keep;"u8.ToArray(), default);
        await server.Scripts.PutAsync(SettingScope.Site, "global", "keep;"u8.ToArray(), default);
        await server.ConverseAsync("""
            <login>
            C: LISTSCRIPTS
            S: OK
            C: GETSCRIPT "secret"
            S: NO (NONEXISTENT) "there is no script of that name"
            C: GETSCRIPT "global"
            S: NO (NONEXISTENT) "there is no script of that name"
            C: PUTSCRIPT "mine" "require \"include\"; include :global \"global\";"
            S: OK "stored"
            """);
    }

    private static string ManageSieveScripts(string client, string server) =>
        string.Concat(Enumerable.Repeat($"{server}: *\n", 9)) + $"{client}: AUTHENTICATE \"PLAIN\" \"{ManageSieveServer.Plain("moi@demo.test")}\"\n{server}: OK \"logged in\"";
}
