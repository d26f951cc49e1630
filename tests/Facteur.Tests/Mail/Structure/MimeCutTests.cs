using System.Text;
using Facteur.Mail;
using Facteur.Tests.Support;

namespace Facteur.Tests.Mail.Structure;

/// <summary>The facts are the same however the message is cut, and nothing a sender writes makes the parser fail.</summary>
public class MimeCutTests
{
    private const string Everything = """
        Received: x
         folded
        From: =?utf-8?Q?Andr=C3=A9?= <a@b>, "Q" <c@d>
        broken line
        Subject: Re: x
        MIME-Version: 1.0
        Content-Type: multipart/mixed;
         boundary="outer"

        preamble
        --oute
        -
        --outer
        Content-Type: multipart/alternative; boundary="outer-in"

        --outer-in
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        caf=C3=A9 =
        noir
        -- 
        signature
        --outer-in
        Content-Type: text/html

        <p>x</p>

        --outer-in-- 
        --outer
        Content-Type: message/rfc822

        Subject: inside
        Content-Type: multipart/digest; boundary=d

        --d

        To: e@f

        one
        --d
        --outer
        Content-Type: application/pdf; name*0*=utf-8''%C3; name*1*=%A9.pdf
        Content-Transfer-Encoding: base64
        --outer--
        epilogue
        --outer
        """;

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r\r\n")]
    public void A_message_may_be_cut_at_every_octet(string lineEnd)
    {
        var message = Encoding.Latin1.GetBytes(Everything.ReplaceLineEndings("\n").Replace("\n", lineEnd, StringComparison.Ordinal));
        var whole = Parsed.Of(message);
        whole.AssertSound();
        for (var cut = 0; cut <= message.Length; cut++) Assert.Equal(whole.All, Parsed.Of(message, [cut]).All);
        for (var cut = 0; cut < message.Length - 3; cut += 3) Assert.Equal(whole.All, Parsed.Of(message, [cut, cut + 1, cut + 3]).All);
        Assert.Equal(whole.All, Parsed.Of(message, Enumerable.Range(1, message.Length - 1)).All);
    }

    [Theory]
    [InlineData("rfc2060.txt")]
    [InlineData("empty-multipart.txt")]
    [InlineData("multipart-digest.txt")]
    [InlineData("feedback-report.txt")]
    public void Messages_of_the_corpus_may_be_cut_at_every_octet(string file)
    {
        var message = File.ReadAllBytes(SharedMaterial.Require($"corpus/mime/messages/{file}"));
        var whole = Parsed.Of(message).All;
        for (var cut = 0; cut <= message.Length; cut++) Assert.Equal(whole, Parsed.Of(message, [cut]).All);
    }

    [Fact]
    public void A_long_line_that_starts_like_a_boundary_may_be_cut_anywhere()
    {
        var message = Encoding.ASCII.GetBytes("Content-Type: multipart/mixed; boundary=a\n\n--" + new string('x', 1500) + "\n--a" + new string(' ', 1500) + "\n\ntext");
        var whole = Parsed.Of(message);
        Assert.Single(whole.Root.Children);
        for (var cut = 0; cut <= message.Length; cut++) Assert.Equal(whole.All, Parsed.Of(message, [cut]).All);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_messages_parse_soundly_and_the_same_however_they_are_cut(int seed)
    {
        var random = new Random(seed);
        var original = Encoding.Latin1.GetBytes(Everything.ReplaceLineEndings("\r\n"));
        var limits = new MimeLimits { MaxParts = 8, MaxDepth = 4, MaxHeaderOctets = 400, MaxParameters = 3 };
        for (var round = 0; round < 400; round++)
        {
            var message = Mutate(original, random);
            var whole = Parsed.Of(message, round % 2 == 0 ? limits : null);
            whole.AssertSound();
            ImapTestScripts.BodyOf(whole);
            var cuts = Enumerable.Range(0, 5).Select(_ => random.Next(message.Length + 1)).Order();
            Assert.Equal(whole.All, Parsed.Of(message, cuts, round % 2 == 0 ? limits : null).All);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var message = original.ToList();
        var pieces = (byte[][])["\r\n"u8.ToArray(), "\n"u8.ToArray(), "\r"u8.ToArray(), "--outer\r\n"u8.ToArray(), "--"u8.ToArray(), "\r\n\r\n"u8.ToArray(), "\""u8.ToArray(), [0], [0xff], "("u8.ToArray(), "Content-Type: message/rfc822\r\n"u8.ToArray()];
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            var at = random.Next(message.Count);
            switch (random.Next(4))
            {
                case 0:
                    message[at] = (byte)random.Next(256);
                    break;
                case 1:
                    message.RemoveRange(at, Math.Min(random.Next(30), message.Count - at));
                    break;
                case 2:
                    message.InsertRange(at, pieces[random.Next(pieces.Length)]);
                    break;
                default:
                    message.InsertRange(at, message.GetRange(at, Math.Min(random.Next(80), message.Count - at)));
                    break;
            }
            if (message.Count == 0) message.Add(0);
        }
        return [.. message];
    }
}
