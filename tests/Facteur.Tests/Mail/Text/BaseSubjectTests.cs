using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class BaseSubjectTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("[foo] Fwd: [bar] Re: fw: b (fWd)  (fwd)", "b")]
    [InlineData("b (a)", "b (a)")]
    [InlineData("Re: [FWD: c]", "c")]
    [InlineData("[xyz]", "[xyz]")]
    [InlineData("[abc] [xyz]", "[xyz]")]
    [InlineData("[abc] x", "x")]
    [InlineData("Re: b", "b")]
    [InlineData("Ad: Re: Ad: Re: Ad: x", "Ad: Re: Ad: Re: Ad: x")]
    [InlineData("re: [fwd: [fwd: re: [fwd: babylon]]]", "babylon")]
    [InlineData("Re[2]: x", "x")]
    [InlineData("Re [list] : x", "x")]
    [InlineData("Re: ", "")]
    [InlineData("  a \t b\r\n c  ", "a b c")]
    [InlineData("Release notes", "Release notes")]
    [InlineData("Fwd: Réunion", "Réunion")]
    [InlineData("", "")]
    [InlineData(" ", "")]
    [InlineData("[a", "[a")]
    public void The_base_subject_is(string subject, string expected) => Assert.Equal(expected, BaseSubject.Of(subject));

    [Fact]
    public void A_long_row_of_marks_is_read_in_linear_time()
    {
        foreach (var piece in new[] { "[a]", "re:", "[fwd:", "(fwd)", "re [a", "[[", "] " })
        {
            var subject = string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));
            BaseSubject.Of(subject);
            BaseSubject.Of(subject + "x");
        }
    }
}
