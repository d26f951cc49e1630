using System.Globalization;
using Facteur.Delivery.Tracing;
using Facteur.Storage;

namespace Facteur.Tests.Delivery.Tracing;

public sealed class TraceTextTests
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static TraceEvent Row(TraceKind kind, string recipient, int minute, params (string Name, string Value)[] detail) =>
        new(Noon.AddMinutes(minute), kind, null, "c1-1", "m@a.test", "claire@a.test", recipient,
            detail.Aggregate(new TraceDetail(), (all, pair) => all.Add(pair.Name, pair.Value)).Values);

    [Fact]
    public void A_row_reads_as_a_sentence_in_both_languages()
    {
        var row = Row(TraceKind.Accepted, "", 0, ("hello", "mx.b.test"), ("remote", "192.0.2.1"), ("spf", "pass"), ("dmarc", "pass"));
        Assert.Equal("Received from mx.b.test (192.0.2.1), SPF pass, DMARC pass", TraceText.Of(row, English));
        Assert.Equal("Reçu de mx.b.test (192.0.2.1), SPF pass, DMARC pass", TraceText.Of(row, French));
        Assert.Equal("Rangé dans INBOX de moi@a.test", TraceText.Of(Row(TraceKind.Stored, "moi@a.test", 0, ("mailbox", "INBOX")), French));
    }

    [Fact]
    public void Every_kind_and_outcome_has_words_in_both_languages()
    {
        foreach (var kind in Enum.GetValues<TraceKind>())
        {
            var english = TraceText.Of(Row(kind, "r@b.test", 0), English);
            var french = TraceText.Of(Row(kind, "r@b.test", 0), French);
            Assert.NotEqual(english, french);
            Assert.DoesNotContain('{', english + french);
            Assert.DoesNotContain('[', english + french);
        }
        foreach (var outcome in Enum.GetValues<TraceOutcome>())
            Assert.NotEqual(TraceText.Of(outcome, "x", English), TraceText.Of(outcome, "x", French));
    }

    [Fact]
    [Trait("promise", "S-03")]
    public void What_a_remote_host_said_cannot_break_the_line()
    {
        var row = Row(TraceKind.Failed, "r@b.test", 0, ("host", "mx"), ("answer", "550 no\r\nsuch \u001b[31muser\u202e\u2028x"));
        Assert.Equal("Could not be delivered to r@b.test: mx: “550 no  such  [31muser  x”", TraceText.Of(row, English));
    }

    [Fact]
    public void A_life_ends_as_its_worst_recipient_does()
    {
        var rows = new[]
        {
            Row(TraceKind.Accepted, "", 0), Row(TraceKind.Queued, "a@b.test", 0), Row(TraceKind.Queued, "c@b.test", 0),
            Row(TraceKind.Sent, "a@b.test", 1), Row(TraceKind.Attempt, "c@b.test", 1),
        };
        var life = Assert.Single(TraceLife.Of(rows));
        Assert.Equal(TraceOutcome.Waiting, life.Outcome);
        Assert.Equal(["c@b.test"], life.Concerned);
        life = Assert.Single(TraceLife.Of([.. rows, Row(TraceKind.Sent, "c@b.test", 2)]));
        Assert.Equal(TraceOutcome.Sent, life.Outcome);
        life = Assert.Single(TraceLife.Of([.. rows, Row(TraceKind.Sent, "c@b.test", 2), Row(TraceKind.ReportReceived, "a@b.test", 9, ("action", "failed"))]));
        Assert.Equal((TraceOutcome.Failed, "a@b.test"), (life.Outcome, Assert.Single(life.Concerned)));
    }

    [Fact]
    public void Rows_that_know_the_email_alone_join_the_life_it_came_by()
    {
        var email = new EmailId(7);
        var stored = Row(TraceKind.Stored, "moi@a.test", 0) with { Email = email };
        var read = Row(TraceKind.Fetched, "", 5) with { Transaction = "", MessageId = "", Email = email };
        var other = Row(TraceKind.Accepted, "", 9) with { Transaction = "c2-1", MessageId = "n@a.test" };
        var lives = TraceLife.Of([stored, read, other]);
        Assert.Equal(["c2-1", "c1-1"], lives.Select(life => life.Key));
        Assert.Equal([TraceKind.Stored, TraceKind.Fetched], lives[1].Rows.Select(row => row.Kind));
    }

    [Fact]
    public void A_life_begins_with_the_message_coming_in_though_its_commit_wrote_all_rows_at_once()
    {
        var life = Assert.Single(TraceLife.Of([Row(TraceKind.Queued, "a@b.test", 0), Row(TraceKind.Accepted, "", 0), Row(TraceKind.Sent, "a@b.test", 1)]));
        Assert.Equal([TraceKind.Accepted, TraceKind.Queued, TraceKind.Sent], life.Rows.Select(row => row.Kind));
    }
}
