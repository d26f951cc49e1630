using System.Buffers;
using System.Text;
using Facteur.Sieve.Managing.Wire;

namespace Facteur.Tests.Sieve.Managing;

/// <summary>Frames and strings.</summary>
public sealed class ManageSieveWireTests
{
    [Fact]
    public Task Command_names_have_no_case() => ManageSieveServer.RunAsync("""
        <login>
        C: listScripts
        S: OK
        C: pUtScRiPt "a" "keep;"
        S: OK "stored"
        C: logout
        S: OK "goodbye"
        S: <closed>
        """);

    [Fact]
    public Task Arguments_where_none_belong_are_refused() => ManageSieveServer.RunAsync("""
        <login>
        C: CAPABILITY now
        S: NO "there is more than the command takes"
        C: LOGOUT now
        S: NO "there is more than the command takes"
        C: UNAUTHENTICATE ""
        S: NO "there is more than the command takes"
        C: NOOP "a" "b"
        S: NO "there is more than the command takes"
        C: SETACTIVE "a" "b"
        S: NO "there is more than the command takes"
        """);

    [Fact] // before RFC 5804 clients wrote no "+" and waited for nothing
    public Task A_literal_without_plus_is_read_like_one_with_it() => ManageSieveServer.RunAsync("""
        <login>
        C\: PUTSCRIPT "a" {5}\r\nkeep;\r\n
        S: OK "stored"
        """);

    [Fact]
    public Task Nothing_said_after_logout_is_done() => ManageSieveServer.RunAsync("""
        <login>
        C\: LOGOUT\r\nPUTSCRIPT "a" "keep;"\r\n
        S: OK "goodbye"
        S: <closed>
        """);

    [Fact]
    public Task An_empty_literal_is_the_empty_string() => ManageSieveServer.RunAsync("""
        <login>
        C\: SETACTIVE {0+}\r\n\r\n
        S: OK "no script is active"
        """);

    [Fact]
    public Task What_looks_like_a_literal_inside_quotes_is_text() => ManageSieveServer.RunAsync("""
        <login>
        C: PUTSCRIPT "a {5+} b" "keep;"
        S: OK "stored"
        C: LISTSCRIPTS
        S: "a {5+} b"
        S: OK
        """);

    [Theory]
    [InlineData("NOOP\r\n")]
    [InlineData("PUTSCRIPT \"a\" {7+}\r\nkeep;\r\n\r\n")]
    [InlineData("PUTSCRIPT {1+}\r\na {0+}\r\n\r\n")]
    [InlineData("X {12+}\r\n{3+}\r\n{3+}\r\n\r\n")]
    public void A_command_ends_where_it_ends_however_it_is_cut(string command)
    {
        var octets = Encoding.ASCII.GetBytes(command + "NEXT\r\n");
        var receiver = new ManageSieveReceiver(1_000, 1_000);
        for (var length = 0; length < command.Length; length++) Assert.Equal(ReceiveStatus.NeedMore, receiver.Receive(new ReadOnlySequence<byte>(octets, 0, length)));
        Assert.Equal(ReceiveStatus.Complete, receiver.Receive(new ReadOnlySequence<byte>(octets)));
        Assert.Equal(command.Length, receiver.Length);
        var whole = new ManageSieveReceiver(1_000, 1_000);
        Assert.Equal(ReceiveStatus.Complete, whole.Receive(new ReadOnlySequence<byte>(octets)));
        Assert.Equal(command.Length, whole.Length);
    }

    [Theory]
    [InlineData("{0+}", 0u)]
    [InlineData("x {4294967295+}", 4294967295u)]
    [InlineData("{12}", 12u)]
    public void Heads_of_literals(string line, uint expected)
    {
        Assert.True(ScriptLiteral.TryParseEnd(Encoding.ASCII.GetBytes(line), out var length));
        Assert.Equal(expected, length);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{+}")]
    [InlineData("{01+}")]
    [InlineData("{-1+}")]
    [InlineData("{4294967296+}")]
    [InlineData("{99999999999+}")]
    [InlineData("{1+} ")]
    [InlineData("1+}")]
    public void What_is_no_head(string line) => Assert.False(ScriptLiteral.TryParseEnd(Encoding.ASCII.GetBytes(line), out _));

    [Fact] // S-31: random octets end in an answer or an end, never in a fault
    public void Random_octets_never_throw_anything_else()
    {
        var random = new Random(5804);
        const string alphabet = "NOPUTSCRIPT \"\\{}+0123456789\r\n\0é";
        for (var i = 0; i < 20_000; i++)
        {
            var octets = Encoding.UTF8.GetBytes(new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)])]) + "\r\n");
            try
            {
                Facteur.Sieve.Managing.Commands.ManageSieveCommandTable.Parse(octets, Facteur.Sieve.Managing.ManageSieveStates.Authenticated);
            }
            catch (Facteur.Sieve.Managing.ManageSieveSyntaxException)
            {
                // As it should be.
            }
        }
    }
}
