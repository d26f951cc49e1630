using Facteur.Smtp.Client;
using static Facteur.Tests.Smtp.Client.ClientConversation;

namespace Facteur.Tests.Smtp.Client;

/// <summary>Greeting, EHLO, STARTTLS, AUTH, QUIT.</summary>
public sealed class OpeningTests
{
    [Fact]
    public async Task A_host_that_knows_no_EHLO_gets_HELO()
    {
        var result = await RunAsync("""
            S: 220 mx.example
            C: EHLO client.example
            S: 502 what?
            C: HELO client.example
            S: 250 mx.example
            C: MAIL FROM:<sender@client.example>
            S: 250 ok
            C: RCPT TO:<a@mx.example>
            S: 250 ok
            C: DATA
            S: 354 go
            C: Subject: hi
            C: 
            C: hello
            C: .
            S: 250 queued as 1
            C: QUIT
            S: 221 bye
            """);
        Assert.True(result.Only is { Verdict: AttemptVerdict.Delivered, Stage: SmtpStage.ContentEnd, ReplyCode: 250, EnhancedCode: "2.0.0", Text: "queued as 1", Tls: null, DsnPassedOn: false });
    }

    [Theory]
    [InlineData("554 5.7.1 not from you", AttemptVerdict.PermanentFailure, "5.7.1")]
    [InlineData("521 never", AttemptVerdict.PermanentFailure, "5.0.0")]
    [InlineData("421 4.3.2 later", AttemptVerdict.TemporaryFailure, "4.3.2")]
    [InlineData("450 busy", AttemptVerdict.TemporaryFailure, "4.0.0")]
    [InlineData("250 hm", AttemptVerdict.TemporaryFailure, "4.5.0")]
    public async Task A_host_may_refuse_at_once(string greeting, AttemptVerdict verdict, string enhanced)
    {
        var result = await RunAsync($"""
            S: {greeting}
            C: QUIT
            S: 221 bye
            """);
        Assert.Equal((verdict, SmtpStage.Greeting, enhanced), (result.Failure.Verdict, result.Failure.Stage, result.Failure.EnhancedCode));
    }

    [Fact]
    public async Task A_greeting_may_take_four_minutes()
    {
        var result = await RunAsync("T: 4m\n" + PlainHello + """
            C: MAIL FROM:<sender@client.example>
            S: 450 4.2.1 not now
            C: QUIT
            S: 221 bye
            """);
        Assert.True(result.Only is { Verdict: AttemptVerdict.TemporaryFailure, Stage: SmtpStage.Mail, ReplyCode: 450, EnhancedCode: "4.2.1" });
    }

    [Fact]
    public async Task A_greeting_that_takes_longer_is_not_waited_for()
    {
        var result = await RunAsync("""
            T: 301s
            C: <closed>
            """);
        Assert.True(result.Failure is { Verdict: AttemptVerdict.TemporaryFailure, Stage: SmtpStage.Greeting, EnhancedCode: "4.4.2", ReplyCode: 0 });
    }

    [Fact]
    public async Task Capabilities_in_clear_are_forgotten_under_TLS()
    {
        var result = await RunAsync("""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250-PIPELINING
            S: 250-CHUNKING
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go
            S: <starttls>
            C: EHLO client.example
            S: 250-mx.example
            S: 250 SIZE
            C: MAIL FROM:<sender@client.example> SIZE=22
            S: 250 ok
            C: RCPT TO:<a@mx.example>
            S: 550 5.1.1 nobody
            C: QUIT
            S: 221 bye
            """);
        Assert.True(result.Only is { Verdict: AttemptVerdict.PermanentFailure, Stage: SmtpStage.Rcpt, EnhancedCode: "5.1.1", Tls: { Verification: TlsVerification.None, Version: "TLSv1.3" } });
    }

    // S-05, RFC 3207 §4.2, CVE-2026-41319 of another client.
    [Theory]
    [InlineData("220 go\\r\\n250 injected\\r\\n")]
    [InlineData("220 go\\r\\n2")]
    [InlineData("220 go\\r\\n\\x16")]
    public async Task Octets_behind_the_answer_to_STARTTLS_end_the_session(string answer)
    {
        var result = await RunAsync($"""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250 STARTTLS
            C: STARTTLS
            S\: {answer}
            C: <closed>
            """);
        Assert.Equal((TlsFault.Injected, SmtpStage.Tls, AttemptVerdict.TemporaryFailure), (result.Opening.TlsFault, result.Failure.Stage, result.Failure.Verdict));
    }

    [Fact]
    public async Task A_stripped_STARTTLS_ends_a_session_that_requires_it()
    {
        var result = await RunAsync(Hello + """
            C: QUIT
            S: 221 bye
            """, setup: Setup(TlsUse.Required));
        Assert.Equal((TlsFault.NotOffered, "4.7.10"), (result.Opening.TlsFault, result.Failure.EnhancedCode));
    }

    [Theory]
    [InlineData(TlsUse.WhenOffered)]
    [InlineData(TlsUse.Required)]
    public async Task A_host_may_offer_STARTTLS_and_then_refuse_it(TlsUse use)
    {
        var result = await RunAsync("""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250 STARTTLS
            C: STARTTLS
            S: 454 4.7.0 TLS not available
            """ + "\n" + (use == TlsUse.Required ? "" : """
            C: MAIL FROM:<sender@client.example>
            S: 550 5.7.0 TLS first
            """ + "\n") + """
            C: QUIT
            S: 221 bye
            """, setup: Setup(use));
        if (use == TlsUse.Required) Assert.Equal((TlsFault.Refused, AttemptVerdict.TemporaryFailure, 454), (result.Opening.TlsFault, result.Failure.Verdict, result.Failure.ReplyCode));
        else Assert.Equal((SmtpStage.Mail, AttemptVerdict.PermanentFailure), (result.Only.Stage, result.Only.Verdict));
    }

    [Theory]
    [InlineData("S\\: nonsense\\r\\n")]
    [InlineData("S\\: \\x15\\x03\\x03\\x00\\x02\\x02\\x28")]
    [InlineData("S: <close>")]
    public async Task A_handshake_that_fails_is_told_as_such(string instead)
    {
        var result = await RunAsync($"""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go
            C\: \x16\x03
            {instead}
            """);
        Assert.Equal((TlsFault.Handshake, SmtpStage.Tls, "4.7.5"), (result.Opening.TlsFault, result.Failure.Stage, result.Failure.EnhancedCode));
    }

    [Fact]
    public async Task A_handshake_that_hangs_is_given_up()
    {
        var result = await RunAsync("""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go
            T: 61s
            """);
        Assert.Equal((TlsFault.Handshake, SmtpStage.Tls), (result.Opening.TlsFault, result.Failure.Stage));
    }

    [Fact]
    public async Task A_certificate_that_is_not_accepted_ends_the_session()
    {
        var result = await RunAsync("""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go
            S: <starttls>
            C: <closed>
            """, setup: Setup(TlsUse.Required, check: (_, _, _) => PeerVerdict.Refused("wrong name")));
        Assert.Equal((TlsFault.Certificate, "certificate not accepted: wrong name"), (result.Opening.TlsFault, result.Failure.Text));
    }

    [Theory]
    [InlineData("AUTH PLAIN LOGIN", "C: AUTH PLAIN AHUAcA==")]
    [InlineData("AUTH LOGIN", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dQ==\nS: 334 UGFzc3dvcmQ6\nC: cA==")]
    public async Task A_login_goes_out_under_verified_TLS(string offer, string login)
    {
        var result = await RunAsync($"""
            S: <starttls>
            S: 220 smart.example ESMTP
            C: EHLO client.example
            S: 250-smart.example
            S: 250 {offer}
            """ + "\n" + login + "\n" + """
            S: 235 2.7.0 welcome
            C: MAIL FROM:<sender@client.example>
            S: 450 later
            C: QUIT
            S: 221 bye
            """, setup: Setup(TlsUse.Implicit, new SmtpCredentials("u", "p"), check: Verified));
        Assert.Equal(SmtpStage.Mail, result.Only.Stage);
    }

    [Fact]
    public async Task A_refused_login_lets_mail_wait()
    {
        var result = await RunAsync("""
            S: <starttls>
            S: 220 smart.example ESMTP
            C: EHLO client.example
            S: 250-smart.example
            S: 250 AUTH PLAIN
            C: AUTH PLAIN AHUAcA==
            S: 535 5.7.8 wrong
            C: QUIT
            S: 221 bye
            """, setup: Setup(TlsUse.Implicit, new SmtpCredentials("u", "p"), check: Verified));
        Assert.True(result.Failure is { Verdict: AttemptVerdict.TemporaryFailure, Stage: SmtpStage.Auth, ReplyCode: 535, EnhancedCode: "5.7.8" });
    }

    // S-05, S-06: stripped STARTTLS, or TLS with who knows whom, gets no password.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_login_leaves_without_verified_TLS(bool underTls)
    {
        var result = await RunAsync((underTls ? "S: <starttls>\n" : "") + """
            S: 220 smart.example ESMTP
            C: EHLO client.example
            S: 250-smart.example
            S: 250 AUTH PLAIN
            C: QUIT
            S: 221 bye
            """, setup: Setup(underTls ? TlsUse.Implicit : TlsUse.WhenOffered, new SmtpCredentials("u", "p")));
        Assert.True(result.Failure is { Stage: SmtpStage.Auth, EnhancedCode: "4.7.11", Verdict: AttemptVerdict.TemporaryFailure });
    }

    [Fact]
    public async Task Observers_see_every_step_and_no_secret()
    {
        var observer = new Notes();
        await RunAsync("""
            S: <starttls>
            S: 220 smart.example ESMTP
            C: EHLO client.example
            S: 250-smart.example
            S: 250 AUTH LOGIN
            C: AUTH LOGIN
            S: 334 x
            C: dQ==
            S: 334 x
            C: cA==
            S: 235 welcome
            C: MAIL FROM:<sender@client.example>
            S: 550-5.7.1 no
            S: 550 5.7.1 thanks
            C: QUIT
            S: 221 bye
            """, setup: Setup(TlsUse.Implicit, new SmtpCredentials("u", "p"), observer: observer, check: Verified));
        Assert.Equal([
            "Tls = TLSv1.3", "Tls .", "Greeting < 220 smart.example ESMTP", "Greeting .", "Ehlo > EHLO client.example", "Ehlo < 250 smart.example", "Ehlo < 250 AUTH LOGIN", "Ehlo .",
            "Auth > AUTH LOGIN", "Auth < 334 x", "Auth > ***", "Auth < 334 x", "Auth > ***", "Auth < 235 welcome", "Auth .",
            "Mail > MAIL FROM:<sender@client.example>", "Mail < 550 5.7.1 no", "Mail < 550 5.7.1 thanks", "Mail .", "Quit > QUIT", "Quit < 221 bye", "Quit ."], observer.Lines);
    }

    private static PeerVerdict Verified(System.Security.Cryptography.X509Certificates.X509Certificate2? certificate, System.Security.Cryptography.X509Certificates.X509Chain? chain, System.Net.Security.SslPolicyErrors errors) =>
        PeerVerdict.Accepted(TlsVerification.Names);

    private sealed class Notes : ISmtpClientObserver
    {
        public List<string> Lines { get; } = [];
        public void Sent(SmtpStage stage, string line) => Lines.Add($"{stage} > {line}");
        public void Received(SmtpStage stage, string line) => Lines.Add($"{stage} < {line}");
        public void Note(SmtpStage stage, string text) => Lines.Add($"{stage} = {text.Split(',')[0]}");
        public void Finished(SmtpStage stage, TimeSpan elapsed) => Lines.Add($"{stage} .");
    }
}
