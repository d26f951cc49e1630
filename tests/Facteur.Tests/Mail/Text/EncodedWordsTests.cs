using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class EncodedWordsTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(" plain\r\n folded\r\n\tagain ", "plain folded again")]
    [InlineData("=?ISO-8859-1?Q?a?=", "a")] // RFC 2047 §8
    [InlineData("=?ISO-8859-1?Q?a?= b", "a b")]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a?=  \r\n    =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a_b?=", "a b")]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b")]
    [InlineData("=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore")] // RFC 2231 §5
    [InlineData("=?utf-8?B?w4k=?=", "É")]
    [InlineData("=?utf-8?b?w4k?=", "É")] // padding missing
    [InlineData("=?utf-8?B?w4k==?=", "É")] // and too much of it
    [InlineData("=?UTF-8?B?4pyT4pw=?= =?UTF-8?B?kw==?=", "✓✓")] // a character split across words
    [InlineData("=?utf-8?Q?=E2=9C?=\r\n =?utf-8?Q?=93?=", "✓")]
    [InlineData("=?utf-8?B?4pyT4?= =?utf-8?B?pyT?=", "✓✓")] // a base64 quantum split across words
    [InlineData("=?utf-8?q?two words?=", "two words")]
    [InlineData("Re:=?utf-8?q?=C3=A9t=C3=A9?=.", "Re:été.")]
    [InlineData("=?utf-8?q??=", "")]
    [InlineData("=?utf-8?q?a=ZZ?=", "a=ZZ")]
    [InlineData("=?utf-8?q?a=?=", "a=")]
    [InlineData("=?utf-8?x?a?=", "=?utf-8?x?a?=")]
    [InlineData("=?utf-8?q?cut off", "=?utf-8?q?cut off")]
    [InlineData("=?utf-8?q?cut =?utf-8?q?=C3=A9?=", "=?utf-8?q?cut é")]
    [InlineData("1 =? 2 ?= 3", "1 =? 2 ?= 3")]
    [InlineData("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本")]
    [InlineData("\e$BF|K\\\e(B", "日本")] // without a label
    [InlineData("=?windows-1252?Q?=80_=93x=94?=", "€ “x”")]
    [InlineData("=?iso-8859-1?Q?=80?=", "€")] // what it means in practice
    [InlineData("=?gb2312?B?xOO6ww==?=", "你好")]
    [InlineData("=?ks_c_5601-1987?B?sKE=?=", "가")]
    [InlineData("=?x-unknown?Q?=C3=A9?=", "é")]
    [InlineData("=?x-unknown?Q?=E9?=", "é")]
    [InlineData("=?utf-7?Q?+ADw-?=", "+ADw-")] // never UTF-7
    [InlineData("=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x")] // one line, always
    public void A_field_reads_as(string field, string expected) => Assert.Equal(expected, EncodedWords.Decode(Encoding.UTF8.GetBytes(field)));

    [Fact]
    public void Raw_eight_bit_text_is_utf8_when_valid_else_windows_1252()
    {
        Assert.Equal("été", EncodedWords.Decode("été"u8));
        Assert.Equal("été ’", EncodedWords.Decode([0xE9, (byte)'t', 0xE9, (byte)' ', 0x92]));
    }

    [Theory]
    [InlineData("plain text, as it is")]
    [InlineData("été")]
    [InlineData("Réunion de l'équipe jeudi")]
    [InlineData("Votre facture n° 123 est prête : merci de la régler avant le 31 décembre, faute de quoi une majoration sera appliquée à votre dossier")]
    [InlineData("日本語のとても長い件名がここにあります。日本語のとても長い件名がここにあります。")]
    [InlineData("🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉 fête")]
    [InlineData("=?utf-8?q?not_a_word?=")]
    [InlineData("a=?b")]
    [InlineData("Aé, bé (c) \"d\" <e@f>")]
    public void What_is_written_reads_the_same_and_is_legal(string text)
    {
        foreach (var encoded in new[] { EncodedWords.Encode(text), EncodedWords.EncodePhrase(text) })
        {
            Assert.All(encoded, c => Assert.InRange(c, ' ', '~'));
            Assert.All(encoded.Split(' ').Where(word => word.StartsWith("=?utf-8", StringComparison.Ordinal)), word => Assert.True(word.Length <= 75, word));
        }
        Assert.Equal(text, EncodedWords.Decode(Encoding.ASCII.GetBytes(EncodedWords.Encode(text))));
        Assert.Equal(text, AddressParser.ParseList(Encoding.ASCII.GetBytes(EncodedWords.EncodePhrase(text) + " <a@b>"), 2)[0].DisplayName);
    }

    [Fact]
    public void Plain_words_at_the_ends_stay_readable() =>
        Assert.Equal("Your order =?utf-8?Q?=C3=A0_la_d=C3=A9rive?= is here", EncodedWords.Encode("Your order à la dérive is here"));

    // S-03
    [Theory]
    [InlineData("x\r\nBcc: evil@x")]
    [InlineData("x\nBcc: evil@x")]
    [InlineData("x\u2028Bcc: evil@x")]
    [InlineData("x\u0085Bcc: evil@x")]
    [InlineData("x\0y")]
    public void No_text_ends_the_field(string text)
    {
        var encoded = EncodedWords.Encode(text);
        Assert.All(encoded, c => Assert.InRange(c, ' ', '~'));
        Assert.DoesNotContain("=0D", encoded, StringComparison.Ordinal);
        Assert.DoesNotContain("=0A", encoded, StringComparison.Ordinal);
    }
}
