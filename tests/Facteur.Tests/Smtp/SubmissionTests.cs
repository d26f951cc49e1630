using Facteur.Net;
using Facteur.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Smtp;

/// <summary>STARTTLS and AUTH on the submission ports.</summary>
public sealed class SubmissionTests
{
    private static readonly string User = Convert.ToBase64String("moi@demo.test"u8);
    private static readonly string Secret = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(SmtpFixture.Password));

    [Fact]
    public Task Nothing_is_sent_and_no_password_is_taken_in_clear() => SmtpFixture.ConverseAsync(SmtpMode.Submission, $"""
        S: 220 mx.demo.test ESMTP Facteur ready
        C: EHLO client
        S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 STARTTLS\r\n
        C: MAIL FROM:<moi@demo.test>
        S: 530 5.7.0 issue a STARTTLS command first
        C: AUTH PLAIN {SmtpFixture.Plain}
        S: 538 5.7.11 *
        C: AUTH LOGIN
        S: 538 5.7.11 *
        """);

    [Fact]
    public Task Under_tls_a_login_opens_the_way() => SmtpFixture.ConverseAsync(SmtpMode.Submission, $"""
        S: 220 *
        C: EHLO client
        S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 STARTTLS\r\n
        C: STARTTLS
        S: 220 2.0.0 *
        C: <starttls>
        C: AUTH PLAIN {SmtpFixture.Plain}
        S: 503 5.5.1 send EHLO first
        C: EHLO client
        S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-REQUIRETLS\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r\n
        C: MAIL FROM:<moi@demo.test>
        S: 530 5.7.0 authentication required
        C: STARTTLS
        S: 503 5.5.1 TLS is on already
        C: AUTH PLAIN {SmtpFixture.Plain}
        S: 235 2.7.0 *
        C: AUTH PLAIN {SmtpFixture.Plain}
        S: 503 5.5.1 already authenticated
        C: MAIL FROM:<moi@demo.test>
        S: 250 *
        C: RCPT TO:<ami@demo.test>
        S: 250 *
        C: RCPT TO:<someone@example.org>
        S: 250 *
        C: RCPT TO:ami@demo.test
        S: 250 *
        """);

    [Fact]
    public async Task Outlook_logs_in_by_prompts()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Submission, $"""
            S: 220 *
            C: EHLO client
            S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-REQUIRETLS\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r\n
            C: AUTH LOGIN
            S: 334 VXNlcm5hbWU6
            C: {User}
            S: 334 UGFzc3dvcmQ6
            C: {Secret}
            S: 235 2.7.0 *
            C2: EHLO client
            S2: 220 *
            S2\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-REQUIRETLS\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r\n
            C2: AUTH LOGIN {User}
            S2: 334 UGFzc3dvcmQ6
            C2: {Secret}
            S2: 235 2.7.0 *
            C3: EHLO client
            S3: 220 *
            S3\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-REQUIRETLS\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r\n
            C3: AUTH PLAIN
            S3\: 334 \r\n
            C3: {SmtpFixture.Plain}
            S3: 235 2.7.0 *
            """, fixture.Transcripts() with { ImplicitTls = true });
    }

    [Fact]
    [Trait("Promise", "S-10")]
    public async Task Bad_exchanges_are_answered_and_bounded()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Submission, $"""
            S: 220 *
            C: EHLO client
            S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-REQUIRETLS\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r\n
            C: AUTH
            S: 501 5.5.4 *
            C: AUTH CRAM-MD5
            S: 504 5.5.4 *
            C: AUTH PLAIN a
            S: 501 5.5.2 *
            C: AUTH PLAIN ====
            S: 501 5.5.2 *
            C: AUTH PLAIN =
            S: 501 5.5.2 *
            C: AUTH LOGIN
            S: 334 VXNlcm5hbWU6
            C: *
            S: 501 5.7.0 *
            C: AUTH LOGIN
            S: 334 VXNlcm5hbWU6
            C: {new string('A', 20_000)}
            S: 500 5.5.6 *
            C: AUTH PLAIN {new string('A', 20_000)}
            S: 500 5.5.2 *
            C: NOOP
            S: 250 *
            C: AUTH PLAIN {Convert.ToBase64String("\0moi@demo.test\0wrong"u8)}
            S: 535 5.7.8 *
            C: AUTH PLAIN {Convert.ToBase64String("\0nobody@demo.test\0wrong"u8)}
            S: 535 5.7.8 *
            C: AUTH PLAIN {Convert.ToBase64String("\0moi@demo.test\0wrong"u8)}
            S: 535 5.7.8 *
            S: 421 4.7.0 *
            S: <closed>
            """, fixture.Transcripts() with { ImplicitTls = true });
    }

    [Fact]
    public async Task A_changed_account_ends_the_session()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Submission, $"""
            S: 220 *
            C: EHLO client
            S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-REQUIRETLS\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r\n
            C: AUTH PLAIN {SmtpFixture.Plain}
            S: 235 2.7.0 *
            !: change
            S: 421 4.7.0 the account was changed; log in again
            S: <closed>
            """, fixture.Transcripts() with
        {
            ImplicitTls = true,
            Actions = new Dictionary<string, Func<Task>>
            {
                ["change"] = () => fixture.Administration.SetPasswordAsync("moi@demo.test", "montagne-77-ciel", default).AsTask(),
            },
        });
    }

    [Fact]
    public Task Plaintext_on_loopback_is_for_who_asked_for_it() => SmtpFixture.ConverseAsync(SmtpMode.Submission, $"""
        S: 220 *
        C: EHLO client
        S\: 250-mx.demo.test\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250-FUTURERELEASE 31536000 2027-03-14T09:26:53Z\r\n250-STARTTLS\r\n250 AUTH SCRAM-SHA-256 PLAIN LOGIN\r\n
        C: AUTH PLAIN {SmtpFixture.Plain}
        S: 235 2.7.0 *
        C: MAIL FROM:<moi+x@demo.test>
        S: 250 *
        C: RSET
        S: 250 *
        C: MAIL FROM:<ami@demo.test>
        S: 553 5.7.1 *
        C: MAIL FROM:<someone@example.org>
        S: 553 5.7.1 *
        C: MAIL FROM:<alias@demo.test>
        S: 250 *
        C: RSET
        S: 250 *
        C: MAIL FROM:<>
        S: 250 *
        """, new SmtpOptions { HostName = "mx.demo.test", PlaintextAuthOnLoopback = true });

    [Theory]
    [Trait("Promise", "S-04")]
    [InlineData(SmtpMode.Mx, "NOOP injected\\r\\n")]
    [InlineData(SmtpMode.Submission, "RSET\\r\\nMAIL FROM:<a@b.test>\\r\\n")]
    [InlineData(SmtpMode.Submission, "N")]
    [InlineData(SmtpMode.Lmtp, "NOOP\\r\\n")]
    public async Task Octets_behind_starttls_end_the_connection_unread(SmtpMode mode, string injected)
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var reason = EndReason.ServerFault;
        await Transcript.RunAsync(async connection => reason = await fixture.Handler(mode).RunAsync(connection, default), $"""
            S: 220 *
            C\: STARTTLS\r\n{injected}
            S: <closed>
            """, fixture.Transcripts());
        Assert.Equal(EndReason.PlaintextAfterStartTls, reason);
    }

    [Fact]
    [Trait("Promise", "S-04")]
    public Task After_starttls_nothing_is_remembered() => SmtpFixture.ConverseAsync(SmtpMode.Mx, """
        S: 220 *
        C: STARTTLS now
        S: 501 5.5.4 *
        C: HELO c
        S: 250 *
        C: MAIL FROM:<a@example.org>
        S: 250 *
        C: STARTTLS
        S: 503 5.5.1 *
        C: RSET
        S: 250 *
        C: STARTTLS
        S: 220 *
        C: <starttls>
        C: MAIL FROM:<a@example.org>
        S: 503 5.5.1 send EHLO first
        C: RCPT TO:<moi@demo.test>
        S: 503 5.5.1 send MAIL first
        C: STARTTLS
        S: 503 5.5.1 TLS is on already
        """);
}
