using System.Text;
using Facteur.Imap;
using Facteur.Storage;

namespace Facteur.Tests.Imap;

public sealed class ReaderTests
{
    private static ImapReader Over(string text, bool utf8 = false) => new(Encoding.UTF8.GetBytes(text), utf8);

    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("foo]", "foo]")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    [InlineData("\"\"", "")]
    [InlineData("{5}\r\na\"b c", "a\"b c")]
    [InlineData("{0+}\r\n", "")]
    public void AString_has_three_forms(string wire, string text)
    {
        var reader = Over(wire);
        Assert.Equal(text, reader.AString());
        reader.End();
    }

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData("\"open")]
    [InlineData("\"open\\")]
    [InlineData("\"two\r\nlines\"")]
    [InlineData("{5}\r\nabc")]
    [InlineData("{5}abcde")]
    [InlineData("{3}\r\na\0c")]
    public void A_broken_string_is_refused(string wire) => Assert.Throws<ImapSyntaxException>(() => Over(wire).AString());

    [Theory]
    [InlineData("1", 1, 1)]
    [InlineData("2:4", 2, 4)]
    [InlineData("4:2", 4, 2)]
    [InlineData("*", 0, 0)]
    [InlineData("3:*", 3, 0)]
    [InlineData("4294967295", 4294967295, 4294967295)]
    public void A_set_of_one_range(string wire, uint first, uint last)
    {
        var reader = Over(wire);
        Assert.Equal([(first, last)], reader.SequenceSet().Ranges);
        reader.End();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1:")]
    [InlineData("1,")]
    [InlineData(",1")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1:0")]
    [InlineData("4294967296")]
    [InlineData("99999999999999999999999")]
    public void A_broken_set_is_refused(string wire) => Assert.Throws<ImapSyntaxException>(() => Over(wire).SequenceSet());

    [Fact]
    public void A_set_has_its_bound()
    {
        var wire = string.Join(',', Enumerable.Repeat("1:*", SequenceSet.MaxRanges + 1));
        Assert.Throws<ImapSyntaxException>(() => Over(wire).SequenceSet());
    }

    [Fact]
    public void Dollar_is_the_saved_result() => Assert.True(Over("$").SequenceSet().IsSaved);

    // RFC 9051 §9 "sequence-set": the example 2,4:7,9,12:* with 15 messages.
    [Fact]
    public void Ranges_are_merged_in_order()
    {
        var set = Over("2,4:7,9,12:*").SequenceSet().ResolveNumbers(15);
        Assert.Equal([new(1, 1), new(3, 6), new(8, 8), new(11, 14)], set);
        Assert.Equal([new(0, 9)], Over("8:10,1:4,5,3:7").SequenceSet().ResolveNumbers(10));
    }

    [Fact]
    public void A_number_above_the_last_is_bad_and_an_empty_mailbox_has_no_star()
    {
        Assert.Throws<ImapSyntaxException>(() => Over("3:5").SequenceSet().ResolveNumbers(4));
        Assert.Empty(Over("1:*").SequenceSet().ResolveNumbers(0));
        Assert.Throws<ImapSyntaxException>(() => Over("1").SequenceSet().ResolveNumbers(0));
    }

    [Fact]
    public void Flags_are_read_in_any_case_and_once()
    {
        var reader = Over("(\\seen \\FLAGGED $Forwarded Work work \\Recent)");
        var flags = reader.FlagList();
        Assert.Equal(MessageFlags.Seen | MessageFlags.Flagged, flags.System);
        Assert.Equal(["$Forwarded", "Work"], flags.Keywords);
        Assert.Throws<ImapSyntaxException>(() => Over("(\\Foo)").FlagList());
    }

    [Fact]
    public void Too_many_keywords_are_refused()
    {
        var wire = "(" + string.Join(' ', Enumerable.Range(0, 1_000_000).Select(i => "k" + i)) + ")";
        Assert.Throws<ImapRefusedException>(() => Over(wire).FlagList());
    }

    [Theory]
    [InlineData("\"17-Jul-1996 02:44:25 -0700\"", "1996-07-17T02:44:25-07:00")]
    [InlineData("\" 1-jan-2024 23:59:60 +0130\"", "2024-01-01T23:59:59+01:30")]
    [InlineData("\"1-Feb-2024 00:00:00 +0000\"", "2024-02-01T00:00:00+00:00")]
    public void Date_times_are_read(string wire, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), Over(wire).DateTime());

    [Theory]
    [InlineData("\"30-Feb-2024 00:00:00 +0000\"")]
    [InlineData("\"01-Foo-2024 00:00:00 +0000\"")]
    [InlineData("\"01-Jan-2024 24:00:00 +0000\"")]
    [InlineData("\"01-Jan-2024 00:00:00 +9900\"")]
    [InlineData("\"01-Jan-0000 00:00:00 +0000\"")]
    [InlineData("\"01-Jan-2024 00:00:00\"")]
    public void Broken_date_times_are_refused(string wire) => Assert.Throws<ImapSyntaxException>(() => Over(wire).DateTime());

    [Theory]
    [InlineData("inbox", "INBOX")]
    [InlineData("\"Inbox/a\"", "INBOX/a")]
    [InlineData("inboxes", "inboxes")]
    [InlineData("\"&AOk-t&AOk-\"", "été")]
    [InlineData("\"a & b\"", "a & b")]
    [InlineData("\"a &- b\"", "a & b")]
    [InlineData("\"e\u0301t\u00e9\"", "été")]
    public void Names_are_decoded(string wire, string name) => Assert.Equal(name, Over(wire).Mailbox());

    // Thunderbird enables UTF8=ACCEPT and then sends "&" as it is (CLIENTS 9).
    [Theory]
    [InlineData("\"été & hiver\"", "été & hiver")]
    [InlineData("\"&AOk-\"", "&AOk-")]
    public void Names_are_themselves_once_utf8_is_enabled(string wire, string name) => Assert.Equal(name, Over(wire, utf8: true).Mailbox());

    [Fact]
    public void Names_with_control_characters_are_refused() => Assert.Throws<ImapRefusedException>(() => Over("\"a\tb\"").Mailbox());
}
