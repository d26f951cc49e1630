using System.Buffers;
using System.Text;
using Facteur.Mail;
using Facteur.Pop3;
using Facteur.Pop3.Wire;
using Facteur.Tests.Support;

namespace Facteur.Tests.Pop3;

public sealed class WireTests
{
    private sealed class Stored(byte[] octets, int mostPerRead) : IMessageSource
    {
        public long Length => octets.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            var count = Math.Min(Math.Min(buffer.Length, mostPerRead), octets.Length - (int)offset);
            octets.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }
    }

    private static async Task<string> SendAsync(byte[] message, int lines = TopLimit.WholeMessage, int mostPerRead = int.MaxValue)
    {
        var (server, client) = MemoryConnection.Create();
        var sending = Task.Run(async () =>
        {
            await MessageSender.SendAsync(server, new Stored(message, mostPerRead), new TopLimit(lines), default);
            await server.FlushAsync();
            await server.DisposeAsync();
        });
        var answer = Encoding.Latin1.GetString(await client.ReadOctetsAsync(int.MaxValue, default));
        await sending;
        return answer;
    }

    [Theory]
    [InlineData("A: b\r\n\r\ntext\r\n", "A: b\r\n\r\ntext\r\n.\r\n")]
    [InlineData("A: b\r\n\r\n.\r\n..\r\n.x\r\n", "A: b\r\n\r\n..\r\n...\r\n..x\r\n.\r\n")]
    [InlineData(".A: b\r\n\r\nx.\r\n", "..A: b\r\n\r\nx.\r\n.\r\n")] // a first octet too
    [InlineData("A: b\r\n\r\nno end", "A: b\r\n\r\nno end\r\n.\r\n")]
    [InlineData("A: b\r\n\r\nend\n", "A: b\r\n\r\nend\n\r\n.\r\n")]
    [InlineData("A: b\r\n\r\none\n.\ntwo\r\n", "A: b\r\n\r\none\n..\ntwo\r\n.\r\n")]
    [InlineData("A: b\n\nbare\n", "A: b\n\nbare\n\r\n.\r\n")]
    [InlineData("A: b\r\n\r\nnul\0\r\n", "A: b\r\n\r\nnul\u0080\r\n.\r\n")] // CLIENTS 7
    [InlineData("A: b\r\n", "A: b\r\n\r\n.\r\n")]                           // CLIENTS 7: the empty line after the header
    [InlineData("A: b", "A: b\r\n\r\n.\r\n")]
    [InlineData("\r\nno header\r\n", "\r\nno header\r\n.\r\n")]
    [InlineData("", "\r\n.\r\n")]
    public async Task Messages_are_sent_as_stored_and_stuffed(string stored, string sent)
    {
        foreach (var mostPerRead in new[] { int.MaxValue, 1, 2, 3, 5 })
            Assert.Equal(sent, await SendAsync(Encoding.Latin1.GetBytes(stored), mostPerRead: mostPerRead));
    }

    [Theory]
    [InlineData(0, "A: b\r\nC: d\r\n\r\n.\r\n")]
    [InlineData(1, "A: b\r\nC: d\r\n\r\n1\r\n.\r\n")]
    [InlineData(2, "A: b\r\nC: d\r\n\r\n1\r\n..2\r\n.\r\n")]
    [InlineData(4, "A: b\r\nC: d\r\n\r\n1\r\n..2\r\n\r\n3\r\n.\r\n")]
    [InlineData(99, "A: b\r\nC: d\r\n\r\n1\r\n..2\r\n\r\n3\r\n.\r\n")]
    public async Task Top_cuts_after_lines_of_the_body(int lines, string sent)
    {
        foreach (var mostPerRead in new[] { int.MaxValue, 1, 2, 3 })
            Assert.Equal(sent, await SendAsync("A: b\r\nC: d\r\n\r\n1\r\n.2\r\n\r\n3\r\n"u8.ToArray(), lines, mostPerRead));
    }

    [Fact]
    public async Task A_large_message_of_dots_comes_through()
    {
        var message = new StringBuilder("Subject: dots\r\n\r\n");
        for (var i = 0; i < 30_000; i++) message.Append(i % 7 == 0 ? ".line " : "line ").Append(i).Append("\r\n");
        var sent = await SendAsync(Encoding.ASCII.GetBytes(message.ToString()));
        Assert.Equal(message.ToString(), Unstuff(sent));
    }

    [Fact]
    public void Lines_are_the_same_wherever_the_octets_are_cut()
    {
        var octets = "STAT\r\nPASS a b \r\n\r\nNOOP\nQUIT\r\nrest"u8.ToArray();
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var lines = new List<string>();
            var input = new ReadOnlySequence<byte>(octets, 0, cut);
            while (Pop3Receiver.TryReadLine(ref input, 100, out var line) == LineStatus.Complete) lines.Add(Encoding.ASCII.GetString(line));
            input = Join(input.ToArray(), octets[cut..]);
            while (Pop3Receiver.TryReadLine(ref input, 100, out var line) == LineStatus.Complete) lines.Add(Encoding.ASCII.GetString(line));
            Assert.Equal(["STAT", "PASS a b ", "", "NOOP", "QUIT"], lines);
            Assert.Equal("rest", Encoding.ASCII.GetString(input));
        }
    }

    [Fact]
    public void A_line_without_end_is_too_long()
    {
        var input = new ReadOnlySequence<byte>(new byte[10]);
        Assert.Equal(LineStatus.NeedMore, Pop3Receiver.TryReadLine(ref input, 11, out _));
        Assert.Equal(LineStatus.TooLong, Pop3Receiver.TryReadLine(ref input, 10, out _));
        input = new ReadOnlySequence<byte>("12345678\r\n"u8.ToArray());
        Assert.Equal(LineStatus.TooLong, Pop3Receiver.TryReadLine(ref input, 9, out _));
        Assert.Equal(LineStatus.Complete, Pop3Receiver.TryReadLine(ref input, 10, out _));
    }

    [Theory]
    [InlineData("AGE=", 2)]
    [InlineData("", 0)]
    [InlineData("=AAA", -1)]
    [InlineData("AAA=BBB", -1)]
    [InlineData("AA A", -1)]
    [InlineData("AA\tA", -1)]
    [InlineData("AAA", -1)]
    [InlineData("AA-_", -1)]
    public void Base64_is_strict(string line, int octets) => // RFC 5034 §4
        Assert.Equal(octets, Base64Line.Decode(Encoding.ASCII.GetBytes(line))?.Length ?? -1);

    private static ReadOnlySequence<byte> Join(byte[] first, byte[] second)
    {
        var start = new Segment(first, 0);
        return new ReadOnlySequence<byte>(start, 0, start.Append(second), second.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] octets, long runningIndex) => (Memory, RunningIndex) = (octets, runningIndex);

        public Segment Append(byte[] octets)
        {
            var next = new Segment(octets, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    private static string Unstuff(string answer)
    {
        Assert.EndsWith("\r\n.\r\n", answer, StringComparison.Ordinal);
        var lines = answer[..^3].Split("\r\n");
        return string.Join("\r\n", lines.Select(line => line.StartsWith('.') ? line[1..] : line));
    }
}
