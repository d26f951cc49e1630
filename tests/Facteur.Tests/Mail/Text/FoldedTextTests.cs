using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class FoldedTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Éléphant", "elephant")]
    [InlineData("E\u0301le\u0301phant", "elephant")]
    [InlineData("ÇA  \t\r\n va ?", "ca va ?")]
    [InlineData("Œuvre cœur Straße ÆON", "oeuvre coeur strasse aeon")]
    [InlineData("Søren Łódź", "soren lodz")]
    [InlineData("ΟΔΥΣΣΕΥΣ Ὀδυσσεύς", "οδυσσευσ οδυσσευσ")]
    [InlineData("Ёлка", "елка")]
    [InlineData("ＦＵＬＬ ﬁn", "full fin")]
    [InlineData("İstanbul ıstanbul", "istanbul istanbul")]
    [InlineData("한국어 日本語", "한국어 日本語")]
    [InlineData("🎉 fête", "🎉 fete")]
    [InlineData("𝐇𝐞𝐥𝐥𝐨", "hello")]
    [InlineData("l\u2019\u00E9t\u00E9", "l'ete")]
    [InlineData("soft\u00ADhyphen", "softhyphen")]
    [InlineData("  x  ", "x")]
    [InlineData("", "")]
    public void Text_folds_to(string text, string expected)
    {
        Assert.Equal(expected, FoldedText.Fold(text));
        Assert.Equal(expected, FoldedText.Fold(expected));
    }

    [Fact]
    public void Every_character_folds_and_folding_twice_changes_nothing()
    {
        for (var c = 1; c <= 0xFFFF; c++)
        {
            var once = FoldedText.Fold("a" + (char)c + "b");
            Assert.Equal(once, FoldedText.Fold(once));
        }
    }
}
