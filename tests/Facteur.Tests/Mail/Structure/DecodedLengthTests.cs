using System.Buffers;
using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

/// <summary>The length that is counted as a part streams by is that of the part once decoded.</summary>
public class DecodedLengthTests
{
    [Theory]
    [InlineData("base64", "Y2Fmw6k=")]
    [InlineData("base64", "Y2Fmw6k=\n")]
    [InlineData("base64", "Y2Fm\nw6k")]
    [InlineData("base64", "Y2F=m w6!!k==YQ==")]
    [InlineData("base64", "Y")]
    [InlineData("base64", "")]
    [InlineData("quoted-printable", "caf=C3=A9 =\nnoir  \n")]
    [InlineData("quoted-printable", "a=\n")]
    [InlineData("quoted-printable", "a = b=")]
    [InlineData("quoted-printable", "a\n\n")]
    [InlineData("x-uuencode", "begin 644 x\n#0V%T\n`\nend\n")]
    [InlineData("x-uuencode", "")]
    public void Each_encoding_is_counted_as_it_is_decoded(string encoding, string body)
    {
        var single = $"Content-Transfer-Encoding: {encoding}\n\n{body}";
        var inside = $"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: {encoding}\n\n{body}\n--b--\n";
        foreach (var message in (string[])[single, inside, single.ReplaceLineEndings("\r\n"), inside.ReplaceLineEndings("\r\n")])
        {
            var octets = Encoding.ASCII.GetBytes(message);
            for (var step = 1; step < octets.Length; step++)
                AssertCounted(Parsed.Of(octets, Enumerable.Range(1, (octets.Length - 1) / step).Select(cut => cut * step)));
        }
    }

    [Theory, MemberData(nameof(CorpusTests.Files), MemberType = typeof(CorpusTests))]
    public void Every_part_of_real_messages_is_counted(string file) =>
        AssertCounted(Parsed.Of(File.ReadAllBytes(Support.SharedMaterial.Require(Path.Combine("corpus/mime", file)))));

    [Fact]
    public void Other_parts_have_none()
    {
        var root = Parsed.Of("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\nContent-Transfer-Encoding: 8bit\n\nx\n--b--").Root;
        Assert.Null(root.DecodedLength);
        Assert.Null(root.Children[0].DecodedLength);
    }

    private static void AssertCounted(Parsed parsed)
    {
        var open = new Stack<MessagePart>([parsed.Root]);
        while (open.TryPop(out var part))
        {
            foreach (var child in part.Children) open.Push(child);
            var isEncoded = part.Encoding is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UuEncode && part.Children.Count == 0;
            Assert.Equal(isEncoded ? Decoded(parsed, part) : null, part.DecodedLength);
        }
    }

    private static long Decoded(Parsed parsed, MessagePart part)
    {
        var output = new ArrayBufferWriter<byte>();
        var decoder = ContentDecoder.Create(part.Encoding);
        decoder.Decode(parsed.Message.AsSpan((int)part.BodyOffset, (int)part.BodyLength), output);
        decoder.Complete(output);
        return output.WrittenCount;
    }
}
