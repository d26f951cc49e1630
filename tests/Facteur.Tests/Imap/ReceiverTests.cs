using System.Buffers;
using System.Text;
using Facteur.Imap;

namespace Facteur.Tests.Imap;

/// <summary>The receiver finds the same commands however their octets are cut.</summary>
public sealed class ReceiverTests
{
    private const int Line = 100;
    private const int Command = 400;

    [Theory]
    [InlineData("a NOOP\r\n", "a NOOP")]
    [InlineData("\r\na NOOP\r\n", "", "a NOOP")]
    [InlineData("a NOOP\r\nb NOOP\r\n", "a NOOP", "b NOOP")]
    [InlineData("a LOGIN {3}\r\nfoo {3+}\r\nbar\r\nb NOOP\r\n", "a LOGIN {3}\r\nfoo {3+}\r\nbar", "b NOOP")]
    [InlineData("a LOGIN {0}\r\n {5}\r\n\r\n{2}\r\n", "a LOGIN {0}\r\n {5}\r\n\r\n{2}")]
    [InlineData("a X {10}\r\n12345\r\n789 {1}\r\nz\r\n", "a X {10}\r\n12345\r\n789 {1}\r\nz")]
    [InlineData("a bare\nline feed\r\n", "a bare\nline feed")]
    [InlineData("a no literal {x}\r\n", "a no literal {x}")]
    [InlineData("a no literal {}\r\n", "a no literal {}")]
    [InlineData("a no literal 5}\r\n", "a no literal 5}")]
    public void Commands_are_found_at_every_cut(string input, params string[] expected)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(expected, Receive(bytes, cut));
        Assert.Equal(expected, Receive(bytes, -1)); // octet by octet
    }

    [Theory]
    [InlineData("a X {12}", 12UL, false, false)]
    [InlineData("a X {12+}", 12UL, true, false)]
    [InlineData("a X ~{12}", 12UL, false, true)]
    [InlineData("a X ~{12+}", 12UL, true, true)]
    [InlineData("a X foo~{12}", 12UL, false, false)]
    [InlineData("a X {4294967296}", 4294967296UL, false, false)]
    [InlineData("a X {99999999999999999999+}", ulong.MaxValue, true, false)]
    public void Heads_of_literals_are_read(string line, ulong length, bool nonSynchronizing, bool binary)
    {
        var receiver = new ImapReceiver(Line, Command);
        Assert.Equal(ReceiveStatus.NeedLiteral, receiver.Receive(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(line + "\r\n"))));
        Assert.Equal(new LiteralHead(length, nonSynchronizing, binary), receiver.Literal);
    }

    [Fact]
    public void A_line_without_end_is_given_up()
    {
        var receiver = new ImapReceiver(Line, Command);
        Assert.Equal(ReceiveStatus.NeedMore, receiver.Receive(new ReadOnlySequence<byte>(new byte[Line])));
        Assert.Equal(ReceiveStatus.TooLong, receiver.Receive(new ReadOnlySequence<byte>(new byte[Line + 1])));
    }

    [Fact]
    public void A_line_that_ends_too_late_is_given_up()
    {
        var receiver = new ImapReceiver(Line, Command);
        var line = Encoding.ASCII.GetBytes(new string('(', Line - 1) + "\r\n");
        Assert.Equal(ReceiveStatus.TooLong, receiver.Receive(new ReadOnlySequence<byte>(line)));
    }

    /// <summary>What a session does with the receiver: accept literals, take commands.</summary>
    private static List<string> Receive(byte[] input, int cut)
    {
        var receiver = new ImapReceiver(Line, Command);
        var found = new List<string>();
        var start = 0;
        for (var end = cut < 0 ? 0 : cut; ; end = cut < 0 ? end + 1 : input.Length)
        {
            while (receiver.Receive(Segments(input.AsMemory(start, end - start))) is var status and not ReceiveStatus.NeedMore)
            {
                Assert.NotEqual(ReceiveStatus.TooLong, status);
                if (status == ReceiveStatus.NeedLiteral)
                {
                    receiver.AcceptLiteral();
                    continue;
                }
                found.Add(Encoding.Latin1.GetString(input, start, (int)receiver.Length - 2));
                start += (int)receiver.Length;
                receiver.Reset();
            }
            if (end == input.Length) return found;
        }
    }

    // Each octet in a segment of its own: no read may count on neighbours.
    private static ReadOnlySequence<byte> Segments(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return ReadOnlySequence<byte>.Empty;
        var first = new Segment(bytes[..1], null);
        var last = first;
        for (var i = 1; i < bytes.Length; i++) last = new Segment(bytes.Slice(i, 1), last);
        return new ReadOnlySequence<byte>(first, 0, last, 1);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
