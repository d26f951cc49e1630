using System.Text;
using Facteur.Imap;
using Facteur.Imap.Commands;

namespace Facteur.Tests.Imap;

public sealed class MailboxNameTests
{
    // The example of RFC 3501 §5.1.3: "~peter/mail/台北/日本語".
    [Theory]
    [InlineData("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-")]
    [InlineData("été", "&AOk-t&AOk-")]
    [InlineData("A & B", "A &- B")]
    [InlineData("😀", "&2D3eAA-")]
    [InlineData("plain", "plain")]
    public void Modified_utf7_goes_both_ways(string name, string wire)
    {
        Assert.Equal(wire, Encoding.ASCII.GetString(ModifiedUtf7.Encode(name)));
        Assert.True(ModifiedUtf7.TryDecode(Encoding.ASCII.GetBytes(wire), out var decoded));
        Assert.Equal(name, decoded);
    }

    [Theory]
    [InlineData("&")]
    [InlineData("&AOk")]
    [InlineData("&A-")]
    [InlineData("&AOl-")]
    [InlineData("&2D0-")]
    [InlineData("&AO/k-")]
    [InlineData("é")]
    public void What_is_not_modified_utf7_is_told(string wire) => Assert.False(ModifiedUtf7.TryDecode(Encoding.UTF8.GetBytes(wire), out _));

    [Theory]
    [InlineData("*", "a/b/c", true)]
    [InlineData("%", "a", true)]
    [InlineData("%", "a/b", false)]
    [InlineData("%/%", "a/b", true)]
    [InlineData("a/%", "a/b/c", false)]
    [InlineData("a*c", "a/b/c", true)]
    [InlineData("*b*", "a/b/c", true)]
    [InlineData("%3/%4", "x3/y4", true)]
    [InlineData("%t*4", "t/3/4", true)]
    [InlineData("a", "A", false)]
    [InlineData("inbox", "INBOX", true)]
    [InlineData("in%", "INBOX", true)]
    [InlineData("", "a", false)]
    [InlineData("a**%%*b", "ab", true)]
    public void Patterns_match(string pattern, string name, bool matches) => Assert.Equal(matches, new ListPattern(pattern).Matches(name));

    [Fact]
    public void A_hostile_pattern_costs_no_more_than_its_length()
    {
        var pattern = new ListPattern(string.Concat(Enumerable.Repeat("*a", 500)) + "b");
        Assert.False(pattern.Matches(new string('a', 1000)));
    }
}
