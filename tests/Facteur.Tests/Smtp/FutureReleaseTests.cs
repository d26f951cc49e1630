using Facteur.Mail;
using Facteur.Smtp;

namespace Facteur.Tests.Smtp;

/// <summary>HOLDFOR and HOLDUNTIL (RFC 4865), REQUIRETLS (RFC 8689) at MAIL.</summary>
public sealed class FutureReleaseTests
{
    private const string Ehlo = "S\\: 250-mx.demo.test\\r\\n250-PIPELINING\\r\\n250-SIZE 65536\\r\\n250-8BITMIME\\r\\n250-SMTPUTF8\\r\\n250-CHUNKING\\r\\n250-DSN\\r\\n"
        + "250-ENHANCEDSTATUSCODES\\r\\n250-LIMITS RCPTMAX=1000\\r\\n250-REQUIRETLS\\r\\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\\r\\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\\r\\n";

    [Fact]
    public async Task A_time_to_come_is_taken_on_submission()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Submission, $"""
            S: 220 *
            C: EHLO client
            {Ehlo}
            C: AUTH PLAIN {SmtpFixture.Plain}
            S: 235 *
            C: MAIL FROM:<moi@demo.test> HOLDFOR=0
            S: 501 5.5.4 *
            C: MAIL FROM:<moi@demo.test> HOLDFOR=01
            S: 501 5.5.4 *
            C: MAIL FROM:<moi@demo.test> HOLDFOR=1000000000
            S: 501 5.5.4 *
            C: MAIL FROM:<moi@demo.test> HOLDFOR=31536001
            S: 501 5.5.4 HOLDFOR is further ahead than FUTURERELEASE allows
            C: MAIL FROM:<moi@demo.test> HOLDFOR=60 HOLDUNTIL=2026-03-15T00:00:00Z
            S: 501 5.5.4 one of HOLDFOR and HOLDUNTIL is enough
            C: MAIL FROM:<moi@demo.test> HOLDUNTIL=2026-03-15T00:00:00
            S: 501 5.5.4 *
            C: MAIL FROM:<moi@demo.test> HOLDUNTIL=2028-03-15T00:00:00Z
            S: 501 5.5.4 *
            C: MAIL FROM:<moi@demo.test> HOLDUNTIL=2026-03-15T00:00:00.5z
            S: 250 *
            C: RSET
            S: 250 *
            C: MAIL FROM:<moi@demo.test> HOLDFOR=31536000 REQUIRETLS
            S: 250 *
            C: RSET
            S: 250 *
            C: MAIL FROM:<moi@demo.test> REQUIRETLS=1
            S: 501 5.5.4 *
            """, fixture.Transcripts() with { ImplicitTls = true });
    }

    [Fact]
    public Task Neither_is_known_where_it_is_not_offered() => SmtpFixture.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: HELO client
        S: 250 *
        C: MAIL FROM:<a@example.org> HOLDFOR=60
        S: 555 5.5.4 parameter HOLDFOR is not known here
        C: MAIL FROM:<a@example.org> REQUIRETLS
        S: 555 5.5.4 *
        C: MAIL FROM:<a@example.org>
        S: 250 *
        """);

    [Fact]
    public void A_report_repeats_what_was_asked_for()
    {
        var now = new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
        Assert.Equal(new HoldRequest(now.AddHours(1), "for;3600"), Facteur.Smtp.Wire.FutureRelease.ReadInterval("3600")!.From(now));
        Assert.Equal(new HoldRequest(now.AddSeconds(7), "until;2026-03-14T09:27:00Z"), Facteur.Smtp.Wire.FutureRelease.ReadDate("2026-03-14T09:27:00Z")!.From(now));
    }
}
