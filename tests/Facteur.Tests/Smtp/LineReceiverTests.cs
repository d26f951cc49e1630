using System.Buffers;
using System.Text;
using Facteur.Smtp.Wire;

namespace Facteur.Tests.Smtp;

public sealed class LineReceiverTests
{
    [Fact]
    public void Lines_come_out_whole_wherever_the_input_is_cut()
    {
        var octets = "EHLO a\r\nNOOP\r\n\r\nMAIL FROM:<a@b>\r\nx"u8.ToArray();
        for (var cut = 0; cut <= octets.Length; cut++)
            Assert.Equal(["EHLO a", "NOOP", "", "MAIL FROM:<a@b>"], Lines(100, octets[..cut], octets[cut..]));
        Assert.Equal(["EHLO a", "NOOP", "", "MAIL FROM:<a@b>"], Lines(100, [.. octets.Select(o => new[] { o })]));
    }

    [Fact]
    public void A_line_too_long_is_thrown_away_and_the_next_one_is_read()
    {
        var octets = Encoding.ASCII.GetBytes("EHLO " + new string('a', 200) + "\r\nNOOP\r\n");
        for (var cut = 0; cut <= octets.Length; cut++)
            Assert.Equal(["!TooLong", "!TooLongEnded", "NOOP"], Lines(64, octets[..cut], octets[cut..]));
        Assert.Equal(["!TooLong", "!TooLongEnded", "NOOP"], Lines(64, [.. octets.Select(o => new[] { o })]));
    }

    [Fact]
    public void The_limit_counts_the_line_break()
    {
        Assert.Equal(["12345678"], Lines(10, "12345678\r\n"u8.ToArray()));
        Assert.Equal(["!TooLong", "!TooLongEnded"], Lines(10, "123456789\r\n"u8.ToArray()));
    }

    [Theory]
    [InlineData("NOOP\nQUIT\r\n")]
    [InlineData("\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nQUIT\r\n")]
    public void A_bare_line_feed_is_no_line_break(string wire) => Assert.Equal("!BareLineFeed", Lines(20, Encoding.ASCII.GetBytes(wire))[^1]);

    private static List<string> Lines(int maxOctets, params byte[][] parts)
    {
        var receiver = default(LineReceiver);
        var lines = new List<string>();
        var held = Array.Empty<byte>();
        foreach (var part in parts)
        {
            held = [.. held, .. part];
            var input = new ReadOnlySequence<byte>(held);
            while (true)
            {
                var status = receiver.TryRead(ref input, maxOctets, out var line);
                if (status == LineStatus.NeedMore) break;
                lines.Add(status == LineStatus.Complete ? Encoding.ASCII.GetString(line) : "!" + status);
                if (status == LineStatus.BareLineFeed) return lines;
            }
            held = input.ToArray();
        }
        return lines;
    }
}
