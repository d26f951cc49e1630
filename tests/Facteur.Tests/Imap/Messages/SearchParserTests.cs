using System.Text;
using Facteur.Imap;
using Facteur.Imap.Messages;
using Facteur.Storage.Searching;
using Facteur.Tests.Support;

namespace Facteur.Tests.Imap.Messages;

public class SearchParserTests
{
    [Theory]
    [InlineData("ALL")]
    [InlineData("OR NOT SEEN (DELETED NOT (FLAGGED DRAFT))")]
    [InlineData("1:3,5 UID 7:* $")]
    [InlineData("HEADER Message-ID <a@b> FROM {3}\r\nabc")]
    [InlineData("SENTBEFORE \"1-Feb-1994\" SAVEDSINCE 1-Jan-2020 ON 29-Feb-2024")]
    [InlineData("MODSEQ \"/flags/\\\\draft\" all 620162338")]
    [InlineData("MODSEQ 0")]
    [InlineData("KEYWORD $Forwarded unkeyword NIL")]
    [InlineData("EMAILID M12 THREADID Tx OLDER 10 YOUNGER 20")]
    [InlineData("LARGER 9223372036854775807 SMALLER 0")]
    public void Keys_are_read(string written) => Assert.NotNull(Parse(written));

    [Theory]
    [InlineData("")]
    [InlineData("FOO")]
    [InlineData("OR SEEN")]
    [InlineData("NOT")]
    [InlineData("(SEEN")]
    [InlineData("SEEN)")]
    [InlineData("()")]
    [InlineData("SEEN  DELETED")]
    [InlineData("SEEN ")]
    [InlineData("UID")]
    [InlineData("0")]
    [InlineData("BEFORE 31-Feb-2020")]
    [InlineData("LARGER -1")]
    [InlineData("YOUNGER 0")]
    [InlineData("FROM")]
    public void Nonsense_is_refused(string written) => Assert.Throws<ImapSyntaxException>(() => Parse(written));

    [Fact]
    public void Nested_to_the_limit_of_a_line_is_refused_at_once()
    {
        var cost = ProcessorTime.Of(() =>
        {
            Assert.Throws<ImapRefusedException>(() => Parse(string.Concat(Enumerable.Repeat("OR NOT ", 10_000)) + "ALL"));
            Assert.Throws<ImapRefusedException>(() => Parse(string.Concat(Enumerable.Repeat("OR SEEN NOT ", 2_000)) + "ALL ALL"));
            Assert.Throws<ImapRefusedException>(() => Parse(new string('(', 60_000)));
            Assert.Throws<ImapRefusedException>(() => Parse(string.Concat(Enumerable.Repeat("(SEEN NOT ", 1_000)) + "ALL" + new string(')', 1_000)));
            Assert.Throws<ImapRefusedException>(() => Parse(string.Join(' ', Enumerable.Repeat("SEEN", 6_000))));
        });
        Assert.InRange(cost, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_chain_of_OR_is_one_wide_key()
    {
        var key = Parse(string.Concat(Enumerable.Repeat("OR HEADER Message-ID <x@y> ", 1_000)) + "SEEN");
        Assert.Equal(2, key.Depth);
        Assert.Equal(1_001, key.Children.Count);
    }

    [Fact]
    public void Parentheses_and_pairs_of_NOT_leave_no_level()
    {
        Assert.Equal(1, Parse(new string('(', 1_000) + "SEEN" + new string(')', 1_000)).Depth);
        Assert.Equal(1, Parse(string.Concat(Enumerable.Repeat("NOT ", 1_000)) + "SEEN").Depth);
    }

    [Theory]
    [InlineData("UTF-8")]
    [InlineData("us-ascii")]
    [InlineData("iso-8859-15")]
    [InlineData("KOI8-R")]
    public void Charsets_are_known(string charset) => Assert.NotNull(SearchText.Of(charset));

    [Theory]
    [InlineData("x-nonsense")]
    [InlineData("utf-7")]
    [InlineData("")]
    public void An_unknown_charset_is_refused_with_BADCHARSET(string charset) =>
        Assert.StartsWith("BADCHARSET", Assert.Throws<ImapRefusedException>(() => SearchText.Of(charset)).Code);

    private static SearchCondition Parse(string written)
    {
        var reader = new ImapReader(Encoding.ASCII.GetBytes(written), utf8: false);
        return SearchParser.Parse(ref reader, SearchText.Unlabelled);
    }
}
