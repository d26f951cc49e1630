using System.Text;
using Facteur.Delivery.Filtering;
using Facteur.Tests.Net.Dialing;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering.Checkers;

/// <summary>Conversations with milters.</summary>
public sealed class MilterTests
{
    private const string Message = "From: a@example.org\nSubject: Bonjour\n  tout le monde\nX-Empty:\n\nUn.\nDeux.\n";

    private static string Settings(int port, string more = "") =>
        $$"""{ "headers": false, "hostNames": false, "milters": [ { "name": "test", "address": "127.0.0.1:{{port}}"{{more}} } ] }""";

    private static async Task<FilterVerdict> AskAsync(ScriptedMilter milter, string more = "", FilterInput? input = null)
    {
        using var fixture = new FilterFixture(Settings(milter.Port, more));
        return await fixture.Policy.JudgeAsync(input ?? Input(Message, "a@example.org", Moi, Ami), default);
    }

    [Fact]
    public async Task A_message_is_told_from_the_connection_to_its_end()
    {
        await using var milter = new ScriptedMilter(ScriptedMilter.Continue);
        var verdict = await AskAsync(milter);
        await milter.Ended;
        Assert.Empty(verdict.Reasons);
        Assert.Equal(
            [
                "C[192.0.2.1]|4\u0010\u00e1192.0.2.1|", "Hmail.example.org|", "M<a@example.org>|", "R<moi@demo.test>|", "R<ami@demo.test>|", "T",
                "LFrom|a@example.org|", "LSubject|Bonjour\n  tout le monde|", "LX-Empty||", "N", "BUn.\r\nDeux.\r\n", "E", "Q",
            ],
            milter.HeardWithoutMacros);
        Assert.Contains("DCj|mx.demo.test|{daemon_name}|facteur|v|Facteur|", milter.Heard);
        Assert.Contains("DR{rcpt_addr}|ami@demo.test|{rcpt_host}||{rcpt_mailer}|local|", milter.Heard);
    }

    [Fact]
    public async Task Steps_that_it_does_not_want_are_left_out_and_silent_ones_not_waited_for()
    {
        // No connect, hello, data or end of header; no answers to mail, recipient, header and body; values with their leading blank.
        await using var milter = new ScriptedMilter((command, _) => command == 'E' ? ["c"] : [], steps: 0x1 | 0x2 | 0x200 | 0x40 | 0x4000 | 0x8000 | 0x80 | 0x8_0000 | 0x10_0000);
        Assert.Empty((await AskAsync(milter)).Reasons);
        await milter.Ended;
        Assert.Equal(
            ["M<a@example.org>|", "R<moi@demo.test>|", "R<ami@demo.test>|", "LFrom| a@example.org|", "LSubject| Bonjour\n  tout le monde|", "LX-Empty||", "BUn.\r\nDeux.\r\n", "E", "Q"],
            milter.HeardWithoutMacros);
    }

    [Fact]
    public async Task A_long_body_comes_in_pieces_until_it_has_seen_enough()
    {
        var body = new string('x', 200_000);
        await using var milter = new ScriptedMilter(ScriptedMilter.Continue);
        var input = Input(Message + body);
        await AskAsync(milter, "", input);
        await milter.Ended;
        Assert.Equal([65_535, 65_535, 65_535], milter.Heard.Where(text => text[0] == 'B').Take(3).Select(text => text.Length - 1));
        Assert.Equal("Un.\r\nDeux.\r\n" + body, string.Concat(milter.Heard.Where(text => text[0] == 'B').Select(text => text[1..])));
        Assert.InRange(((MemorySource)input.Source).LargestRead, 1, 65_535);

        await using var skipping = new ScriptedMilter(ScriptedMilter.At('B', "s"));
        await AskAsync(skipping, "", Input(Message + body));
        await skipping.Ended;
        Assert.Equal(["B", "E", "Q"], skipping.HeardWithoutMacros.Select(text => text[..1]).SkipWhile(letter => letter != "B"));
    }

    [Theory]
    [InlineData('C', "r", "550 5.7.1 refused by local policy")]
    [InlineData('H', "t", "451 4.7.1 try again later")]
    [InlineData('M', "y554 5.7.0 go away|", "554 5.7.0 go away")]
    [InlineData('M', "y450-4.2.0 wait\r\n450 4.2.0 more|", "450 4.2.0 wait 450 4.2.0 more")]
    [InlineData('M', "y550|", "550 5.7.1 refused by local policy")]
    [InlineData('M', "ynonsense|", "550 5.7.1 refused by local policy")]
    [InlineData('T', "4", "451 4.7.1 try again later")]
    [InlineData('L', "f", "451 4.7.1 try again later")]
    [InlineData('N', "r", "550 5.7.1 refused by local policy")]
    [InlineData('B', "t", "451 4.7.1 try again later")]
    [InlineData('E', "d", "550 5.7.1 refused by local policy")] // discard: nothing vanishes
    [InlineData('E', "y550 5.7.9 no\u00e9|", "550 5.7.9 no")]
    public async Task Every_refusal_is_an_answer_to_the_client(char step, string answer, string refusal)
    {
        await using var milter = new ScriptedMilter(ScriptedMilter.At(step, answer));
        var verdict = await AskAsync(milter);
        Assert.Equal(refusal, verdict.Refusal!.ToString());
        Assert.Equal(refusal[0] == '5' ? FilterAction.Reject : FilterAction.Defer, verdict.Action);
        Assert.Equal("test.reject", verdict.Reasons.Single().Name);
    }

    [Theory]
    [InlineData('C')]
    [InlineData('M')]
    [InlineData('B')]
    public async Task Accept_ends_the_conversation(char step)
    {
        await using var milter = new ScriptedMilter(ScriptedMilter.At(step, "a"));
        Assert.Equal(FilterAction.Accept, (await AskAsync(milter)).Action);
        await milter.Ended;
        Assert.DoesNotContain(milter.Heard, text => text[0] == 'E');
    }

    [Fact]
    public async Task A_refused_recipient_has_it_in_junk_and_all_refused_refuse_it()
    {
        await using var milter = new ScriptedMilter((command, data) => command == 'R' && Encoding.ASCII.GetString(data).Contains("moi", StringComparison.Ordinal) ? ["y550 5.7.1 not moi|"] : ScriptedMilter.Continue(command, data));
        var verdict = await AskAsync(milter);
        Assert.Equal((FilterAction.Junk, FilterAction.Accept), (verdict.For(Moi.Account).Action, verdict.For(Ami.Account).Action));
        Assert.Equal("test refused it for you: not moi", verdict.For(Moi.Account).Reasons.Single().English);
        verdict = await AskAsync(milter, "", Input(Message));
        Assert.Equal("550 5.7.1 not moi", verdict.Refusal!.ToString());
    }

    [Fact]
    public async Task It_may_add_fields_and_set_a_message_aside()
    {
        await using var milter = new ScriptedMilter(ScriptedMilter.At('E', "p", "hX-Seen|yes|", "i\0\0\0\u0001X-First|a\r\n b|", "m\0\0\0\u0001Subject|changed|", "m\0\0\0\u0002Subject|added|", "m\0\0\0\u0001X-New|new|", "m\0\0\0\u0001X-Empty||", "hFrom|evil@example.org|", "qlooks odd|", "p", "c"));
        var verdict = await AskAsync(milter);
        Assert.Equal([new AddedField("X-Seen", "yes"), new AddedField("X-First", "a\r\n b"), new AddedField("X-New", "new")], verdict.AddedFields);
        Assert.Equal((FilterAction.Junk, "test set it aside: looks odd"), (verdict.Action, verdict.Reasons.Single().English));
    }

    [Theory]
    [InlineData('E', "bother body")]
    [InlineData('E', "+<x@example.org>|")]
    [InlineData('E', "z")]
    [InlineData('M', "z")]
    public async Task What_it_may_not_do_is_an_outage(char step, string answer)
    {
        await using var milter = new ScriptedMilter(ScriptedMilter.At(step, answer, "c"));
        Assert.Equal((FilterAction.Defer, "test.failed"), Result(await AskAsync(milter, ", \"onFailure\": \"defer\"")));
        Assert.Equal((FilterAction.Accept, "test.failed"), Result(await AskAsync(milter)));
    }

    [Theory]
    [InlineData(1u, 0x1u, 0u)]
    [InlineData(7u, 0x1u, 0u)]
    [InlineData(6u, 0x2u, 0u)] // wants to change bodies
    [InlineData(6u, 0x1u, 0x800u)] // wants to hear of refused recipients
    public async Task A_negotiation_that_goes_wrong_is_an_outage(uint version, uint actions, uint steps)
    {
        await using var milter = new ScriptedMilter(ScriptedMilter.Continue, version, actions, steps);
        Assert.Equal((FilterAction.Accept, "test.failed"), Result(await AskAsync(milter)));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, (byte)'O' })]
    [InlineData(new byte[] { 0, 0, 0, 5, (byte)'O', 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 1, (byte)'O' })]
    [InlineData(new byte[0])]
    public async Task Nonsense_is_an_outage(byte[] octets)
    {
        await using var milter = new Target(async (stream, cancel) => await stream.WriteAsync(octets, cancel));
        using var fixture = new FilterFixture(Settings(milter.Port));
        Assert.Equal((FilterAction.Accept, "test.failed"), Result(await fixture.Policy.JudgeAsync(Input(Message), default)));
    }

    [Theory]
    [InlineData('C')]
    [InlineData('L')]
    [InlineData('E')]
    public async Task One_that_breaks_off_or_hangs_is_an_outage(char step)
    {
        await using var milter = new ScriptedMilter((command, data) => command == step ? null : ScriptedMilter.Continue(command, data));
        Assert.Equal((FilterAction.Accept, "test.failed"), Result(await AskAsync(milter)));

        var reached = new TaskCompletionSource();
        await using var hanging = new ScriptedMilter((command, data) =>
        {
            if (command != step) return ScriptedMilter.Continue(command, data);
            reached.TrySetResult();
            return [];
        });
        using var fixture = new FilterFixture(Settings(hanging.Port, ", \"timeout\": \"00:00:05\", \"onFailure\": \"defer\""));
        var judging = fixture.Policy.JudgeAsync(Input(Message), default).AsTask();
        await reached.Task;
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal((FilterAction.Defer, "test.failed"), Result(await judging));
    }

    private static (FilterAction, string) Result(FilterVerdict verdict) => (verdict.Action, verdict.Reasons.Single().Name);
}
