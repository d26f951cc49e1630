using System.Text;
using Facteur.Delivery.Bounces;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Bounces;

public sealed class ReportReaderTests
{
    private const string Postfix = """
        Return-Path: <>
        From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: claire@exemple.fr
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
         boundary="4F1.1/mx.example.net"

        This is a MIME-encapsulated message.

        --4F1.1/mx.example.net
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        This is the mail system at host mx.example.net.

        --4F1.1/mx.example.net
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net
        Original-Envelope-Id: QQ314159
        X-Postfix-Queue-ID: 4F1
        X-Postfix-Sender: rfc822; claire@exemple.fr
        Arrival-Date: Sat, 14 Mar 2026 09:26:53 +0000 (UTC)

        Final-Recipient: rfc822; jean@inner.example.net
        Original-Recipient: rfc822;jean@example.net
        Action: failed
        Status: 5.2.2
        Remote-MTA: dns; inner.example.net
        Diagnostic-Code: smtp; 552 5.2.2 Mailbox full,
            try again

        --4F1.1/mx.example.net
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Return-Path: <claire@exemple.fr>
        Message-ID: <m1@exemple.fr>
        Subject: =?utf-8?Q?R=C3=A9union?=

        --4F1.1/mx.example.net--
        """;

    private const string Qmail = """
        Return-Path: <>
        From: MAILER-DAEMON@qmail.example
        To: claire@exemple.fr
        Subject: failure notice

        Hi. This is the qmail-send program at qmail.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <jean@example.net>:
        192.0.2.1 does not like recipient.
        Remote host said: 550 5.1.1 no such user
        Giving up on 192.0.2.1.

        <marie@example.net>:
        Sorry, no mailbox here by that name. (#5.1.1)

        --- Below this line is a copy of the message.

        Return-Path: <claire@exemple.fr>
        Message-ID: <m4@exemple.fr>
        Subject: hello

        text
        """;

    private const string Arf = """
        From: <abuse@isp.example>
        To: <abuse@exemple.fr>
        Content-Type: multipart/report; report-type=feedback-report; boundary="b"

        --b
        Content-Type: text/plain

        This is an email abuse report.

        --b
        Content-Type: message/feedback-report

        Feedback-Type: Abuse
        User-Agent: SomeGenerator/1.0
        Version: 1
        Original-Mail-From: <claire@exemple.fr>
        Original-Rcpt-To: <jean@example.net>
        Source-IP: 192.0.2.1
        Reported-Domain: Exemple.fr

        --b
        Content-Type: message/rfc822

        Message-ID: <m6@exemple.fr>
        Subject: offers

        text
        --b--
        """;

    [Fact]
    public async Task Postfix_names_everything()
    {
        var report = await ReadAsync(Postfix);
        Assert.NotNull(report);
        Assert.Equal(("mx.example.net", "QQ314159", "m1@exemple.fr", "Réunion"), (report.ReportingHost, report.EnvelopeId, report.MessageId, report.Subject));
        var recipient = Assert.Single(report.Recipients);
        Assert.Equal(new ReportedRecipient("jean@inner.example.net", "jean@example.net", ReportAction.Failed, "5.2.2", "552 5.2.2 Mailbox full,    try again", "inner.example.net"), recipient);
        Assert.Null(report.Complaint);
    }

    [Fact]
    public async Task Exchange_leaves_out_types_and_returns_the_whole_message()
    {
        var report = await ReadAsync("""
            From: <postmaster@outlook.example>
            To: <claire@exemple.fr>
            Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

            --b1
            Content-Type: multipart/alternative; differences=Content-Type; boundary="b2"

            --b2
            Content-Type: text/plain; charset="utf-8"

            Your message couldn't be delivered.
            --b2
            Content-Type: text/html

            <p>Your message couldn't be delivered.</p>
            --b2--
            --b1
            Content-Type: message/delivery-status

            Reporting-MTA: dns;AM0PR0.outlook.example
            Received-From-MTA: dns;mail.exemple.fr

            Final-Recipient: rfc822;<jean@example.net>
            Action: failed
            Status: 5.1.10 (bad address)
            Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found
            Final-Recipient: marie@example.net
            Diagnostic-Code: 451 4.7.0 later
            --b1
            Content-Type: message/rfc822

            Received: from mail.exemple.fr
            Message-ID:
             <m2@exemple.fr>
            Subject: hello

            --b1
            Text with <m3@exemple.fr>
            --b1--
            """);
        Assert.NotNull(report);
        Assert.Equal("m2@exemple.fr", report.MessageId);
        Assert.Equal(2, report.Recipients.Count);
        Assert.Equal(("jean@example.net", "5.1.10", ReportAction.Failed), (report.Recipients[0].Address, report.Recipients[0].Status, report.Recipients[0].Action));
        Assert.Equal(("marie@example.net", "4.7.0", ReportAction.Delayed), (report.Recipients[1].Address, report.Recipients[1].Status, report.Recipients[1].Action));
    }

    [Fact]
    public async Task Qmail_speaks_in_paragraphs()
    {
        var report = await ReadAsync(Qmail);
        Assert.NotNull(report);
        Assert.Equal("m4@exemple.fr", report.MessageId);
        Assert.Equal(["jean@example.net", "marie@example.net"], report.Recipients.Select(recipient => recipient.Address));
        Assert.All(report.Recipients, recipient => Assert.Equal("5.1.1", recipient.Status));
    }

    [Fact]
    public async Task Exim_names_the_failed_in_the_header()
    {
        var report = await ReadAsync("""
            X-Failed-Recipients: jean@example.net, marie@example.net
            Auto-Submitted: auto-replied
            From: Mail Delivery System <Mailer-Daemon@exim.example>
            To: claire@exemple.fr

            This message was created automatically by mail delivery software.

              jean@example.net
                Unrouteable address

            ------ This is a copy of the message, including all the headers. ------

            Message-Id: <m5@exemple.fr>
            Subject: hello

            text
            """);
        Assert.NotNull(report);
        Assert.Equal("m5@exemple.fr", report.MessageId);
        Assert.Equal(["jean@example.net", "marie@example.net"], report.Recipients.Select(recipient => recipient.Address));
    }

    [Fact]
    public async Task International_reports_are_read()
    {
        var report = await ReadAsync(Postfix.Replace("message/delivery-status", "message/global-delivery-status", StringComparison.Ordinal)
            .Replace("rfc822; jean@inner.example.net", "utf-8; noël@inner.example.net", StringComparison.Ordinal)
            .Replace("rfc822;jean@example.net", @"utf-8;no\x{EB}l@example.net", StringComparison.Ordinal)
            .Replace("text/rfc822-headers", "message/global-headers", StringComparison.Ordinal));
        Assert.Equal(("noël@inner.example.net", "noël@example.net"), (report!.Recipients[0].Address, report.Recipients[0].OriginalAddress));
        Assert.Equal("m1@exemple.fr", report.MessageId);
    }

    [Fact]
    public async Task Complaints_are_read()
    {
        var report = await ReadAsync(Arf);
        Assert.Equal(new Complaint("abuse", "SomeGenerator/1.0", "claire@exemple.fr", "192.0.2.1", "exemple.fr"), report!.Complaint);
        Assert.Equal(("m6@exemple.fr", "jean@example.net", ReportAction.Complaint), (report.MessageId, report.Recipients[0].Address, report.Recipients[0].Action));
    }

    [Theory]
    [InlineData("From: claire@exemple.fr\nSubject: failure notice\n\nHi. This is the qmail-send program\n\n<a@b.example>:\nno\n")]
    [InlineData("Return-Path: <>\nFrom: claire@exemple.fr\nContent-Type: text/plain\n\nI am away.\n")]
    [InlineData("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b--\n")]
    [InlineData("From: a@b.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n--b--\n")]
    [InlineData("")]
    public async Task What_is_no_report_is_left_alone(string message) => Assert.Null(await ReadAsync(message));

    // The report inside what is returned is somebody else's.
    [Fact]
    public async Task A_report_that_is_returned_is_not_read() =>
        Assert.Null(await ReadAsync("From: a@b.example\nContent-Type: multipart/mixed; boundary=zz\n\n--zz\nContent-Type: message/rfc822\n\n" + Postfix + "\n--zz--\n"));

    [Theory]
    [InlineData("delivery-status.txt", "newsletter-request@imusic.com", "5.0.0", "31FC7EB4.41C6@netscape.com")]
    [InlineData("delivery-status-no-blank-line.txt", "newsletter-request@imusic.com", "5.0.0", "31FC7EB4.41C6@netscape.com")]
    [InlineData("delivery-status2.txt", "source@domain.com", "5.0.0", null)]
    [InlineData("delivery-status-multiple-blank-lines.txt", "orig_recip@customer.com", "5.5.0", null)]
    [InlineData("feedback-report.txt", "user@example.com", "", "8787KJKJ3K4J3K4J3K4J3.mail@example.net")]
    public async Task Reports_of_the_corpus_are_read(string file, string recipient, string status, string? messageId)
    {
        var octets = await File.ReadAllBytesAsync(SharedMaterial.Require("corpus/mime/messages/" + file), TestContext.Current.CancellationToken);
        var report = await ReportReader.ReadAsync(new BytesSource(octets), TestContext.Current.CancellationToken);
        Assert.NotNull(report);
        Assert.Equal((recipient, status, messageId), (report.Recipients[0].Address, report.Recipients[0].Status, report.MessageId));
    }

    [Fact]
    public async Task Our_own_reports_are_read_back()
    {
        var message = new Facteur.Storage.Queue.QueueMessage { Id = new(7), Transaction = "t", Sender = "claire@exemple.fr", MessageId = "m1@exemple.fr", EnvelopeId = "E 1", Created = DateTimeOffset.UnixEpoch };
        var recipients = Enumerable.Range(0, 3_000).Select(i => new Facteur.Storage.Queue.QueueRecipient
        {
            Id = new(i), Message = new(7), Address = $"p{i}@example.net", Destination = "example.net", LastCode = 550, LastEnhancedCode = "5.1.1", LastAnswer = "550 5.1.1 no",
            LastHost = "mx.example.net", Owed = Facteur.Storage.Queue.QueueReport.Failure,
        }).ToList();
        using var output = new MemoryStream();
        await ReportComposer.WriteAsync(new(message, recipients), new() { HostName = "mail.exemple.fr", From = "postmaster@exemple.fr" },
            BytesSource.Of("Message-ID: <m1@exemple.fr>\n\ntext\n"), DateTimeOffset.UnixEpoch, output, TestContext.Current.CancellationToken);
        var report = await ReportReader.ReadAsync(new BytesSource(output.ToArray()), TestContext.Current.CancellationToken);
        Assert.Equal(("E 1", "m1@exemple.fr", ReportReader.MaxRecipients), (report!.EnvelopeId, report.MessageId, report.Recipients.Count));
        Assert.Equal(new ReportedRecipient("p999@example.net", null, ReportAction.Failed, "5.1.1", "550 5.1.1 no", "mx.example.net"), report.Recipients[999]);
    }

    [Fact]
    public void Broken_reports_never_throw()
    {
        var random = new Random(3464);
        foreach (var sample in (string[])[Postfix, Qmail, Arf])
        {
            var octets = Encoding.UTF8.GetBytes(sample.ReplaceLineEndings("\r\n"));
            for (var length = 0; length < octets.Length; length += 3) ReportReader.Read(octets.AsSpan(0, length));
            for (var round = 0; round < 500; round++)
            {
                var broken = (byte[])octets.Clone();
                for (var change = random.Next(1, 30); change > 0; change--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
                ReportReader.Read(broken);
            }
        }
    }

    [Fact]
    public async Task A_report_without_end_is_read_up_to_its_bound()
    {
        var many = new StringBuilder(Postfix[..Postfix.IndexOf("Final-Recipient", StringComparison.Ordinal)]);
        while (many.Length < 3 * ReportReader.MaxOctets) many.Append("Final-Recipient: rfc822; a@b.example\nStatus: 5.0.0\n\n");
        var report = await ReadAsync(many.ToString());
        Assert.Equal(ReportReader.MaxRecipients, report!.Recipients.Count);
    }

    private static async Task<ReceivedReport?> ReadAsync(string message) => await ReportReader.ReadAsync(BytesSource.Of(message), TestContext.Current.CancellationToken);
}
