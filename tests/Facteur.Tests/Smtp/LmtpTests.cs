using Facteur.Smtp;

namespace Facteur.Tests.Smtp;

/// <summary>LMTP (RFC 2033): one answer for each recipient.</summary>
public sealed class LmtpTests
{
    private const string Greeting = "S: 220 mx.demo.test LMTP Facteur ready\nC: LHLO agent\nS: 250-mx.demo.test\n"
        + "S\\: 250-PIPELINING\\r\\n250-SIZE 65536\\r\\n250-8BITMIME\\r\\n250-SMTPUTF8\\r\\n250-CHUNKING\\r\\n250-DSN\\r\\n250-ENHANCEDSTATUSCODES\\r\\n250-LIMITS RCPTMAX=1000\\r\\n250 STARTTLS\\r\\n\n";

    [Fact]
    public async Task Each_recipient_has_its_answer()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.SetQuotaAsync("ami@demo.test", 1_000);
        await fixture.RunAsync(SmtpMode.Lmtp, Greeting + $"""
            C: EHLO agent
            S: 500 5.5.1 *
            C: HELO agent
            S: 500 5.5.1 *
            C: AUTH PLAIN
            S: 500 5.5.1 *
            C: MAIL FROM:<a@example.org>
            S: 250 *
            C: RCPT TO:<nobody@demo.test>
            S: 550 5.1.1 *
            C: DATA
            S: 503 5.5.1 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            C: RCPT TO:<ami@demo.test>
            S: 250 *
            C: RCPT TO:<alias@demo.test>
            S: 250 *
            C: RCPT TO:<x@example.org>
            S: 550 5.7.1 *
            C: DATA
            S: 354 *
            C: Subject: a
            C:
            C: {new string('x', 1_200)}
            C: .
            S: 250 2.0.0 *
            S: 552 5.2.2 *
            S: 250 2.0.0 *
            C: MAIL FROM:<a@example.org>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            C\: DATA\r\n
            S: 354 *
            C\: a\nb\r\n.\r\n
            S: 550 5.6.11 *
            S: 550 5.6.11 *
            C: QUIT
            S: 221 *
            """);
        Assert.Contains(" with LMTP id ", Assert.Single(await fixture.InboxAsync("moi@demo.test")), StringComparison.Ordinal);
        Assert.Empty(await fixture.InboxAsync("ami@demo.test"));
    }

    [Fact]
    public Task Mail_needs_lhlo() => SmtpFixture.ConverseAsync(SmtpMode.Lmtp, """
        S: 220 *
        C: MAIL FROM:<a@example.org>
        S: 503 5.5.1 send LHLO first
        """);
}
