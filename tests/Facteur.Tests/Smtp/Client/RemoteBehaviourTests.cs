using System.Text;
using Facteur.Smtp.Client;
using static Facteur.Tests.Smtp.Client.ClientConversation;

namespace Facteur.Tests.Smtp.Client;

/// <summary>R-14: what hosts do, and what it means for the queue.</summary>
public sealed class RemoteBehaviourTests
{
    private const string Envelope1 = """
        C: MAIL FROM:<sender@client.example> SIZE=22
        C: RCPT TO:<a@mx.example>
        C: RCPT TO:<b@mx.example>
        C: DATA

        """;

    private const string Content1 = """
        C: Subject: hi
        C: 
        C: hello
        C: .

        """;

    private static readonly (OutgoingEnvelope, OutgoingContent) Two = (Envelope("a@mx.example", "b@mx.example"), Small);

    [Theory]
    [InlineData("S: 421 4.3.2 closing\nS: <close>\n", SmtpStage.Mail)]
    [InlineData("S: 250 ok\nS: 421 4.3.2 closing\nS: <close>\n", SmtpStage.Rcpt)]
    [InlineData("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 421 4.3.2 closing\nS: <close>\n", SmtpStage.Data)]
    [InlineData("S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" + Content1 + "S: 421 4.3.2 closing\nS: <close>\n", SmtpStage.ContentEnd)]
    public async Task A_host_may_close_by_421_at_every_stage(string script, SmtpStage stage)
    {
        var result = await RunAsync(Hello + Envelope1 + script, messages: Two);
        Assert.All(result.Outcomes, outcome => Assert.True(outcome is { Verdict: AttemptVerdict.TemporaryFailure, ReplyCode: 421, Text: "closing", IsUncertain: false }, outcome.ToString()));
        Assert.Equal(stage, result.Outcomes[0].Stage);
    }

    [Theory]
    [InlineData("S: 421 4.3.2 closing\nS: <close>\n", SmtpStage.Greeting)]
    [InlineData("S: 220 mx\nC: EHLO client.example\nS: 421 4.3.2 closing\nS: <close>\n", SmtpStage.Ehlo)]
    [InlineData("S: 220 mx\nC: EHLO client.example\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 421 4.3.2 closing\nS: <close>\n", SmtpStage.Tls)]
    public async Task Before_mail_too(string script, SmtpStage stage)
    {
        var result = await RunAsync(script);
        Assert.True(result.Failure is { Verdict: AttemptVerdict.TemporaryFailure, ReplyCode: 421 } && result.Failure.Stage == stage, result.Failure.ToString());
    }

    [Fact]
    public async Task A_421_between_messages_ends_the_session()
    {
        var result = await RunAsync(Hello + Envelope1 + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" + Content1 + """
            S: 250 queued
            C: MAIL FROM:<sender@client.example> SIZE=22
            S: 421 4.4.2 you were idle
            S: <close>
            """, messages: [Two, (Envelope("c@mx.example"), Small)]);
        Assert.Equal([250, 250, 421], result.Outcomes.Select(outcome => outcome.ReplyCode));
        Assert.True(result.Outcomes[2] is { Verdict: AttemptVerdict.TemporaryFailure, Stage: SmtpStage.Mail, ConcernsHost: true });
    }

    [Fact]
    public async Task A_421_behind_the_answer_to_a_message_is_no_answer_to_the_next()
    {
        var result = await RunAsync(Hello + Envelope1 + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" + Content1 + """
            S\: 250 queued\r\n421 4.3.2 going down\r\n
            C: QUIT
            """, messages: [Two, (Envelope("c@mx.example"), Small)]);
        Assert.Equal([250, 250], result.Outcomes.Select(outcome => outcome.ReplyCode)); // and CanSend was false for the second
    }

    [Fact]
    public async Task A_yes_before_the_reset_is_heard()
    {
        var result = await RunAsync(Hello + Envelope1 + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" + Content1 + "S: 250 2.0.0 queued\nS: <reset>\n", messages: Two);
        Assert.All(result.Outcomes, outcome => Assert.Equal((AttemptVerdict.Delivered, "queued"), (outcome.Verdict, outcome.Text)));
    }

    [Theory]
    [InlineData("S: <close>")]
    [InlineData("S: <reset>")]
    [InlineData("S\\: 250 2.0.0 que\nS: <close>")]
    [InlineData("T: 11m")]
    public async Task A_lost_answer_to_the_content_is_uncertain(string end)
    {
        var result = await RunAsync(Hello + Envelope1 + "S: 250 ok\nS: 550 no\nS: 250 ok\nS: 354 go\n" + Content1 + end, messages: Two);
        Assert.True(result.Outcomes[0] is { Verdict: AttemptVerdict.PermanentFailure, IsUncertain: false });
        Assert.True(result.Outcomes[1] is { Verdict: AttemptVerdict.TemporaryFailure, IsUncertain: true, ConcernsHost: false, Stage: SmtpStage.ContentEnd, EnhancedCode: "4.4.2" });
    }

    [Fact]
    public async Task An_LMTP_answer_that_came_stands_when_the_next_does_not()
    {
        var result = await RunAsync("""
            S: 220 box.example LMTP
            C: LHLO client.example
            S: 250-box.example
            S: 250 PIPELINING
            C: MAIL FROM:<sender@client.example>
            C: RCPT TO:<a@mx.example>
            C: RCPT TO:<b@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 250 ok
            S: 354 go
            """ + "\n" + Content1 + "S: 250 a\nS: <close>\n", setup: Setup(isLmtp: true), messages: Two);
        Assert.Equal([(AttemptVerdict.Delivered, false), (AttemptVerdict.TemporaryFailure, true)], result.Outcomes.Select(outcome => (outcome.Verdict, outcome.IsUncertain)));
    }

    [Theory]
    [InlineData("", SmtpStage.Mail)]
    [InlineData("S: 250 ok\n", SmtpStage.Rcpt)]
    [InlineData("S: 250 ok\nS: 250 ok\nS: 250 ok\n", SmtpStage.Data)]
    public async Task A_connection_lost_before_the_content_is_certain(string script, SmtpStage stage)
    {
        foreach (var end in new[] { "S: <close>", "S: <reset>", "T: 6m" })
        {
            var result = await RunAsync(Hello + Envelope1 + script + end, messages: Two);
            Assert.All(result.Outcomes, outcome => Assert.True(outcome is { Verdict: AttemptVerdict.TemporaryFailure, IsUncertain: false, ConcernsHost: true, EnhancedCode: "4.4.2" }));
            Assert.Equal(stage, result.Outcomes[1].Stage);
        }
    }

    [Theory]
    [InlineData("S: hello there")]
    [InlineData("S: 999 what")]
    [InlineData("S\\: \\x00\\xff\\xfe\\r\\n")]
    public async Task Garbage_ends_the_session(string garbage)
    {
        var result = await RunAsync(Hello + Envelope1 + garbage + "\nC: <closed>", messages: Two);
        Assert.All(result.Outcomes, outcome => Assert.Equal((AttemptVerdict.TemporaryFailure, "4.5.0"), (outcome.Verdict, outcome.EnhancedCode)));
        result = await RunAsync(garbage + "\nC: <closed>");
        Assert.Equal((SmtpStage.Greeting, "4.5.0"), (result.Failure.Stage, result.Failure.EnhancedCode));
    }

    [Fact]
    public async Task Answers_that_nobody_asked_for_do_not_count_for_later_commands()
    {
        var result = await RunAsync(Hello + Envelope1 + "S\\: 250 ok\\r\\n250 ok\\r\\n250 ok\\r\\n354 go\\r\\n250 queued, believe me\\r\\n250 and again\\r\\nC: <closed>".Replace("\\r\\nC:", "\\r\\n\nC:", StringComparison.Ordinal), messages: Two);
        Assert.All(result.Outcomes, outcome => Assert.Equal(AttemptVerdict.TemporaryFailure, outcome.Verdict));
    }

    [Fact]
    public async Task A_host_that_refuses_in_the_middle_of_the_content_is_heard()
    {
        var peer = new ScriptedPeer();
        var client = Task.Run(async () =>
        {
            var opening = await SmtpClientSession.OpenAsync(peer.Client, Setup(), Options, peer.Time, CancellationToken.None);
            await using var session = opening.Session!;
            return await session.SendAsync(Envelope("a@mx.example"), Content(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789\r\n", 80_000)))), CancellationToken.None);
        });
        using var net = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await peer.PlayAsync(Hello + """
            C: MAIL FROM:<sender@client.example> SIZE=960000
            C: RCPT TO:<a@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: 0123456789
            S: 552 5.3.4 too big after all
            """, client, net.Token);
        _ = ReadOnAsync(peer, net.Token);
        var outcome = Assert.Single(await client.WaitAsync(net.Token));
        Assert.True(outcome is { Verdict: AttemptVerdict.PermanentFailure, Stage: SmtpStage.Data, EnhancedCode: "5.3.4" }, outcome.ToString());
    }

    /// <summary>The client that hears of it only when all has gone out takes its leave as usual.</summary>
    private static async Task ReadOnAsync(ScriptedPeer peer, CancellationToken cancel)
    {
        while (await peer.ReadLineAsync(cancel) is { } line)
            if (line == "QUIT") await peer.WriteAsync("221 2.0.0 bye\r\n"u8.ToArray(), cancel);
    }

    [Fact]
    public async Task Answers_cut_at_every_octet_mean_the_same()
    {
        var result = await RunAsync(Hello + Envelope1 + "S: 250 2.1.0 ok\nS: 250-2.1.5 two\nS: 250 2.1.5 lines\nS: 550 5.1.1 no\nS: 354 go\n" + Content1 + "S: 250-2.0.0 queued\nS: 250 2.0.0 now\nC: QUIT\nS: 221 bye", new ScriptedPeer { OctetByOctet = true }, messages: Two);
        Assert.Equal([(AttemptVerdict.Delivered, "queued now"), (AttemptVerdict.PermanentFailure, "no")], result.Outcomes.Select(outcome => (outcome.Verdict, outcome.Text)));
    }

    // R-11's shape in small: nobody reads while the other writes, and nobody waits for ever.
    [Fact]
    public async Task A_host_that_answers_at_length_and_reads_late_does_not_block()
    {
        var recipients = Enumerable.Range(0, 1000).Select(i => $"recipient-{i:D60}@mx.example").ToArray();
        var peer = new ScriptedPeer();
        var options = new SmtpClientOptions { HostName = "client.example" };
        var client = Task.Run(async () =>
        {
            var opening = await SmtpClientSession.OpenAsync(peer.Client, Setup(), options, peer.Time, CancellationToken.None);
            await using var session = opening.Session!;
            return await session.SendAsync(Envelope(recipients), Small, CancellationToken.None);
        });
        using var net = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await peer.PlayAsync(Hello, client, net.Token);
        // One read, one long answer, before the next read: both pipes hold 64 KiB and are full at once.
        var answer = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("250-" + new string('x', 900) + "\r\n", 3)) + "250 ok\r\n");
        await peer.ReadLineAsync(net.Token);
        await peer.WriteAsync(answer, net.Token);
        foreach (var _ in recipients)
        {
            await peer.WriteAsync(answer, net.Token);
            await peer.ReadLineAsync(net.Token);
        }
        await peer.PlayAsync("C: DATA\nS: 354 go\n" + Content1 + "S: 250 queued\nC: QUIT\nS: 221 bye\n", client, net.Token);
        Assert.All(await client.WaitAsync(net.Token), outcome => Assert.Equal(AttemptVerdict.Delivered, outcome.Verdict));
    }

    [Fact]
    public async Task A_tarpit_is_left_after_the_time_of_a_transaction()
    {
        var recipients = Enumerable.Range(0, 30).Select(i => $"r{i}@mx.example").ToArray();
        var script = new StringBuilder(PlainHello).AppendLine("C: MAIL FROM:<sender@client.example>").AppendLine("S: 250 ok");
        for (var i = 0; i < 15; i++) script.AppendLine($"C: RCPT TO:<r{i}@mx.example>").AppendLine("T: 4m").AppendLine(i < 14 ? "S: 250 ok" : "C: <closed>");
        var result = await RunAsync(script.ToString(), messages: (Envelope(recipients), Small));
        Assert.All(result.Outcomes, outcome => Assert.Equal((AttemptVerdict.TemporaryFailure, false), (outcome.Verdict, outcome.IsUncertain)));
    }

    [Fact]
    public async Task Cancelling_ends_the_session_at_once()
    {
        var peer = new ScriptedPeer();
        using var cancel = new CancellationTokenSource();
        var opening = SmtpClientSession.OpenAsync(peer.Client, Setup(), Options, peer.Time, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Null(await peer.ReadLineAsync(CancellationToken.None));
    }
}
