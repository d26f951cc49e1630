using System.Buffers;
using System.Text;
using Facteur.Delivery.Bounces;
using Facteur.Mail;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Delivery.Bounces;

public sealed class ReportComposerTests
{
    private static readonly DateTimeOffset sent = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
    private static readonly ReportSettings settings = new() { HostName = "mail.exemple.fr", From = "postmaster@exemple.fr", ReturnsToUs = true, TriedFor = TimeSpan.FromDays(5) };

    private static readonly QueueMessage message = new()
    {
        Id = new(7), Transaction = "t-0001", Sender = "claire@exemple.fr", MessageId = "m1@exemple.fr", Subject = "Réunion de mars", Created = sent,
    };

    private static readonly QueueRecipient unknown = new()
    {
        Id = new(1), Message = new(7), Address = "jean@example.net", Destination = "example.net", State = QueueState.Failed, Attempts = 1, LastAttempt = sent.AddSeconds(2),
        LastHost = "mx.example.net", LastCode = 550, LastEnhancedCode = "5.1.1", LastAnswer = "550 5.1.1 no such user", Owed = QueueReport.Failure,
    };

    private const string Original = """
        Return-Path: <claire@exemple.fr>
        From: Claire <claire@exemple.fr>
        To: jean@example.net
        Subject: =?utf-8?Q?R=C3=A9union_de_mars?=
        Message-ID: <m1@exemple.fr>

        Bonjour Jean.

        """;

    [Fact]
    public async Task A_failure_says_what_why_what_was_answered_and_what_to_do()
    {
        var report = await ComposeAsync(message, unknown);
        Assert.Equal("Not delivered: Réunion de mars", report.Facts.Subject);
        Assert.Equal(["<m1@exemple.fr>"], report.Facts.References);
        Assert.Contains("Auto-Submitted: auto-replied\r\n", report.Text, StringComparison.Ordinal);
        Assert.Contains("From: Mail Delivery System <postmaster@exemple.fr>\r\n", report.Text, StringComparison.Ordinal);
        Assert.Contains("To: claire@exemple.fr\r\n", report.Text, StringComparison.Ordinal);
        Assert.Equal("""
            This is the mail server mail.exemple.fr.

            Your message “Réunion de mars” of 14 March 2026 at 10:26 (UTC+1) could not be delivered to this address:

                jean@example.net
                The server mx.example.net answered: 550 5.1.1 no such user

            Why: There is no such address at this domain.
            What you can do: Check the spelling, or ask the person for the address in another way.

            Technical details are attached, with the header of the message. An administrator finds this delivery under the reference t-0001.

            """.ReplaceLineEndings("\r\n"), report.Part("text/plain"));
        Assert.Equal("""
            Reporting-MTA: dns; mail.exemple.fr
            Arrival-Date: Sat, 14 Mar 2026 09:26:53 +0000
            X-Facteur-Transaction: t-0001

            Final-Recipient: rfc822; jean@example.net
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; mx.example.net
            Diagnostic-Code: smtp; 550 5.1.1 no such user
            Last-Attempt-Date: Sat, 14 Mar 2026 09:26:55 +0000

            """.ReplaceLineEndings("\r\n"), report.Part("message/delivery-status"));
        Assert.Contains("From: Claire", report.Part("text/rfc822-headers"), StringComparison.Ordinal);
        Assert.DoesNotContain("Bonjour", report.Part("text/rfc822-headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_French_sender_reads_French()
    {
        var report = await ComposeAsync(message with { Locale = "fr" }, unknown with { LastCode = 421, LastEnhancedCode = "4.2.2", LastAnswer = "421 4.2.2 full", Attempts = 9 });
        Assert.Equal("Non remis : Réunion de mars", report.Facts.Subject);
        var text = report.Part("text/plain");
        Assert.Contains("Votre message « Réunion de mars » du 14 mars 2026 à 10:26 (UTC+1) n'a pas pu être remis à cette adresse :", text, StringComparison.Ordinal);
        Assert.Contains("Pourquoi : Après 9 tentatives, ce serveur a renoncé. La boîte de la personne est pleine.", text, StringComparison.Ordinal);
        Assert.Contains("Status: 4.2.2", report.Part("message/delivery-status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delay_names_the_end_of_the_attempts()
    {
        var report = await ComposeAsync(message, unknown with { State = QueueState.Waiting, Owed = QueueReport.Delay, LastCode = 0, LastHost = "mx.example.net", LastEnhancedCode = "4.4.1", LastAnswer = "no connection to mx.example.net" });
        Assert.Equal("Not delivered yet: Réunion de mars", report.Facts.Subject);
        Assert.Contains("keeps trying until 19 March 2026 at 10:26 (UTC+1)", report.Part("text/plain"), StringComparison.Ordinal);
        var status = report.Part("message/delivery-status");
        Assert.Contains("Action: delayed\r\nStatus: 4.4.1\r\nDiagnostic-Code: x-facteur; no connection to mx.example.net\r\n", status, StringComparison.Ordinal);
        Assert.Contains("Will-Retry-Until: Thu, 19 Mar 2026 09:26:53 +0000", status, StringComparison.Ordinal);
        Assert.DoesNotContain("Remote-MTA", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(QueueReport.Success, "delivered", "Delivered: Réunion de mars")]
    [InlineData(QueueReport.Relayed, "relayed", "Passed on: Réunion de mars")]
    [InlineData(QueueReport.Expanded, "expanded", "Delivered to the list: Réunion de mars")]
    public async Task Success_is_reported_with_the_header_only(QueueReport owed, string action, string subject)
    {
        var report = await ComposeAsync(message with { Return = DsnReturn.Full }, unknown with { State = QueueState.Delivered, Owed = owed, LastCode = 250, LastEnhancedCode = "2.0.0", LastAnswer = "250 2.0.0 ok" });
        Assert.Equal(subject, report.Facts.Subject);
        Assert.Contains($"Action: {action}\r\nStatus: 2.0.0", report.Part("message/delivery-status"), StringComparison.Ordinal);
        Assert.DoesNotContain("Diagnostic-Code", report.Part("message/delivery-status"), StringComparison.Ordinal);
        Assert.NotNull(report.Find("text/rfc822-headers"));
    }

    [Fact]
    public async Task Recipients_of_several_kinds_share_one_report()
    {
        var report = await ComposeAsync(message, unknown, unknown with { Address = "b@example.org", Owed = QueueReport.Relayed }, unknown with { Address = "c@example.org", Owed = QueueReport.None });
        Assert.Equal("What became of: Réunion de mars", report.Facts.Subject);
        Assert.DoesNotContain("c@example.org", report.Text, StringComparison.Ordinal);
        Assert.Contains("taken by the mail server of this address", report.Part("text/plain"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_whole_message_returns_when_asked_and_small()
    {
        var full = message with { Return = DsnReturn.Full, Prefix = "DKIM-Signature: v=1\r\n"u8.ToArray(), SkipOctets = "Return-Path: <claire@exemple.fr>\r\n".Length };
        var report = await ComposeAsync(full, unknown);
        var returned = report.Part("message/rfc822");
        Assert.StartsWith("DKIM-Signature: v=1\r\nFrom: Claire", returned, StringComparison.Ordinal);
        Assert.EndsWith("Bonjour Jean.\r\n", returned, StringComparison.Ordinal);
        var small = await ComposeAsync(full, settings with { MaxReturnedOctets = 100 }, Original, unknown);
        Assert.Null(small.Find("message/rfc822"));
        Assert.NotNull(small.Find("text/rfc822-headers"));
        // An 8-bit message cannot be encoded, and goes back whole only where 8-bit octets pass.
        var abroad = await ComposeAsync(full, settings with { ReturnsToUs = false }, Original.Replace("Bonjour", "Très bien", StringComparison.Ordinal), unknown);
        Assert.Null(abroad.Find("message/rfc822"));
        Assert.Equal(BodyType.SevenBit, abroad.Composed.Body);
        Assert.True(Ascii.IsValid(abroad.Text));
    }

    [Fact]
    public async Task A_message_with_SMTPUTF8_is_reported_in_UTF8()
    {
        var international = message with { SmtpUtf8 = true, Sender = "zoé@exemple.fr" };
        var recipient = unknown with { Address = "noël@example.net", OriginalRecipient = @"utf-8;no\x{EB}l@example.net", LastAnswer = "550 5.1.1 noël inconnu" };
        var report = await ComposeAsync(international, settings, Original.Replace("To: jean", "To: noël", StringComparison.Ordinal), recipient);
        Assert.True(report.Composed.NeedsSmtpUtf8);
        var status = report.Part("message/global-delivery-status");
        Assert.Contains("Original-Recipient: utf-8; noël@example.net\r\nFinal-Recipient: utf-8; noël@example.net\r\n", status, StringComparison.Ordinal);
        Assert.Contains("Diagnostic-Code: smtp; 550 5.1.1 noël inconnu\r\nLocalized-Diagnostic: en; There is no such address", status, StringComparison.Ordinal);
        Assert.Contains("To: noël@example.net", report.Part("message/global-headers"), StringComparison.Ordinal);
        var abroad = await ComposeAsync(international, settings with { ReturnsToUs = false }, Original, recipient);
        Assert.Equal(TransferEncoding.Base64, abroad.Find("message/global-delivery-status")!.Encoding);
    }

    [Fact]
    public async Task Without_SMTPUTF8_addresses_are_written_in_ASCII()
    {
        var report = await ComposeAsync(message, unknown with { Address = "noël+a@example.net", OriginalRecipient = "rfc822;Jean+x@example.net", LastAnswer = "550 refusé" });
        var status = report.Part("message/delivery-status");
        Assert.Contains(@"Final-Recipient: utf-8; no\x{EB}l\x{2B}a@example.net", status, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: rfc822; Jean+x@example.net", status, StringComparison.Ordinal);
        Assert.Contains(@"smtp; 550 refus\x{E9}", status, StringComparison.Ordinal);
        Assert.False(report.Composed.NeedsSmtpUtf8);
    }

    [Fact]
    public async Task Nothing_given_can_add_a_field_or_a_part()
    {
        const string evil = "x\r\nBcc: victim@example.org\r\n\r\n--boundary\u2028Bcc: a\u0085Bcc: b";
        var report = await ComposeAsync(
            message with { Subject = evil, EnvelopeId = evil, Transaction = evil, MessageId = evil },
            unknown with { Address = $"jean{evil}@example.net", OriginalRecipient = "rfc822;" + evil, LastHost = evil, LastAnswer = "550 " + evil });
        Assert.DoesNotContain(report.Text.Split("\r\n"), line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase) || line.StartsWith("--boundary", StringComparison.Ordinal));
        Assert.Empty(report.Facts.References);
        Assert.Equal(3, report.Root.Children.Count);
    }

    [Fact]
    public async Task Long_answers_are_folded_and_bounded()
    {
        var report = await ComposeAsync(message, unknown with { LastAnswer = "550-" + new string('x', 1_500) + "\n550 " + string.Concat(Enumerable.Repeat("word ", 2_000)) });
        Assert.All(report.Text.Split("\r\n"), line => Assert.True(line.Length <= 998));
        Assert.True(report.Text.Length < 10_000);
    }

    [Fact]
    public async Task A_hundred_thousand_recipients_make_one_report()
    {
        var recipients = Enumerable.Range(0, 100_000).Select(i => unknown with { Address = $"person{i}@domain{i % 2_000}.example.net" }).ToArray();
        var report = await ComposeAsync(message, recipients);
        var text = report.Part("text/plain");
        Assert.Equal(50, text.Split("@domain").Length - 1);
        Assert.Contains("… and 99950 more addresses", text, StringComparison.Ordinal);
        var status = report.Part("message/delivery-status");
        Assert.Contains("person99999@domain1999.example.net", status, StringComparison.Ordinal);
        Assert.InRange(report.Text.Length, 1, 16 * 1024 * 1024);
    }

    [Theory]
    [InlineData("", "mail")]
    [InlineData("a@exemple.fr", "report")]
    [InlineData("a@exemple.fr", "vacation")]
    public async Task The_empty_reverse_path_and_our_own_messages_are_never_reported(string sender, string kind)
    {
        var other = message with { Sender = sender, Kind = kind };
        Assert.False(ReportComposer.MayReport(other));
        await Assert.ThrowsAsync<ArgumentException>(() => ComposeAsync(other, unknown));
    }

    [Fact]
    public void Every_cause_is_explained_in_both_languages()
    {
        foreach (var cause in Enum.GetValues<FailureCause>())
        {
            var english = ReportWords.For("en").Cause(cause);
            var french = ReportWords.For("fr-CA").Cause(cause);
            Assert.All([english.Why, english.Next, french.Why, french.Next], sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
            Assert.NotEqual(english, french);
        }
    }

    [Theory]
    [InlineData(550, "5.1.1", "no", "UnknownAddress")]
    [InlineData(550, "", "550 User unknown", "UnknownAddress")]
    [InlineData(550, "5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "UnknownAddress")]
    [InlineData(452, "4.2.2", "", "MailboxFull")]
    [InlineData(554, "5.7.1", "554 5.7.1 blocked using Spamhaus", "Reputation")]
    [InlineData(550, "5.7.26", "", "Authenticity")]
    [InlineData(450, "4.7.1", "450 4.7.1 greylisted", "PutOff")]
    [InlineData(0, "5.7.10", "", "Encryption")]
    [InlineData(556, "5.1.10", "", "NoMailDomain")]
    [InlineData(0, "4.4.1", "", "NoAnswer")]
    [InlineData(550, "", "550 no", "Refused")]
    [InlineData(0, "", "returned by hand", "ByUs")]
    [InlineData(552, "5.3.4", "", "TooLarge")]
    public void A_cause_is_read_from_code_and_words(int code, string enhanced, string answer, string cause) =>
        Assert.Equal(cause, FailureCauses.Of(code, enhanced, answer).ToString());

    private static Task<Report> ComposeAsync(QueueMessage about, params QueueRecipient[] recipients) => ComposeAsync(about, settings, Original, recipients);

    private static async Task<Report> ComposeAsync(QueueMessage about, ReportSettings with, string original, params QueueRecipient[] recipients)
    {
        using var output = new MemoryStream();
        var composed = await ReportComposer.WriteAsync(
            new OwedReport(about, recipients), with, BytesSource.Of(original), sent.ToOffset(TimeSpan.FromHours(1)), output, TestContext.Current.CancellationToken);
        return new Report(output.ToArray(), composed);
    }

    private sealed class Report
    {
        private readonly byte[] octets;

        public Report(byte[] octets, ComposedReport composed)
        {
            this.octets = octets;
            Composed = composed;
            var parser = new MimeParser(MimeLimits.Default);
            parser.Write(octets);
            Facts = parser.Complete();
            Root = PartTable.Parse(Facts.Parts.Span);
        }

        public ComposedReport Composed { get; }
        public MessageFacts Facts { get; }
        public MessagePart Root { get; }
        public string Text => Encoding.UTF8.GetString(octets);

        public MessagePart? Find(string mediaType) => Root.Children.FirstOrDefault(part => $"{part.Type}/{part.Subtype}" == mediaType);

        public string Part(string mediaType)
        {
            var part = Find(mediaType);
            Assert.NotNull(part);
            var output = new ArrayBufferWriter<byte>();
            var decoder = ContentDecoder.Create(part.Encoding);
            decoder.Decode(octets.AsSpan((int)part.BodyOffset, (int)part.BodyLength), output);
            decoder.Complete(output);
            return Encoding.UTF8.GetString(output.WrittenSpan);
        }
    }
}
