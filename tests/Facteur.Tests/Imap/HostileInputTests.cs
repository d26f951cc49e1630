using System.Text;
using Facteur.Imap;

namespace Facteur.Tests.Imap;

/// <summary>What attackers send (RELIABILITY S-11): bounded, answered, and the frame is never lost silently.</summary>
[Trait("Promise", "S-11")]
public sealed class HostileInputTests(ImapServer server) : IClassFixture<ImapServer>
{
    [Theory]
    [InlineData("{4294967295}")]
    [InlineData("{99999999999999999999}")]
    [InlineData("{4097}")]
    public Task A_large_literal_before_login_is_bad(string head) => server.RunAsync($"""
        S: * OK *
        C: a1 LOGIN {head}
        S: a1 BAD the literal is too large
        C: a2 NOOP
        S: a2 OK done
        """);

    [Theory]
    [InlineData("{4294967295+}")]
    [InlineData("{999999999999+}")]
    [InlineData("~{99999999999999999999+}")]
    public Task A_large_literal_that_is_on_the_way_ends_the_session(string head) => server.RunAsync($"""
        S: * OK *
        C: a1 LOGIN {head}
        S: a1 BAD the literal is too large
        S: * BYE the literal is too large
        S: <closed>
        """);

    // One octet too few: the rest of the password would be read as a command.
    [Theory]
    [InlineData("""C\: a1 LOGIN {2+}\r\nmoi {3+}\r\npwd\r\na2 NOOP\r\n""")]
    [InlineData("""C\: a1 LOGIN {4+}\r\nmoi {3+}\r\npwd\r\na2 NOOP\r\n""")]
    public Task A_literal_of_the_wrong_length_ends_the_session(string line) => server.RunAsync($"""
        S: * OK *
        {line}
        S: a1 BAD *
        S: * BYE a literal does not fit its length
        S: <closed>
        """);

    [Fact]
    public Task A_line_without_end_is_cut_off() => server.RunAsync($"""
        S: * OK *
        C\: a1 LOGIN {new string('(', 9_000)}
        S: a1 BAD the command is too long
        S: * BYE the command is too long
        S: <closed>
        """, new ImapOptions { MaxLineOctets = 8192 });

    [Fact]
    public Task A_long_line_is_bad_and_ends_the_session() => server.RunLoggedInAsync($"""
        C: a1 FETCH {new string('(', 9_000)}
        S: a1 BAD the command is too long
        S: * BYE the command is too long
        S: <closed>
        """, imap: new ImapOptions { PlaintextOnLoopback = true, MaxLineOctets = 8192 });

    [Fact]
    public Task Parentheses_and_OR_NOT_by_the_thousand_are_bad() => server.RunLoggedInAsync($"""
        C: a1 SELECT INBOX
        S: * FLAGS *
        S: * OK [PERMANENTFLAGS *
        S: * 0 EXISTS
        S: * 0 RECENT
        S: * OK [UIDVALIDITY *
        S: * OK [UIDNEXT *
        S: * OK [HIGHESTMODSEQ *
        S: * OK [MAILBOXID (F*)] the mailbox, whatever its name
        S: a1 OK [READ-WRITE] selected
        C: a2 SEARCH {new string('(', 60_000)}
        S~: a2 (BAD|NO) .*
        C: a3 SEARCH {string.Concat(Enumerable.Repeat("OR NOT ", 9_000))}ALL
        S~: a3 (BAD|NO) .*
        C: a4 SEARCH {string.Join(',', Enumerable.Repeat("1:*", 15_000))}
        S: * SEARCH
        S: a4 OK *
        C: a5 NOOP
        S: a5 OK done
        """);

    [Fact]
    public Task A_thousand_pipelined_commands_are_answered_in_order()
    {
        var commands = string.Concat(Enumerable.Range(1, 1000).Select(i => $"a{i} NOOP\\r\\n"));
        var answers = string.Concat(Enumerable.Range(1, 1000).Select(i => $"S: a{i} OK done\n"));
        return server.RunLoggedInAsync($"C\\: {commands}\n{answers}");
    }

    [Fact]
    public Task A_command_of_many_literals_has_its_bound()
    {
        var script = new StringBuilder();
        script.Append("C\\: a1 SEARCH");
        for (var i = 0; i < 4; i++) script.Append(" SUBJECT {6000+}\\r\\n").Append('x', 6_000);
        script.Append("\\r\\n\nS: a1 BAD the literal is too large\nS: * BYE *\nS: <closed>\n");
        return server.RunLoggedInAsync(script.ToString(), imap: new ImapOptions { PlaintextOnLoopback = true, MaxCommandOctets = 20_000 });
    }
}
