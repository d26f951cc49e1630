using System.Text;
using Facteur.Delivery.Sieve;
using Facteur.Sieve;
using Facteur.Smtp;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>reject and ereject: in the session where that is possible, else by a message (RFC 5429).</summary>
public sealed class ScriptRefusalTests
{
    [Fact] // RFC 5429 §2.5
    public async Task A_message_that_its_only_recipient_refuses_is_refused_in_the_session_line_by_line()
    {
        await using var fixture = await ScriptFixture.CreateAsync("""
            require "ereject";
            ereject text:
            AntiSpam engine thinks your message is spam.
            It is therefore being refused.
            Please call 1-900-PAY-US if you want to reach us.
            .
            ;
            """);
        await fixture.SendAsync(answer: """
            S: 550-5.7.1 AntiSpam engine thinks your message is spam.
            S: 550-5.7.1 It is therefore being refused.
            S: 550 5.7.1 Please call 1-900-PAY-US if you want to reach us.
            """);
        Assert.Empty(await fixture.InAsync("INBOX"));
        Assert.Empty(await fixture.QueueAsync());
    }

    [Fact]
    public async Task One_of_two_who_refuses_sends_a_report_and_the_other_has_the_message()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"ereject\"; ereject \"no birdseed\";");
        await fixture.SendAsync(to: "moi@demo.test,ami@demo.test");
        Assert.Empty(await fixture.InAsync("INBOX"));
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX", "ami@demo.test"));
        var item = Assert.Single(await fixture.QueueAsync());
        Assert.Equal(("moi@demo.test", QueueState.Failed, QueueReport.Failure, "550 5.7.1 no birdseed"), (item.Recipient.Address, item.Recipient.State, item.Recipient.Owed, item.Recipient.LastAnswer));
        Assert.Equal("claire@example.org", item.Message.Sender);
        Assert.Contains("Refused for moi@demo.test by the filter script “main”, line 1: “no birdseed”", await fixture.TraceAsync());
    }

    [Fact]
    public async Task Two_who_refuse_are_one_refusal_in_the_session()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"ereject\"; ereject \"no\";");
        await fixture.ActivateAsync("require \"reject\"; reject \"neither\";", "ami@demo.test");
        await fixture.SendAsync(to: "moi@demo.test,ami@demo.test", answer: "S: 550 5.7.1 no");
        Assert.Empty(await fixture.QueueAsync());
    }

    [Fact] // RFC 5429 §2.2: the exact words count, and §2.2.1 says how the message looks
    public async Task Words_beyond_ascii_of_reject_go_by_a_disposition_notification()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"reject\"; reject \"pas de graines, à la fin\";");
        await fixture.SendAsync();
        Assert.Empty(await fixture.InAsync("INBOX"));
        var item = Assert.Single(await fixture.QueueAsync());
        Assert.Equal(("claire@example.org", "", "report"), (item.Recipient.Address, item.Message.Sender, item.Message.Kind));
        var sent = await fixture.SentAsync(item.Message);
        Assert.Contains("From: moi@demo.test", sent, StringComparison.Ordinal);
        Assert.Contains("report-type=disposition-notification", sent, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; moi@demo.test\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Original-Message-ID: <m1@example.org>\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Disposition: automatic-action/MDN-sent-automatically; deleted\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("text/rfc822-headers", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("Return-Path", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_told_of_a_refusal_without_a_sender()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"reject\"; reject \"non, jamais : é\";");
        await fixture.SendAsync(from: "");
        Assert.Empty(await fixture.QueueAsync());
        Assert.Empty(await fixture.InAsync("INBOX"));
    }

    [Fact]
    public async Task Lmtp_answers_each_recipient_for_itself()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"reject\"; reject \"not mine\";");
        await fixture.Server.RunAsync(SmtpMode.Lmtp, """
            S: 220 *
            C: LHLO front
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250 STARTTLS
            C: MAIL FROM:<claire@example.org>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            C: RCPT TO:<ami@demo.test>
            S: 250 *
            C: DATA
            S: 354 *
            C: Subject: bonjour
            C:
            C: x
            C: .
            S: 550 5.7.1 not mine
            S: 250 *
            """, fixture.Server.Transcripts());
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX", "ami@demo.test"));
        Assert.Empty(await fixture.QueueAsync());
    }

    [Fact] // S-03: lines of a reason are lines of the reply, and nothing else
    public void Reasons_cannot_break_out_of_the_reply()
    {
        var refusal = ScriptRefusals.Answer(new RejectAction("a\r\n\r\nb\nc\r250 ok é" + new string('x', 1_000), true));
        var lines = refusal.Text.Split("\r\n");
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 450));
        Assert.Equal(["a", "", "b", "c", "250 ok é"], lines.Select(line => line.TrimEnd('x')).Where((line, i) => i < 5));
        Assert.Equal("the recipient does not take this message", ScriptRefusals.Answer(new RejectAction(" \r\n ", true)).Text);
        Assert.InRange(ScriptRefusals.Answer(new RejectAction(string.Join('\n', Enumerable.Repeat("x", 10_000)), true)).Text.Split("\r\n").Length, 1, 30);
    }
}
