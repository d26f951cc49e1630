using System.Buffers;
using System.Text;
using Facteur.Mail;
using Facteur.Tests.Support;

namespace Facteur.Tests.Mail.Text;

/// <summary>Whatever the octets: no reader of text throws, none takes more than linear time, and what goes in pieces reads as what goes whole.</summary>
public class RandomInputTests
{
    // Pieces that mean something to one reader or another, so that chance finds the corners.
    private static readonly byte[][] Pieces = [.. new[]
    {
        "=?", "?=", "=?utf-8?q?", "=?utf-8?B?", "w4k=", "=?iso-2022-jp?b?", "=C3", "=A9", "_", "\"", "\\", "(", ")", "<", ">", "@", ",", ";", ":", "[", "]", ".",
        " ", "\r\n ", "\r\n", "\n", "\t", "a", "John", "example.org", "mailto:", "\0", "é", "日", "🎉", "\e$B", "\e(B", "1", "12:", "2005", "Jan", "-", "+0200", "GMT", "am",
        "<p>", "<!--", "-->", "<script>", "</script>", "&amp;", "&#", "&#x41;", "&nbsp", "<a href='", "Re:", "[fwd:", "(fwd)",
    }.Select(Encoding.UTF8.GetBytes), [0xC3], [0xE9], [0xF0, 0x9F], [0xFF], [0x80], [0xED, 0xA0, 0x80]];

    private static readonly string?[] CharsetNames = [null, "utf-8", "iso-2022-jp", "gb18030", "euc-kr", "utf-16", "hz-gb-2312", "iso-2022-kr", "big5", "euc-jp", "utf-32"];

    [Fact]
    public void No_reader_throws()
    {
        var random = new Random(20260305);
        for (var i = 0; i < 4_000; i++)
            ReadAll(Sample(random, random.Next(40)));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("\"")]
    [InlineData("\\\"")]
    [InlineData("<")]
    [InlineData("@[")]
    [InlineData("=?")]
    [InlineData("=?a?q?")]
    [InlineData("=?a?q?x =?")]
    [InlineData("=?utf-8?b?AA?= ")]
    [InlineData("a@b,")]
    [InlineData("a:")]
    [InlineData("a@b:")]
    [InlineData("<@a,")]
    [InlineData("a.b ")]
    [InlineData("[a]")]
    [InlineData("re:")]
    [InlineData("[fwd:")]
    [InlineData("<a ")]
    [InlineData("&amp")]
    [InlineData("<!-")]
    [InlineData("<script></scrip")]
    [InlineData("-")]
    [InlineData("\e$B")]
    [InlineData("é")]
    public void Time_is_linear(string piece)
    {
        var half = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length)));
        ReadAll(half[..1000]);
        // 100 kB that took quadratic time would take tens of seconds; linear readers need milliseconds.
        Assert.InRange(ProcessorTime.Of(() => ReadAll(half)), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Addresses_of_a_list_stay_within_the_limit_and_show_no_control_character()
    {
        var random = new Random(42);
        for (var i = 0; i < 5_000; i++)
        {
            var items = AddressParser.ParseList(Sample(random, random.Next(30)), 5);
            Assert.True(items.Count <= 6);
            Assert.Equal(items.Count(item => item.Kind == AddressItemKind.GroupStart), items.Count(item => item.Kind == AddressItemKind.GroupEnd));
            foreach (var item in items)
            {
                Assert.DoesNotContain((item.DisplayName + item.RawDisplayName + item.Route + item.LocalPart + item.Domain).ToCharArray(), char.IsControl);
                if (MailAddress.TryCreate(item.LocalPart, item.Domain, out var address))
                {
                    // What policy accepts is what it reads again (S-19).
                    var again = Assert.Single(AddressParser.ParseList(Encoding.UTF8.GetBytes(address.ToString()), 5));
                    Assert.Equal((item.LocalPart, item.Domain), (again.LocalPart, again.Domain));
                }
            }
        }
    }

    [Fact]
    public void Any_text_is_written_and_read_again()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var text = Encoding.UTF8.GetString(Sample(random, random.Next(30)));
            var line = string.Concat(text.EnumerateRunes().Select(rune => rune.Value is 0xFEFF ? "" : rune.Value < 0x10000 && (char.IsControl((char)rune.Value) || rune.Value is 0x2028 or 0x2029) ? " " : rune.ToString()));
            var encoded = EncodedWords.Encode(text);
            Assert.All(encoded, c => Assert.InRange(c, ' ', '~'));
            Assert.Equal(line.Trim(' '), EncodedWords.Decode(Encoding.ASCII.GetBytes(encoded)));
            var phrase = EncodedWords.EncodePhrase(text);
            var item = Assert.Single(AddressParser.ParseList(Encoding.ASCII.GetBytes(phrase + " <a@b>"), 5));
            Assert.Equal((line.Trim(), "a", "b"), (item.DisplayName ?? "", item.LocalPart, item.Domain));
        }
    }

    [Fact]
    public void Html_and_folding_read_the_same_in_pieces()
    {
        var random = new Random(3);
        for (var i = 0; i < 3_000; i++)
        {
            var text = Encoding.UTF8.GetString(Sample(random, random.Next(60)));
            var cut = random.Next(text.Length + 1);
            Assert.Equal(Plain(text), Plain(text[..cut], text[cut..]));
            Assert.Equal(Folded(text), Folded(text[..cut], text[cut..]));
        }
    }

    private static string Plain(params string[] pieces)
    {
        var html = new HtmlText();
        var output = new ArrayBufferWriter<char>();
        foreach (var piece in pieces)
            html.Write(piece, output);
        html.Complete(output);
        return output.WrittenSpan.ToString();
    }

    private static string Folded(params string[] pieces)
    {
        var folder = new TextFolder();
        var output = new ArrayBufferWriter<char>();
        foreach (var piece in pieces)
            folder.Fold(piece, output);
        return output.WrittenSpan.ToString();
    }

    private static void ReadAll(byte[] bytes)
    {
        AddressParser.ParseList(bytes, 1000);
        var decoded = EncodedWords.Decode(bytes);
        Assert.DoesNotContain(decoded.ToCharArray(), char.IsControl);
        _ = MailDate.TryParse(bytes, out _);
        MessageIds.Parse(bytes);
        BaseSubject.Of(decoded);
        FoldedText.Fold(decoded);
        TextPreview.Of(bytes, CharsetNames[bytes.Length % CharsetNames.Length], html: true, 1_000_000);
        EncodedWords.Encode(decoded);
        _ = MailAddress.TryParse(decoded, out _);
    }

    private static byte[] Sample(Random random, int pieces)
    {
        var output = new MemoryStream();
        for (var i = 0; i < pieces; i++)
            output.Write(random.Next(10) == 0 ? [(byte)random.Next(256)] : Pieces[random.Next(Pieces.Length)]);
        return output.ToArray();
    }
}
