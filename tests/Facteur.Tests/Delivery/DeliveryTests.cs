using System.Text;
using Facteur.Smtp;
using Facteur.Tests.Smtp;

namespace Facteur.Tests.Delivery;

/// <summary>What delivery adds, and what it refuses.</summary>
public sealed class DeliveryTests
{
    private static readonly string Login = $"S: 220 *\nC: EHLO pc.local\n{Ehlo}C: AUTH PLAIN {SmtpFixture.Plain}\nS: 235 *\n";

    private const string Ehlo = "S\\: 250-mx.demo.test\\r\\n250-PIPELINING\\r\\n250-SIZE 65536\\r\\n250-8BITMIME\\r\\n250-SMTPUTF8\\r\\n250-CHUNKING\\r\\n250-DSN\\r\\n250-ENHANCEDSTATUSCODES\\r\\n250-LIMITS RCPTMAX=1000\\r\\n250-REQUIRETLS\\r\\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\\r\\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\\r\\n\n";

    [Fact]
    public async Task A_submitted_message_gets_the_date_and_id_it_lacks()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await SubmitAsync(fixture, @"From: Moi <moi@demo.test>\r\nSubject: a\r\n\r\nDate: body\r\n", "250 2.0.0 *");
        var message = Assert.Single(await fixture.InboxAsync("ami@demo.test"));
        Assert.Matches(@"\r\n\tby mx\.demo\.test with ESMTPSA id \w+-1\r\n\tfor <ami@demo\.test>\r\n\ttls TLS_\w+;\r\n\tSat, 14 Mar 2026 09:26:53 \+0000\r\n"
            + @"From: Moi <moi@demo\.test>\r\nSubject: a\r\nDate: Sat, 14 Mar 2026 09:26:53 \+0000\r\nMessage-ID: <[\w.-]+@mx\.demo\.test>\r\n\r\nDate: body\r\n$", message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_complete_header_is_left_alone(int step)
    {
        const string content = @"Date: Sat, 14 Mar 2026 10:00:00 +0100\r\nmessage-id:\r\n <a@b>\r\nFrom: =?utf-8?q?M=C3=B4i?=\r\n <moi+x@demo.test>, alias@demo.test\r\n\r\nx\r\n";
        await using var fixture = await SmtpFixture.CreateAsync();
        var lines = new StringBuilder();
        for (var at = 0; at < content.Length;)
        {
            var end = Math.Min(at + step, content.Length);
            while (end < content.Length && content[end - 1] == '\\') end++;
            lines.Append("C\\: ").Append(content, at, end - at).Append('\n');
            at = end;
        }
        await SubmitLinesAsync(fixture, lines.ToString(), "250 2.0.0 *");
        Assert.EndsWith("+0000\r\n" + content.Replace("\\r\\n", "\r\n", StringComparison.Ordinal), Assert.Single(await fixture.InboxAsync("ami@demo.test")), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Promise", "S-20")]
    [InlineData(@"From: ami@demo.test\r\n\r\n", "550 5.7.1 the address in From does not belong to your account")]
    [InlineData(@"From: moi@demo.test, ami@demo.test\r\n\r\n", "550 5.7.1 *")]
    [InlineData(@"From: Moi <someone@example.org>\r\n\r\n", "550 5.7.1 *")]
    [InlineData(@"From: ""moi@demo.test"" <ami@demo.test>\r\n\r\n", "550 5.7.1 *")]
    [InlineData(@"From: moi@demo.test\r\nFrom: ami@demo.test\r\n\r\n", "550 5.6.0 *")]
    [InlineData(@"Subject: none\r\n\r\n", "550 5.6.0 *")]
    [InlineData(@"From: friends:;\r\n\r\n", "550 5.6.0 *")]
    [InlineData(@"From: moi\r\n\r\n", "550 5.6.0 *")]
    [InlineData(@"no header at all\r\n", "550 5.6.0 *")]
    [InlineData(@"From : moi@demo.test\r\n\r\n", "250 2.0.0 *")]
    public async Task From_belongs_to_who_logged_in(string content, string answer)
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await SubmitAsync(fixture, content, answer);
        Assert.Equal(answer[0] == '2' ? 1 : 0, (await fixture.InboxAsync("ami@demo.test")).Count);
    }

    [Fact]
    public async Task A_message_in_a_loop_is_refused()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var hundred = string.Concat(Enumerable.Repeat(@"Received: from a by b; Sat, 14 Mar 2026 10:00:00 +0100\r\n", 100));
        await fixture.RunAsync(SmtpMode.Mx, $"""
            S: 220 *
            C: HELO c
            S: 250 *
            C\: MAIL FROM:<>\r\nRCPT TO:<moi@demo.test>\r\nDATA\r\n
            S: 250 *
            S: 250 *
            S: 354 *
            C\: {hundred}Subject: a\r\n\r\nReceived: body\r\n.\r\n
            S: 250 2.0.0 *
            C\: MAIL FROM:<>\r\nRCPT TO:<moi@demo.test>\r\nDATA\r\n
            S: 250 *
            S: 250 *
            S: 354 *
            C\: {hundred}RECEIVED: again\r\n\r\nx\r\n.\r\n
            S: 554 5.4.6 *
            """);
        Assert.Single(await fixture.InboxAsync("moi@demo.test"));
    }

    [Fact]
    public async Task A_full_mailbox_is_told_at_once()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.SetQuotaAsync("moi@demo.test", 2_000);
        await fixture.RunAsync(SmtpMode.Mx, $"""
            S: 220 *
            C: HELO c
            S: 250 *
            C: MAIL FROM:<> SIZE=2001
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 552 5.2.2 *
            C: RSET
            S: 250 *
            C\: MAIL FROM:<>\r\nRCPT TO:<moi@demo.test>\r\nDATA\r\n
            S: 250 *
            S: 250 *
            S: 354 *
            C: {new string('x', 900)}
            C: .
            S: 250 *
            C: MAIL FROM:<> SIZE=1500
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 452 4.2.2 *
            C: RSET
            S: 250 *
            C\: MAIL FROM:<>\r\nRCPT TO:<moi@demo.test>\r\nDATA\r\n
            S: 250 *
            S: 250 *
            S: 354 *
            C: {new string('x', 900)}
            C: .
            S: 452 4.2.2 *
            """);
        Assert.Single(await fixture.InboxAsync("moi@demo.test"));
    }

    [Fact]
    public async Task A_disabled_account_is_tried_again()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.Administration.SetEnabledAsync("moi@demo.test", false, default);
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO c
            S: 250 *
            C: MAIL FROM:<>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 450 4.2.1 *
            """);
    }

    [Fact]
    public async Task A_mailbox_that_goes_between_rcpt_and_data_is_no_loss()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO c
            S: 250 *
            C\: MAIL FROM:<>\r\nRCPT TO:<ami@demo.test>\r\nDATA\r\n
            S: 250 *
            S: 250 *
            S: 354 *
            !: remove
            C\: \r\nx\r\n.\r\n
            S: 451 4.2.1 *
            C\: MAIL FROM:<>\r\nRCPT TO:<ami@demo.test>\r\n
            S: 250 *
            S: 550 5.1.1 *
            """, fixture.Transcripts() with
        {
            Actions = new Dictionary<string, Func<Task>> { ["remove"] = () => fixture.Administration.RemoveAccountAsync("ami@demo.test", default).AsTask() },
        });
    }

    [Fact]
    public async Task An_address_beyond_ascii_is_traced_as_utf8()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO c
            S: 250 *
            C\: MAIL FROM:<jürgen@example.org> SMTPUTF8\r\nRCPT TO:<moi@demo.test>\r\nDATA\r\n
            S: 250 *
            S: 250 *
            S: 354 *
            C\: \r\nx\r\n.\r\n
            S: 250 *
            """);
        var message = Assert.Single(await fixture.InboxAsync("moi@demo.test"));
        Assert.StartsWith("Return-Path: <j\xC3\xBCrgen@example.org>\r\n", message, StringComparison.Ordinal);
        Assert.Contains(" with UTF8SMTP id ", message, StringComparison.Ordinal);
    }

    private static Task SubmitAsync(SmtpFixture fixture, string content, string answer) => SubmitLinesAsync(fixture, $"C\\: {content}\n", answer);

    private static Task SubmitLinesAsync(SmtpFixture fixture, string lines, string answer) => fixture.RunAsync(SmtpMode.Submission,
        Login + "C\\: MAIL FROM:<moi@demo.test>\\r\\nRCPT TO:<ami@demo.test>\\r\\nDATA\\r\\n\nS: 250 *\nS: 250 *\nS: 354 *\n" + lines + $"C: .\nS: {answer}\nC: QUIT\nS: 221 *",
        fixture.Transcripts() with { ImplicitTls = true });
}
