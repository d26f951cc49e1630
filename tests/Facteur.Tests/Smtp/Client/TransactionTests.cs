using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Smtp.Client;
using static Facteur.Tests.Smtp.Client.ClientConversation;

namespace Facteur.Tests.Smtp.Client;

/// <summary>MAIL, RCPT, DATA, BDAT and their parameters.</summary>
public sealed class TransactionTests
{
    private const string ChunkingHello = """
        S: 220 mx.example ESMTP
        C: EHLO client.example
        S: 250-mx.example
        S: 250-PIPELINING
        S: 250 CHUNKING

        """;

    [Fact]
    public async Task A_group_of_commands_goes_out_at_once_and_all_answers_count()
    {
        var result = await RunAsync(Hello + """
            C: MAIL FROM:<sender@client.example> SIZE=22
            C: RCPT TO:<a@mx.example>
            C: RCPT TO:<b@mx.example>
            C: RCPT TO:<c@mx.example>
            C: DATA
            S: 250 2.1.0 ok
            S: 250 2.1.5 ok
            S: 450 4.2.1 b waits
            S: 550-5.1.1 c is
            S: 550 5.1.1 unknown
            S: 354 go
            C: Subject: hi
            C: 
            C: hello
            C: .
            S: 250 2.0.0 queued
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example", "b@mx.example", "c@mx.example"), Small));
        Assert.Equal(
            [(AttemptVerdict.Delivered, "2.0.0", "queued"), (AttemptVerdict.TemporaryFailure, "4.2.1", "b waits"), (AttemptVerdict.PermanentFailure, "5.1.1", "c is unknown")],
            result.Outcomes.Select(outcome => (outcome.Verdict, outcome.EnhancedCode, outcome.Text)));
        Assert.True(result.Outcomes[0].DsnPassedOn);
        Assert.Equal("550 5.1.1 c is unknown", result.Outcomes[2].ToString());
    }

    [Theory]
    [InlineData("354 go", "C: .\nS: 554 5.5.1 nobody to send to\n")]
    [InlineData("554 5.5.1 no recipients", "")]
    public async Task Content_for_nobody_is_a_single_dot(string data, string end)
    {
        var result = await RunAsync(Hello + $"""
            C: MAIL FROM:<sender@client.example> SIZE=22
            C: RCPT TO:<a@mx.example>
            C: DATA
            S: 250 ok
            S: 450 greylisted
            S: {data}
            """ + "\n" + end + """
            C: RSET
            C: MAIL FROM:<sender@client.example> SIZE=22
            C: RCPT TO:<b@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 250 ok
            S: 451 4.3.0 disk
            C: QUIT
            S: 221 bye
            """, messages: [(Envelope("a@mx.example"), Small), (Envelope("b@mx.example"), Small)]);
        Assert.Equal([SmtpStage.Rcpt, SmtpStage.Data], result.Outcomes.Select(outcome => outcome.Stage));
        Assert.All(result.Outcomes, outcome => Assert.Equal(AttemptVerdict.TemporaryFailure, outcome.Verdict));
    }

    [Fact]
    public async Task A_refused_sender_is_the_answer_for_all()
    {
        var result = await RunAsync(Hello + """
            C: MAIL FROM:<sender@client.example> SIZE=22
            C: RCPT TO:<a@mx.example>
            C: RCPT TO:<b@mx.example>
            C: DATA
            S: 550 5.7.1 not you
            S: 503 MAIL first
            S: 503 MAIL first
            S: 503 MAIL first
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example", "b@mx.example"), Small));
        Assert.All(result.Outcomes, outcome => Assert.Equal((SmtpStage.Mail, "5.7.1"), (outcome.Stage, outcome.EnhancedCode)));
    }

    [Fact]
    public async Task Without_PIPELINING_each_answer_is_waited_for()
    {
        var result = await RunAsync(PlainHello + """
            C: MAIL FROM:<sender@client.example>
            S: 250 ok
            C: RCPT TO:<a@mx.example>
            S: 552 too many
            C: RCPT TO:<b@mx.example>
            S: 552 5.2.2 full
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example", "b@mx.example"), Small));
        Assert.Equal([(AttemptVerdict.TemporaryFailure, "4.5.3"), (AttemptVerdict.PermanentFailure, "5.2.2")], result.Outcomes.Select(outcome => (outcome.Verdict, outcome.EnhancedCode)));
    }

    [Fact]
    public async Task A_session_takes_one_message_after_the_other()
    {
        var result = await RunAsync(Hello + """
            C: MAIL FROM:<sender@client.example> SIZE=22
            C: RCPT TO:<a@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: Subject: hi
            C: 
            C: hello
            C: .
            S: 250 1
            C: MAIL FROM:<> SIZE=3
            C: RCPT TO:<b@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: ..
            C: .
            S: 250 2
            C: QUIT
            S: 221 bye
            """, messages: [(Envelope("a@mx.example"), Small), (Envelope("b@mx.example") with { Sender = "" }, Content(".\r\n"))]);
        Assert.Equal(["1", "2"], result.Outcomes.Select(outcome => outcome.Text));
    }

    [Fact]
    public async Task A_session_ends_at_its_count()
    {
        var result = await RunAsync("""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250 LIMITS MAILMAX=1
            C: MAIL FROM:<sender@client.example>
            S: 450 no
            C: QUIT
            S: 221 bye
            """, messages: [(Envelope("a@mx.example"), Small), (Envelope("b@mx.example"), Small)]);
        Assert.Single(result.Outcomes);
    }

    [Fact]
    public async Task BDAT_follows_the_answers_and_carries_its_length()
    {
        var result = await RunAsync(ChunkingHello + """
            C: MAIL FROM:<sender@client.example>
            C: RCPT TO:<a@mx.example>
            C: RCPT TO:<b@mx.example>
            S: 250 ok
            S: 250 ok
            S: 550 no
            C: BDAT 26 LAST
            C\: a\r\n.\r\nb\r\n..\r\nSubject: hi\r\n
            S: 250 2.0.0 queued
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example", "b@mx.example"), Content("a\n.\r\nb\r..\nSubject: hi")));
        Assert.Equal([AttemptVerdict.Delivered, AttemptVerdict.PermanentFailure], result.Outcomes.Select(outcome => outcome.Verdict));
    }

    [Fact]
    public async Task Nothing_is_sent_by_BDAT_for_nobody()
    {
        var result = await RunAsync(ChunkingHello + """
            C: MAIL FROM:<sender@client.example>
            C: RCPT TO:<a@mx.example>
            S: 250 ok
            S: 450 greylisted
            C: QUIT
            S: 221 bye
            """);
        Assert.Equal("greylisted", result.Only.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refused_chunk_ends_the_message_and_not_the_session(bool pipelining)
    {
        var octets = new byte[200_000];
        Array.Fill(octets, (byte)'x');
        // 64 KiB less room for the head and for one more read: two reads of 16 KiB.
        var chunk = $"C: BDAT 32768\nC\\: {new string('x', 32768)}\n";
        var result = await RunAsync((pipelining ? ChunkingHello : ChunkingHello.Replace("S: 250-PIPELINING\n", "", StringComparison.Ordinal)) + (pipelining ? """
            C: MAIL FROM:<sender@client.example>
            C: RCPT TO:<a@mx.example>
            S: 250 ok
            S: 250 ok
            """ : """
            C: MAIL FROM:<sender@client.example>
            S: 250 ok
            C: RCPT TO:<a@mx.example>
            S: 250 ok
            """) + "\n" + chunk + (pipelining ? chunk + "S: 552 5.3.4 too big\nS: 503 no more\n" : "S: 552 5.3.4 too big\n") + """
            C: RSET
            S: 250 ok
            C: MAIL FROM:<sender@client.example>
            """ + (pipelining ? "\nC: RCPT TO:<b@mx.example>\nS: 450 x\nS: 503 x\n" : "\nS: 450 x\n") + """
            C: QUIT
            S: 221 bye
            """, messages: [(Envelope("a@mx.example"), Content(octets)), (Envelope("b@mx.example"), Small)]);
        Assert.Equal([(SmtpStage.Data, "5.3.4"), (SmtpStage.Mail, "4.0.0")], result.Outcomes.Select(outcome => (outcome.Stage, outcome.EnhancedCode)));
    }

    [Fact]
    public async Task LMTP_answers_for_each_recipient()
    {
        var result = await RunAsync("""
            S: 220 box.example LMTP
            C: LHLO client.example
            S: 250-box.example
            S: 250-CHUNKING
            S: 250 PIPELINING
            C: MAIL FROM:<sender@client.example>
            C: RCPT TO:<a@mx.example>
            C: RCPT TO:<b@mx.example>
            C: RCPT TO:<c@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 550 no
            S: 250 ok
            S: 354 go
            C: Subject: hi
            C: 
            C: hello
            C: .
            S: 250 2.1.5 a has it
            S: 452 4.2.2 c is full
            C: QUIT
            S: 221 bye
            """, setup: Setup(isLmtp: true), messages: (Envelope("a@mx.example", "b@mx.example", "c@mx.example"), Small));
        Assert.Equal(["a has it", "no", "c is full"], result.Outcomes.Select(outcome => outcome.Text));
    }

    [Fact]
    public async Task DSN_parameters_go_on_to_who_knows_them()
    {
        var envelope = Envelope("a@mx.example") with
        {
            Return = DsnReturn.Full,
            EnvelopeId = "id+1 2",
            Recipients = [
                new OutgoingRecipient("a@mx.example", DsnNotify.Success | DsnNotify.Delay, new OriginalRecipient("rfc822", "A+x@mx.example")),
                new OutgoingRecipient("b@mx.example", DsnNotify.Never)],
        };
        var result = await RunAsync(Hello + """
            C: MAIL FROM:<sender@client.example> SIZE=22 RET=FULL ENVID=id+2B1+202
            C: RCPT TO:<a@mx.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;A+2Bx@mx.example
            C: RCPT TO:<b@mx.example> NOTIFY=NEVER
            C: DATA
            S: 450 x
            S: 503 x
            S: 503 x
            S: 503 x
            C: QUIT
            S: 221 bye
            """, messages: (envelope, Small));
        Assert.Equal(2, result.Outcomes.Count);
        await RunAsync(PlainHello + """
            C: MAIL FROM:<sender@client.example>
            S: 450 x
            C: QUIT
            S: 221 bye
            """, messages: (envelope, Small));
    }

    [Fact]
    public async Task A_message_larger_than_SIZE_is_not_offered()
    {
        var result = await RunAsync(Hello + """
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example"), Content(new byte[1_000_001])));
        Assert.True(result.Only is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.3.4", IsRemote: false });
    }

    [Theory]
    [InlineData("a@b>\r\nRCPT TO:<c@d", "5.1.3")]
    [InlineData("\"a\r\nRCPT TO:<x>\"@d.example", "5.1.3")]
    [InlineData("nobody", "5.1.3")]
    public async Task What_is_no_address_is_not_written(string recipient, string code)
    {
        var result = await RunAsync(Hello + """
            C: QUIT
            S: 221 bye
            """, messages: (Envelope(recipient), Small));
        Assert.Equal((AttemptVerdict.PermanentFailure, code), (result.Only.Verdict, result.Only.EnhancedCode));
        result = await RunAsync(Hello + """
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example") with { Sender = recipient }, Small));
        Assert.Equal((AttemptVerdict.PermanentFailure, "5.1.7"), (result.Only.Verdict, result.Only.EnhancedCode));
    }

    [Theory]
    [InlineData(BodyType.Unstated, "Subject: hi\r\n\r\nh\u00e9", "SIZE=18 BODY=8BITMIME")]
    [InlineData(BodyType.Unstated, "Subject: hi\r\n\r\nhe", "SIZE=17")]
    [InlineData(BodyType.EightBitMime, "Subject: hi\r\n\r\nhe", "SIZE=17 BODY=8BITMIME")]
    [InlineData(BodyType.Unstated, "Subject: h\u00e9\r\n\r\nhe", "SIZE=18 BODY=8BITMIME")]
    public async Task BODY_says_what_the_content_is(BodyType declared, string content, string parameters) =>
        await RunAsync(Hello + $"""
            C: MAIL FROM:<sender@client.example> {parameters}
            C: RCPT TO:<a@mx.example>
            C: DATA
            S: 450 x
            S: 503 x
            S: 503 x
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example") with { Body = declared }, Content(content)));

    [Theory]
    [InlineData(BodyType.Unstated)]
    [InlineData(BodyType.EightBitMime)]
    public async Task Eight_bits_do_not_go_to_a_host_of_seven(BodyType declared)
    {
        var result = await RunAsync(PlainHello + """
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example") with { Body = declared }, Content("Subject: hi\r\n\r\nh\u00e9")));
        Assert.True(result.Only is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.6.3" });
    }

    [Fact]
    public async Task Eight_bits_declared_as_seven_are_never_ended()
    {
        var result = await RunAsync(PlainHello + """
            C: MAIL FROM:<sender@client.example>
            S: 250 ok
            C: RCPT TO:<a@mx.example>
            S: 250 ok
            C: DATA
            S: 354 go
            C: <closed>
            """, messages: (Envelope("a@mx.example"), Content("Subject: hi\r\n\r\nh\u00e9")));
        Assert.True(result.Only is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.6.3", Stage: SmtpStage.Data });
    }

    [Theory]
    [InlineData("\u00e9@client.example", "a@mx.example", "Subject: hi\r\n\r\nx", "SIZE=16 SMTPUTF8")]
    [InlineData("sender@client.example", "\u00e9@mx.example", "Subject: hi\r\n\r\nx", "SIZE=16 SMTPUTF8")]
    [InlineData("sender@client.example", "a@mx.example", "Subject: h\u00e9\r\n\r\nx", "SIZE=17 BODY=8BITMIME SMTPUTF8")]
    [InlineData("sender@client.example", "a@mx.example", "Subject: hi\r\n\r\n\u00e9", "SIZE=17 BODY=8BITMIME")]
    public async Task SMTPUTF8_is_said_when_it_is_needed(string sender, string recipient, string content, string parameters)
    {
        var message = (Envelope(recipient) with { Sender = sender, SmtpUtf8 = true, Body = BodyType.Unstated }, Content(content));
        await RunAsync(Hello + $"""
            C: MAIL FROM:<{sender}> {parameters}
            C: RCPT TO:<{recipient}>
            C: DATA
            S: 450 x
            S: 503 x
            S: 503 x
            C: QUIT
            S: 221 bye
            """, messages: message);
        var result = await RunAsync(Hello.Replace("S: 250-SMTPUTF8\n", "", StringComparison.Ordinal) + (parameters.Contains("SMTPUTF8", StringComparison.Ordinal) ? "" : $"""
            C: MAIL FROM:<{sender}> {parameters}
            C: RCPT TO:<{recipient}>
            C: DATA
            S: 450 x
            S: 503 x
            S: 503 x
            """ + "\n") + """
            C: QUIT
            S: 221 bye
            """, messages: message);
        if (parameters.Contains("SMTPUTF8", StringComparison.Ordinal)) Assert.Contains(result.Only.EnhancedCode, new[] { "5.6.7", "5.6.9" });
    }

    [Fact]
    public async Task A_domain_of_other_letters_goes_as_ASCII()
    {
        var result = await RunAsync(PlainHello + """
            C: MAIL FROM:<sender@client.example>
            S: 250 ok
            C: RCPT TO:<a@xn--exmple-cua.fr>
            S: 450 x
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@exämple.fr"), Small));
        Assert.Equal(450, result.Only.ReplyCode);
    }

    [Theory]
    [InlineData(true, true, "C: MAIL FROM:<sender@client.example> REQUIRETLS\nS: 450 x\n", "4.0.0")]
    [InlineData(false, true, "", "5.7.30")]
    [InlineData(true, false, "", "5.7.30")]
    public async Task REQUIRETLS_goes_to_verified_hosts_that_know_it(bool isOffered, bool isVerified, string mail, string code)
    {
        var result = await RunAsync($"""
            S: <starttls>
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250 {(isOffered ? "REQUIRETLS" : "HELP")}
            """ + "\n" + mail + """
            C: QUIT
            S: 221 bye
            """, setup: Setup(TlsUse.Implicit, check: (_, _, _) => PeerVerdict.Accepted(isVerified ? TlsVerification.Names : TlsVerification.None)),
            messages: (Envelope("a@mx.example") with { RequireTls = true }, Small));
        Assert.Equal(code, result.Only.EnhancedCode);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_to_its_end_is_never_ended()
    {
        var result = await RunAsync(Hello + """
            C: MAIL FROM:<sender@client.example> SIZE=100
            C: RCPT TO:<a@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: <closed>
            """, messages: (Envelope("a@mx.example"), new OutgoingContent(default, new TextSource(new byte[50]) { Length = 100 })));
        Assert.True(result.Only is { Verdict: AttemptVerdict.TemporaryFailure, EnhancedCode: "4.3.0", IsUncertain: false });
    }

    [Fact]
    public async Task Prefix_and_message_go_out_as_one_and_skipped_octets_do_not()
    {
        await RunAsync(Hello + """
            C: MAIL FROM:<sender@client.example> SIZE=13
            C: RCPT TO:<a@mx.example>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: X: 1
            C: 
            C: body
            C: .
            S: 250 ok
            C: QUIT
            S: 221 bye
            """, messages: (Envelope("a@mx.example"), new OutgoingContent("X: 1\r\n"u8.ToArray(), new TextSource("gone\r\n\r\nbody\n"u8.ToArray()), 6)));
    }
}
