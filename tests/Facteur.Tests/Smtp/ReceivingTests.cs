using System.Text;
using Facteur.Net;
using Facteur.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Smtp;

/// <summary>DATA and BDAT, from the wire into the mailbox.</summary>
public sealed class ReceivingTests
{
    private const string Envelope = "S: 220 *\nC: HELO c\nS: 250 *\nC: MAIL FROM:<a@example.org>\nS: 250 *\nC: RCPT TO:<moi@demo.test>\nS: 250 *\n";

    [Fact]
    public async Task A_message_arrives_octet_for_octet_behind_its_trace()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, Envelope + """
            C: DATA
            S: 354 end data with <CR><LF>.<CR><LF>
            C: Subject: bonjour
            C:
            C: ..une ligne
            C: ...
            C\: tab\t, \xC3\xA9, \xE9 and blanks  \r\n
            C: .
            S~: 250 2\.0\.0 message \w+-1 stored \(1\)
            C: QUIT
            S: 221 *
            """);
        var message = Assert.Single(await fixture.InboxAsync("moi@demo.test"));
        Assert.Matches(@"^Return-Path: <a@example\.org>\r\nAuthentication-Results: mx\.demo\.test;\s[\s\S]*dmarc=permerror[\s\S]*\r\nReceived: from c \(\[127\.0\.0\.1\]\)\r\n\tby mx\.demo\.test with SMTP id \w+-1\r\n"
            + @"\tfor <moi@demo\.test>;\r\n\tSat, 14 Mar 2026 09:26:53 \+0000\r\nSubject: bonjour\r\n\r\n\.une ligne\r\n\.\.\r\ntab\t, \xC3\xA9, \xE9 and blanks  \r\n$", message);
    }

    [Fact]
    public async Task A_message_arrives_alike_octet_by_octet()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, Envelope + """
            C: DATA
            S: 354 *
            C: Subject: a
            C:
            C: ..b
            C: .
            S: 250 2.0.0 *
            C: QUIT
            S: 221 *
            """, fixture.Transcripts() with { OctetByOctet = true });
        Assert.EndsWith("\r\nSubject: a\r\n\r\n.b\r\n", Assert.Single(await fixture.InboxAsync("moi@demo.test")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipients_of_one_account_get_one_copy_and_no_for_clause()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO c
            S: 250 *
            C\: MAIL FROM:<>\r\nRCPT TO:<moi@demo.test>\r\nRCPT TO:<alias@demo.test>\r\nRCPT TO:<moi+x@demo.test>\r\nRCPT TO:<ami@demo.test>\r\nDATA\r\n
            S: 250 2.1.0 *
            S: 250 2.1.5 *
            S: 250 2.1.5 *
            S: 250 2.1.5 *
            S: 250 2.1.5 *
            S: 354 *
            C\: \r\nhello\r\n.\r\n
            S: 250 2.0.0 message * stored (2)
            """);
        var mine = Assert.Single(await fixture.InboxAsync("moi@demo.test"));
        Assert.Equal(mine, Assert.Single(await fixture.InboxAsync("ami@demo.test")));
        Assert.StartsWith("Return-Path: <>\r\n", mine, StringComparison.Ordinal);
        Assert.DoesNotContain(" for ", mine, StringComparison.Ordinal);
    }

    /// <summary>RFC 5321 appendix D.1, with our accounts for Jones and Brown.</summary>
    [Fact]
    public async Task The_typical_transaction_of_the_rfc()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 mx.demo.test *
            C: EHLO bar.com
            S: 250-mx.demo.test
            S\: 250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-LIMITS RCPTMAX=1000\r\n250 STARTTLS\r\n
            C: MAIL FROM:<Smith@bar.com>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            C: RCPT TO:<Green@demo.test>
            S: 550 *
            C: RCPT TO:<ami@demo.test>
            S: 250 *
            C: DATA
            S: 354 *
            C: Blah blah blah...
            C: ...etc. etc. etc.
            C: .
            S: 250 *
            C: QUIT
            S: 221 *
            S: <closed>
            """);
        Assert.EndsWith("\r\nBlah blah blah...\r\n..etc. etc. etc.\r\n", Assert.Single(await fixture.InboxAsync("ami@demo.test")), StringComparison.Ordinal);
    }

    /// <summary>RFC 5321 appendix D.2.</summary>
    [Fact]
    public async Task The_aborted_transaction_of_the_rfc()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO bar.com
            S: 250 *
            C: MAIL FROM:<Smith@bar.com>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            C: RCPT TO:<Green@demo.test>
            S: 550 *
            C: RSET
            S: 250 *
            C: QUIT
            S: 221 *
            S: <closed>
            """);
        Assert.Empty(await fixture.InboxAsync("moi@demo.test"));
    }

    [Theory]
    [Trait("Promise", "S-01")]
    [InlineData(@"\n.\n")]
    [InlineData(@"\n.\r\n")]
    [InlineData(@"\r\n.\n")]
    [InlineData(@"\r.\n")]
    [InlineData(@"\n.\r")]
    [InlineData(@"\r.\r")]
    [InlineData(@"\r\n.\r")]
    [InlineData(@"\r.\r\n")]
    [InlineData(@"\r\n\0.\r\n")]
    [InlineData(@"\r\n.\r\r\n")]
    [InlineData(@"\n\n.\r\n")]
    public async Task A_smuggled_message_is_content_and_refused(string sequence)
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var wire = $@"Subject: outer\r\n\r\nx{sequence}MAIL FROM:<smuggled@x.test>\r\nRCPT TO:<moi@demo.test>\r\nDATA\r\nSubject: smuggled\r\n\r\ny\r\n.\r\n";
        var pieces = Transcripts.SplitRaw(wire, sequence);
        var script = new StringBuilder("S: 220 *\nC: EHLO c\n").Append(EhloAnswer);
        foreach (var (before, after) in pieces)
            script.Append($"C\\: MAIL FROM:<a@x.test> BODY=8BITMIME\\r\\nRCPT TO:<moi@demo.test>\\r\\nDATA\\r\\n\nS: 250 *\nS: 250 *\nS: 354 *\nC\\: {before}\nC\\: {after}\nS: 550 5.6.11 *\n");
        script.Append($"C: MAIL FROM:<a@x.test>\nS: 250 *\nC: RCPT TO:<moi@demo.test>\nS: 250 *\nC\\: BDAT {TranscriptScript.Unescape(wire).Length} LAST\\r\\n{wire}\nS: 550 5.6.11 *\nC: QUIT\nS: 221 *");
        await fixture.RunAsync(SmtpMode.Mx, script.ToString());
        Assert.Empty(await fixture.InboxAsync("moi@demo.test"));
    }

    private const string EhloAnswer =
        "S\\: 250-mx.demo.test\\r\\n250-PIPELINING\\r\\n250-SIZE 65536\\r\\n250-8BITMIME\\r\\n250-SMTPUTF8\\r\\n250-CHUNKING\\r\\n250-DSN\\r\\n250-ENHANCEDSTATUSCODES\\r\\n250-LIMITS RCPTMAX=1000\\r\\n250 STARTTLS\\r\\n\n";

    [Fact]
    public async Task Eight_bit_text_needs_no_body_parameter()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, Envelope + """
            C: DATA
            S: 354 *
            C\: Subject: iOS\r\n\r\n\xC3\xA9t\xC3\xA9\r\n.\r\n
            S: 250 *
            """);
        Assert.EndsWith("\r\n\r\n\xC3\xA9t\xC3\xA9\r\n", Assert.Single(await fixture.InboxAsync("moi@demo.test")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task A_long_line_is_streamed()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var line = new string('x', 50_000);
        await fixture.RunAsync(SmtpMode.Mx, Envelope + $"C: DATA\nS: 354 *\nC: \nC: {line}\nC: .\nS: 250 *");
        Assert.EndsWith($"\r\n\r\n{line}\r\n", Assert.Single(await fixture.InboxAsync("moi@demo.test")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_larger_than_size_is_read_and_refused()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, Envelope + $"""
            C: DATA
            S: 354 *
            C: {new string('x', 70_000)}
            C: .
            S: 552 5.3.4 *
            C: MAIL FROM:<a@example.org>
            S: 250 *
            C: RCPT TO:<moi@demo.test>
            S: 250 *
            C: DATA
            S: 354 *
            C: {new string('x', 50_000)}
            C: {new string('x', 50_000)}
            C: {new string('x', 31_068)}
            S: 552 5.3.4 *
            S: <closed>
            """);
        Assert.Empty(await fixture.InboxAsync("moi@demo.test"));
    }

    [Fact]
    public async Task Chunks_are_counted()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, Envelope + """
            C\: BDAT 14\r\nSubject: a\r\n\r\n
            S: 250 2.0.0 octets received
            C: DATA
            S: 503 5.5.1 *
            C: RCPT TO:<ami@demo.test>
            S: 503 5.5.1 *
            C\: BDAT 6\r\n.\r\n..\rBDAT 1\r\n\nBDAT 0 LAST\r\n
            S: 250 *
            S: 250 *
            S: 250 2.0.0 message * stored (1)
            C: BDAT 0 LAST
            S: 503 5.5.1 *
            C: NOOP
            S: 250 *
            """);
        Assert.EndsWith("\r\nSubject: a\r\n\r\n.\r\n..\r\n", Assert.Single(await fixture.InboxAsync("moi@demo.test")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task Chunks_that_are_refused_are_read_all_the_same()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await fixture.RunAsync(SmtpMode.Mx, """
            S: 220 *
            C: HELO c
            S: 250 *
            C\: BDAT 6 LAST\r\nNOOP\r\n
            S: 503 5.5.1 *
            C: MAIL FROM:<>
            S: 250 *
            C\: BDAT 6 LAST\r\nNOOP\r\nNOOP\r\n
            S: 503 5.5.1 no recipient was accepted
            S: 250 2.0.0 OK
            C: BDAT 999999999999
            S: 552 5.3.4 *
            S: <closed>
            C2: BDAT many
            S2: 220 *
            S2: 501 5.5.4 *
            S2: <closed>
            C3: BDAT 99999999999999999999
            S3: 220 *
            S3: 501 5.5.4 *
            S3: <closed>
            """);
        Assert.Empty(await fixture.InboxAsync("moi@demo.test"));
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_leaves_nothing()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var reason = EndReason.ServerFault;
        await Transcript.RunAsync(async connection => reason = await fixture.Handler(SmtpMode.Mx).RunAsync(connection, default), Envelope + """
            C: DATA
            S: 354 *
            C: Subject: half
            C: <close>
            S: <closed>
            """, fixture.Transcripts());
        Assert.Equal(EndReason.ClientClosed, reason);
        Assert.Empty(await fixture.InboxAsync("moi@demo.test"));
    }

    [Fact]
    public async Task A_message_that_began_is_taken_while_the_server_stops()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        MailConnection? server = null;
        await fixture.RunAsync(SmtpMode.Mx, Envelope + """
            C: DATA
            S: 354 *
            C: Subject: last
            !: stop
            C:
            C: .
            S: 250 2.0.0 *
            S: 421 4.3.2 *
            S: <closed>
            """, fixture.Transcripts() with
        {
            Connected = (_, connection) => server = connection,
            Actions = new Dictionary<string, Func<Task>> { ["stop"] = () => { server!.End(EndReason.Draining); return Task.CompletedTask; } },
        });
        Assert.Single(await fixture.InboxAsync("moi@demo.test"));
    }

    private static class Transcripts
    {
        /// <summary>A raw line cut in two at each octet of <paramref name="sequence"/> and around it.</summary>
        public static IEnumerable<(string Before, string After)> SplitRaw(string wire, string sequence)
        {
            var start = wire.IndexOf('x' + sequence, StringComparison.Ordinal) + 1;
            for (var cut = start; cut <= start + sequence.Length; cut++)
                if (wire[cut - 1] != '\\') yield return (wire[..cut], wire[cut..]);
        }
    }
}
