using System.Text;
using Facteur.Smtp.Wire;

namespace Facteur.Tests.Smtp;

public sealed class DataReaderTests
{
    [Theory]
    [InlineData("hello\r\n.\r\n", "hello\r\n")]
    [InlineData(".\r\n", "")]
    [InlineData("\r\n.\r\n", "\r\n")]
    [InlineData("..\r\n.\r\n", ".\r\n")]
    [InlineData("...\r\n.\r\n", "..\r\n")]
    [InlineData(".a\r\nb.\r\n..c.\r\n.\r\n", "a\r\nb.\r\n.c.\r\n")]
    [InlineData("a\r\n\r\n\r\n..\r\n.\r\n", "a\r\n\r\n\r\n.\r\n")]
    public void Data_ends_at_the_dot_line_and_loses_its_stuffed_dots(string wire, string content)
    {
        foreach (var result in EverySplit(wire + "QUIT\r\n"))
        {
            Assert.Equal(content, result.Content);
            Assert.Equal("QUIT\r\n", result.Rest);
            Assert.Equal(DataDefects.None, result.Defects);
        }
    }

    [Theory]
    [Trait("Promise", "S-01")]
    [InlineData("\n.\n", DataDefects.BareLineFeed)]
    [InlineData("\n.\r\n", DataDefects.BareLineFeed)]
    [InlineData("\r\n.\n", DataDefects.BareLineFeed)]
    [InlineData("\r.\n", DataDefects.BareCarriageReturn | DataDefects.BareLineFeed)]
    [InlineData("\n.\r", DataDefects.BareCarriageReturn | DataDefects.BareLineFeed)]
    [InlineData("\r.\r", DataDefects.BareCarriageReturn)]
    [InlineData("\r\n.\r", DataDefects.BareCarriageReturn)]
    [InlineData("\r.\r\n", DataDefects.BareCarriageReturn)]
    [InlineData("\r\n.\r\r\n", DataDefects.BareCarriageReturn)]
    [InlineData("\n\n.\r\n", DataDefects.BareLineFeed)]
    [InlineData("\r\n\0.\r\n", DataDefects.Nul)]
    [InlineData("\r\n.\0\r\n", DataDefects.Nul)]
    internal void No_other_sequence_ends_data(string sequence, DataDefects defects)
    {
        foreach (var result in EverySplit("x" + sequence + "MAIL FROM:<a@b>\r\n.\r\nQUIT\r\n"))
        {
            Assert.Equal("QUIT\r\n", result.Rest);
            Assert.Equal(defects, result.Defects);
            Assert.Contains("MAIL FROM:<a@b>\r\n", result.Content, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a\r\n.\r\n", DataDefects.None)]
    [InlineData("a\nb", DataDefects.BareLineFeed)]
    [InlineData("a\rb", DataDefects.BareCarriageReturn)]
    [InlineData("a\r", DataDefects.BareCarriageReturn)]
    [InlineData("a\r\n\0", DataDefects.Nul)]
    internal void Chunks_keep_every_octet_and_are_held_to_the_same_line_breaks(string wire, DataDefects defects)
    {
        var octets = Encoding.Latin1.GetBytes(wire);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var reader = DataReader.ForChunks();
            foreach (var part in new[] { octets.AsSpan(0, cut).ToArray(), octets.AsSpan(cut).ToArray() })
            {
                Assert.Equal(part.Length, reader.Read(part, out var start, out var length));
                Assert.Equal((0, part.Length), (start, length));
            }
            reader.EndChunks();
            Assert.Equal(defects, reader.Defects);
        }
    }

    [Fact]
    public void Any_octets_agree_with_a_reader_of_one_octet_at_a_time()
    {
        var random = new Random(5321);
        var alphabet = "\r\n.\0a"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var octets = new byte[random.Next(1, 24)];
            for (var i = 0; i < octets.Length; i++) octets[i] = alphabet[random.Next(alphabet.Length)];
            var whole = Run(octets, [octets.Length]);
            var single = Run(octets, Enumerable.Repeat(1, octets.Length));
            Assert.Equal(single, whole);
        }
    }

    private static IEnumerable<Result> EverySplit(string wire)
    {
        var octets = Encoding.Latin1.GetBytes(wire);
        for (var cut = 0; cut <= octets.Length; cut++) yield return Run(octets, [cut, octets.Length - cut]);
        yield return Run(octets, Enumerable.Repeat(1, octets.Length));
    }

    private static Result Run(byte[] octets, IEnumerable<int> parts)
    {
        var reader = DataReader.ForData();
        var content = new StringBuilder();
        var at = 0;
        foreach (var part in parts)
        {
            var end = at + part;
            while (at < end && !reader.IsEnded)
            {
                var input = octets.AsSpan(at, end - at);
                at += reader.Read(input, out var start, out var length);
                content.Append(Encoding.Latin1.GetString(input.Slice(start, length)));
            }
        }
        return new Result(content.ToString(), Encoding.Latin1.GetString(octets, at, octets.Length - at), reader.Defects, reader.IsEnded);
    }

    private sealed record Result(string Content, string Rest, DataDefects Defects, bool Ended);
}
