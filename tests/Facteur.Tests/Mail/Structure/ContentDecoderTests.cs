using System.Buffers;
using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

public class ContentDecoderTests
{
    [Theory]
    // RFC 2045 §6.7: soft line breaks, white space at line ends
    [InlineData(TransferEncoding.QuotedPrintable, "Now's the time =\r\nfor all folk to come=\r\n to the aid", "Now's the time for all folk to come to the aid")]
    [InlineData(TransferEncoding.QuotedPrintable, "caf=E9 \t \r\nnext", "caf\xE9\r\nnext")]
    [InlineData(TransferEncoding.QuotedPrintable, "soft= \t\r\nbreak=\nagain", "softbreakagain")]
    [InlineData(TransferEncoding.QuotedPrintable, "lower=c3=a9", "lower\xC3\xA9")]
    [InlineData(TransferEncoding.QuotedPrintable, "=3D=3d==3D = =X =4", "==== = =X =4")]
    [InlineData(TransferEncoding.QuotedPrintable, "a\rb \rc", "a\rb \rc")]
    [InlineData(TransferEncoding.QuotedPrintable, "end =", "end ")]
    [InlineData(TransferEncoding.QuotedPrintable, "end  ", "end")]
    [InlineData(TransferEncoding.QuotedPrintable, "== =A", "== =A")]
    [InlineData(TransferEncoding.QuotedPrintable, "=\r=41", "=\rA")]
    [InlineData(TransferEncoding.Base64, "SGVsbG8sIHdvcmxkIQ==", "Hello, world!")]
    [InlineData(TransferEncoding.Base64, "SGVs\r\nbG8s\r\nIHdvcmxkIQ==\r\n", "Hello, world!")]
    [InlineData(TransferEncoding.Base64, "SG!Vsb  G8sIHdv-cmxkIQ", "Hello, world!")]
    [InlineData(TransferEncoding.Base64, "SGVsbG8=SGVsbG8=", "HelloHello")]
    [InlineData(TransferEncoding.Base64, "SGVsbG8sIHdvcmxkIQ==\r\n-- \r\n", "Hello, world!")]
    [InlineData(TransferEncoding.Base64, "", "")]
    [InlineData(TransferEncoding.UuEncode, "text\r\nbegin 644 a.txt\r\n-2&5L;&\\L('=O<FQD(0  \r\n`\r\nend\r\nmore", "Hello, world!")]
    [InlineData(TransferEncoding.UuEncode, "begin 644 a.txt\n-2&5L;&\\L('=O<FQD(0\n \nend\n", "Hello, world!")]
    [InlineData(TransferEncoding.EightBit, "as = it\r\nis \t\r\n", "as = it\r\nis \t\r\n")]
    [InlineData(TransferEncoding.Unknown, "=41", "=41")]
    public void Decodes_the_same_however_it_is_cut(TransferEncoding encoding, string encoded, string decoded)
    {
        var input = Encoding.Latin1.GetBytes(encoded);
        for (var cut = 0; cut <= input.Length; cut++)
            Assert.Equal(decoded, Decode(encoding, [input[..cut], input[cut..]]));
        Assert.Equal(decoded, Decode(encoding, [.. input.Select(octet => new[] { octet })]));
    }

    [Fact]
    public void A_large_base64_body_comes_back()
    {
        var octets = new byte[100_000];
        new Random(1).NextBytes(octets);
        var encoded = Encoding.ASCII.GetBytes(Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks));
        var output = new ArrayBufferWriter<byte>();
        var decoder = ContentDecoder.Create(TransferEncoding.Base64);
        foreach (var piece in encoded.Chunk(1001)) decoder.Decode(piece, output);
        decoder.Complete(output);
        Assert.Equal(octets, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Endless_white_space_is_passed_on_rather_than_held()
    {
        var blanks = Encoding.ASCII.GetBytes(new string(' ', 100_000));
        var output = new ArrayBufferWriter<byte>();
        var decoder = ContentDecoder.Create(TransferEncoding.QuotedPrintable);
        decoder.Decode(blanks, output);
        decoder.Decode("x"u8, output);
        decoder.Complete(output);
        Assert.Equal(100_001, output.WrittenCount);
    }

    [Theory]
    [InlineData(TransferEncoding.Base64)]
    [InlineData(TransferEncoding.QuotedPrintable)]
    [InlineData(TransferEncoding.UuEncode)]
    public void Any_octets_decode_without_an_error_and_the_same_however_they_are_cut(TransferEncoding encoding)
    {
        var random = new Random(7);
        var alphabet = "=\r\n \tAa09+/begin `end\0\xff"u8.ToArray();
        for (var round = 0; round < 2_000; round++)
        {
            var input = new byte[random.Next(60)];
            for (var i = 0; i < input.Length; i++) input[i] = alphabet[random.Next(alphabet.Length)];
            if (encoding == TransferEncoding.UuEncode) input = [.. "begin 1 x\n"u8, .. input];
            var cut = random.Next(input.Length + 1);
            Assert.Equal(Decode(encoding, [input]), Decode(encoding, [input[..cut], input[cut..]]));
        }
    }

    private static string Decode(TransferEncoding encoding, byte[][] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var decoder = ContentDecoder.Create(encoding);
        foreach (var piece in pieces) decoder.Decode(piece, output);
        decoder.Complete(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
