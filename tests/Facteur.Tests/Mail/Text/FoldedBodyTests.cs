using System.Buffers;
using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class FoldedBodyTests
{
    [Fact]
    public async Task Text_is_decoded_and_folded() =>
        Assert.Equal("un cafe a la creme\n", await Fold(Part("Un Caf=E9 =E0\r\n  la Cr=E8me\r\n", TransferEncoding.QuotedPrintable, "iso-8859-1")));

    [Fact]
    public async Task Html_loses_its_markup_and_ascii_takes_the_short_way()
    {
        Assert.Equal("hello world\n", await Fold(Part("<p>Hello <b>W</b>orld</p><script>no()</script>", TransferEncoding.SevenBit, null, "html")));
        Assert.Equal("hello world\n", await Fold(Part(" HELLO \r\n\r\n\tWorld ", TransferEncoding.SevenBit, "us-ascii")));
    }

    [Fact]
    public async Task A_character_cut_between_two_reads_is_whole()
    {
        var text = string.Concat(Enumerable.Repeat("日本語 é", 9_000));
        var expected = FoldedText.Fold(text) + "\n";
        Assert.Equal(expected, await Fold(Part(text, TransferEncoding.EightBit, "utf-8"), 1_000_000, readSize: 4097));
        Assert.Equal(expected, await Fold(Part(text, TransferEncoding.EightBit, null), 1_000_000, readSize: 4097));
        Assert.Equal(expected, await Fold(Part("<p>" + text, TransferEncoding.EightBit, "utf-8", "html"), 1_000_000, readSize: 4097));
    }

    [Fact]
    public async Task The_result_is_bounded_and_cut_between_characters()
    {
        Assert.Equal("日本", await Fold(Part("日本語", TransferEncoding.EightBit, "utf-8"), 8));
        Assert.Equal("ab", await Fold(Part(new string('x', 100_000).Insert(0, "ab "), TransferEncoding.EightBit, "utf-8"), 2));
    }

    [Fact]
    public async Task Parts_follow_one_another_and_attached_messages_tell_who_wrote_what()
    {
        var one = Part("One", TransferEncoding.SevenBit, null);
        var header = "Subject: =?utf-8?q?=C3=89t=C3=A9?=\r\nX: no\r\nFrom: Jane\r\n <j@x.test>\r\n\r\n";
        var bytes = Encoding.UTF8.GetBytes("One" + header + "Two" + "PNG");
        MessagePart Leaf(long headerOffset, long headerLength, long offset, long length, string type) => new()
        {
            HeaderOffset = headerOffset, HeaderLength = headerLength, BodyOffset = offset, BodyLength = length, Lines = 1, Type = type, Subtype = "plain", Encoding = TransferEncoding.SevenBit,
        };
        var inner = Leaf(3, header.Length, 3 + header.Length, 3, "text");
        var message = new MessagePart
        {
            HeaderOffset = 3, HeaderLength = 0, BodyOffset = 3, BodyLength = header.Length + 3, Lines = 1, Type = "message", Subtype = "rfc822", Encoding = TransferEncoding.SevenBit, Children = [inner],
        };
        var root = new MessagePart
        {
            HeaderOffset = 0, HeaderLength = 0, BodyOffset = 0, BodyLength = bytes.Length, Lines = 1, Type = "multipart", Subtype = "mixed", Encoding = TransferEncoding.SevenBit,
            Children = [one.Root, message, Leaf(0, 0, 3 + header.Length + 3, 3, "image")],
        };
        Assert.Equal("one\nete\njane <j@x.test>\ntwo\n", await Fold((bytes, root)));
    }

    private static (byte[] Bytes, MessagePart Root) Part(string body, TransferEncoding encoding, string? charset, string subtype = "plain")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return (bytes, new MessagePart
        {
            HeaderOffset = 0, HeaderLength = 0, BodyOffset = 0, BodyLength = bytes.Length, Lines = 1, Type = "text", Subtype = subtype, Encoding = encoding, Charset = charset,
        });
    }

    private static async Task<string> Fold((byte[] Bytes, MessagePart Root) message, int maxOctets = 10_000, int readSize = int.MaxValue)
    {
        var output = new ArrayBufferWriter<byte>();
        await FoldedText.WriteBodyAsync(new Source(message.Bytes, readSize), message.Root, output, maxOctets, TestContext.Current.CancellationToken);
        Assert.True(output.WrittenCount <= maxOctets);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private sealed class Source(byte[] bytes, int readSize) : IMessageSource
    {
        public long Length => bytes.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            var count = (int)Math.Min(Math.Min(buffer.Length, readSize), bytes.Length - offset);
            bytes.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }
    }
}
