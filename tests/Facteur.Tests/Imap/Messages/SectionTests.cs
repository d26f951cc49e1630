using System.Text;
using Facteur.Imap;
using Facteur.Imap.Messages;
using Facteur.Mail;

namespace Facteur.Tests.Imap.Messages;

public class SectionTests
{
    // The complex message of RFC 9051 §6.4.5.1; each part stands at 100 times its place, header of 10 octets.
    private static readonly MessagePart Example = Part(0, "multipart", "mixed",
        Part(1, "text", "plain"),
        Part(2, "application", "octet-stream"),
        Part(3, "message", "rfc822", Part(4, "multipart", "mixed", Part(5, "text", "plain"), Part(6, "application", "octet-stream"))),
        Part(7, "multipart", "mixed",
            Part(8, "image", "gif"),
            Part(9, "message", "rfc822", Part(10, "multipart", "mixed",
                Part(11, "text", "plain"),
                Part(12, "multipart", "alternative", Part(13, "text", "plain"), Part(14, "text", "richtext"))))));

    [Theory]
    [InlineData("HEADER", 0, 10)]
    [InlineData("TEXT", 10, 80)]
    [InlineData("1", 110, 80)]
    [InlineData("2", 210, 80)]
    [InlineData("2.MIME", 200, 10)]
    [InlineData("3", 310, 80)]
    [InlineData("3.HEADER", 400, 10)]
    [InlineData("3.TEXT", 410, 80)]
    [InlineData("3.1", 510, 80)]
    [InlineData("3.2", 610, 80)]
    [InlineData("4", 710, 80)]
    [InlineData("4.1", 810, 80)]
    [InlineData("4.1.MIME", 800, 10)]
    [InlineData("4.2", 910, 80)]
    [InlineData("4.2.HEADER", 1000, 10)]
    [InlineData("4.2.TEXT", 1010, 80)]
    [InlineData("4.2.1", 1110, 80)]
    [InlineData("4.2.2", 1210, 80)]
    [InlineData("4.2.2.1", 1310, 80)]
    [InlineData("4.2.2.2", 1410, 80)]
    public void The_example_of_RFC_9051_6_4_5_1(string section, long offset, long length) =>
        Assert.Equal(new ByteRange(offset, length), Parse(section).Find(Example));

    [Theory]
    [InlineData("5")]
    [InlineData("1.1")]
    [InlineData("1.HEADER")]
    [InlineData("4.TEXT")]
    [InlineData("3.3")]
    [InlineData("4.2.2.3")]
    [InlineData("99999999.1.1.1")]
    public void Parts_that_are_not_there_are_not_found(string section) => Assert.Null(Parse(section).Find(Example));

    [Fact]
    public void A_message_of_one_part_has_a_part_1()
    {
        var plain = Part(0, "text", "plain");
        Assert.Equal(new ByteRange(10, 80), Parse("1").Find(plain));
        Assert.Equal(new ByteRange(0, 10), Parse("1.MIME").Find(plain));
        Assert.Null(Parse("2").Find(plain));
        Assert.Null(Parse("1.1").Find(plain));
        Assert.Null(Parse("1.TEXT").Find(plain));
    }

    [Fact]
    public void A_message_that_is_a_message_has_it_as_part_1()
    {
        var forwarded = Part(0, "message", "rfc822", Part(1, "text", "plain"));
        Assert.Equal(new ByteRange(10, 80), Parse("1").Find(forwarded));
        Assert.Equal(new ByteRange(100, 10), Parse("1.HEADER").Find(forwarded));
        Assert.Equal(new ByteRange(110, 80), Parse("1.1").Find(forwarded));
    }

    [Theory]
    [InlineData("BODY[]<0.2048>", "BODY[]<0> ")]
    [InlineData("body.peek[1.2.mime]", "BODY[1.2.MIME] ")]
    [InlineData("BODY[HEADER.FIELDS (DATE From)]", "BODY[HEADER.FIELDS (DATE From)] ")]
    [InlineData("BODY[1.HEADER.FIELDS.NOT (\"a b\" \"x-y\")]<5.6>", "BODY[1.HEADER.FIELDS.NOT (\"a b\" x-y)]<5> ")]
    [InlineData("BINARY.PEEK[1.1]<2.3>", "BINARY[1.1]<2> ")]
    [InlineData("BINARY.SIZE[]", "BINARY.SIZE[] ")]
    [InlineData("RFC822.SIZE", "RFC822.SIZE ")]
    [InlineData("PREVIEW (LAZY)", "PREVIEW ")]
    public void Items_are_answered_by_their_name(string written, string label) =>
        Assert.Equal(label, Encoding.ASCII.GetString(Assert.Single(Items(written)).Label.Span));

    [Theory]
    [InlineData("BODY[MIME]")]
    [InlineData("BODY[0]")]
    [InlineData("BODY[1.]")]
    [InlineData("BODY[1.FOO]")]
    [InlineData("BODY[HEADER.FIELDS]")]
    [InlineData("BODY[HEADER.FIELDS ()]")]
    [InlineData("BODY[]<0.0>")]
    [InlineData("BODY[]<0>")]
    [InlineData("BODY.PEEK")]
    [InlineData("BINARY[1.TEXT]")]
    [InlineData("FLAGS[]")]
    [InlineData("(FLAGS  UID)")]
    [InlineData("(ALL)")]
    [InlineData("()")]
    [InlineData("FOO")]
    public void Nonsense_is_refused(string written) => Assert.Throws<ImapSyntaxException>(() => Items(written));

    [Fact]
    public void A_path_without_end_is_refused() =>
        Assert.Throws<ImapSyntaxException>(() => Items("BODY[" + string.Join('.', Enumerable.Repeat("1", 30_000)) + "]"));

    private static List<FetchItem> Items(string written)
    {
        var reader = new ImapReader(Encoding.ASCII.GetBytes(written), utf8: false);
        var items = FetchItemParser.Items(ref reader);
        reader.End();
        return items;
    }

    private static Section Parse(string section) => Items($"BODY[{section}]")[0].Section!;

    private static MessagePart Part(int place, string type, string subtype, params MessagePart[] children) => new()
    {
        HeaderOffset = place * 100,
        HeaderLength = 10,
        BodyOffset = place * 100 + 10,
        BodyLength = 80,
        Lines = 1,
        Type = type,
        Subtype = subtype,
        Encoding = TransferEncoding.SevenBit,
        Children = children,
    };
}
