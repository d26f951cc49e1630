using System.Text;
using Facteur.Smtp.Client;
using Facteur.Smtp.Client.Wire;

namespace Facteur.Tests.Smtp.Client;

public sealed class ReplyParserTests
{
    [Theory]
    [InlineData("250 OK\r\n", 250, null, "OK")]
    [InlineData("250\r\n", 250, null, "")]
    [InlineData("250 \r\n", 250, null, "")]
    [InlineData("250 LF alone\n", 250, null, "LF alone")]
    [InlineData("550 5.1.1 no such user\r\n", 550, "5.1.1", "no such user")]
    [InlineData("550 5.1.1\r\n", 550, "5.1.1", "")]
    [InlineData("550 4.1.1 of another class\r\n", 550, null, "4.1.1 of another class")]
    [InlineData("550 5.1.1111 too long\r\n", 550, null, "5.1.1111 too long")]
    [InlineData("354 5.0.0 is no enhanced code here\r\n", 354, null, "5.0.0 is no enhanced code here")]
    [InlineData("550-5.1.1 The account\r\n550-5.1.1 does not exist.\r\n550 5.1.1 Look: here\r\n", 550, "5.1.1", "The account does not exist. Look: here")]
    [InlineData("250-first\r\n550 last has the last word\r\n", 550, null, "first last has the last word")]
    [InlineData("550 bo\u00eete pleine\a\u001b[31m\r\n", 550, null, "bo??te pleine??[31m")]
    public void A_reply_is_read_wherever_it_is_cut(string octets, int code, string? enhanced, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(octets);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var parser = new ReplyParser();
            ReadOnlySpan<byte> first = bytes.AsSpan(0, cut), second = bytes.AsSpan(cut);
            if (parser.TryRead(ref first, out var reply) != ReplyStatus.Complete) Assert.Equal(ReplyStatus.Complete, parser.TryRead(ref second, out reply));
            Assert.Equal((code, enhanced, text), (reply!.Code, reply.EnhancedCode, reply.Text));
            Assert.True(parser.IsAtStart);
        }
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("25\r\n")]
    [InlineData("2500 OK\r\n")]
    [InlineData("150 OK\r\n")]
    [InlineData("650 OK\r\n")]
    [InlineData("\r\n")]
    [InlineData("250-goes on\r\nand then does not\r\n")]
    public void What_is_no_reply_is_told(string octets)
    {
        ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes(octets);
        Assert.Equal(ReplyStatus.Malformed, new ReplyParser().TryRead(ref input, out _));
    }

    [Fact]
    public void Replies_in_one_piece_come_one_by_one()
    {
        ReadOnlySpan<byte> input = "250 one\r\n550-two\r\n550 three\r\n25"u8;
        var parser = new ReplyParser();
        Assert.Equal(ReplyStatus.Complete, parser.TryRead(ref input, out var one));
        Assert.Equal(ReplyStatus.Complete, parser.TryRead(ref input, out var two));
        Assert.Equal(ReplyStatus.NeedMore, parser.TryRead(ref input, out _));
        Assert.Equal(("one", "two three", false), (one!.Text, two!.Text, parser.IsAtStart));
    }

    [Fact]
    public void A_reply_of_ten_megabytes_is_read_to_its_end_and_not_kept()
    {
        var parser = new ReplyParser();
        var line = Encoding.ASCII.GetBytes("250-" + new string('x', 1000) + "\r\n");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var wholes = 0;
        for (var i = 0; i < 10_000; i++)
        {
            ReadOnlySpan<byte> input = line;
            if (parser.TryRead(ref input, out _) != ReplyStatus.NeedMore) wholes++;
        }
        Assert.Equal(0, wholes);
        ReadOnlySpan<byte> last = "250 done\r\n250 next\r\n"u8;
        Assert.Equal(ReplyStatus.Complete, parser.TryRead(ref last, out var reply));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600_000);
        Assert.Equal(AttemptOutcome.MaxText, reply!.Text.Length);
        Assert.InRange(reply.Lines.Sum(text => text.Length), 0, ReplyParser.MaxKept);
        Assert.Equal(ReplyStatus.Complete, parser.TryRead(ref last, out reply));
        Assert.Equal("next", reply!.Text);
    }

    [Fact]
    public void A_reply_without_end_is_given_up()
    {
        var parser = new ReplyParser();
        var block = Encoding.ASCII.GetBytes("250-" + new string('x', 60_000) + "\r\n");
        var status = ReplyStatus.NeedMore;
        for (var i = 0; i < 1000 && status == ReplyStatus.NeedMore; i++)
        {
            ReadOnlySpan<byte> input = block;
            status = parser.TryRead(ref input, out _);
        }
        Assert.Equal(ReplyStatus.TooLong, status);
        parser = new ReplyParser();
        status = ReplyStatus.NeedMore;
        for (var i = 0; i < 10_000 && status == ReplyStatus.NeedMore; i++)
        {
            ReadOnlySpan<byte> input = new byte[4096]; // one line without end
            status = parser.TryRead(ref input, out _);
        }
        Assert.Equal(ReplyStatus.TooLong, status);
    }

    [Fact]
    public void Random_octets_break_nothing()
    {
        var random = new Random(7);
        var alphabet = "250-45 .\r\nOKx\u00e9\0"u8.ToArray();
        for (var run = 0; run < 5_000; run++)
        {
            var parser = new ReplyParser();
            var octets = Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
            ReadOnlySpan<byte> input = octets;
            while (!input.IsEmpty)
            {
                var status = parser.TryRead(ref input, out var reply);
                if (status == ReplyStatus.Malformed) break;
                if (reply is null) continue;
                Assert.InRange(reply.Code, 200, 599);
                Assert.DoesNotContain(reply.Text, c => c is < ' ' or > '~');
            }
        }
    }

    [Fact]
    public void EHLO_lines_become_capabilities()
    {
        var peer = PeerCapabilities.Read(["mx greets", "size 5000", "STARTTLS", "AUTH plain LOGIN", "AUTH=CRAM-MD5", "LIMITS RCPTMAX=20 MAILMAX=3 RCPTDOMAINMAX=1 X=y", "", "Chunking", "REQUIRETLS", "X-UNKNOWN 1 2"]);
        Assert.True(peer is { Size: true, MaxSize: 5000, StartTls: true, Chunking: true, RequireTls: true, MaxRecipients: 20, MaxTransactions: 3, Pipelining: false });
        Assert.Equal(["PLAIN", "LOGIN", "CRAM-MD5"], peer.Mechanisms);
        Assert.True(PeerCapabilities.Read(["STARTTLS"]) is { StartTls: false }); // the first line is a name
        Assert.True(PeerCapabilities.Read(["mx", "SIZE 99999999999999999999"]) is { Size: true, MaxSize: 0 });
    }
}
