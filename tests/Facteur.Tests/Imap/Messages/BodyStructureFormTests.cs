using System.Buffers;
using System.Text;
using Facteur.Imap.Messages;

namespace Facteur.Tests.Imap.Messages;

public class BodyStructureFormTests
{
    private const string Plain = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"a\\\")b\") NIL NIL \"7BIT\" 7 1 NIL (\"inline\" (\"x\" \"y\")) NIL NIL)";
    private const string PlainBody = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"a\\\")b\") NIL NIL \"7BIT\" 7 1)";
    private const string Envelope = "(NIL \"s )\" NIL NIL NIL NIL NIL NIL NIL NIL)";

    [Theory]
    [InlineData(Plain, PlainBody)]
    [InlineData("(" + Plain + Plain + " \"MIXED\" (\"boundary\" \"b\") NIL NIL NIL)", "(" + PlainBody + PlainBody + " \"MIXED\")")]
    [InlineData("(\"IMAGE\" \"GIF\" NIL \"<id>\" \"text\" \"BASE64\" 12 NIL NIL NIL NIL)", "(\"IMAGE\" \"GIF\" NIL \"<id>\" \"text\" \"BASE64\" 12)")]
    [InlineData("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 " + Envelope + " " + Plain + " 5 NIL NIL NIL NIL)", "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 " + Envelope + " " + PlainBody + " 5)")]
    [InlineData("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 NIL NIL NIL NIL)", "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99)")]
    public void BODY_is_without_extension_data(string stored, string expected) => Assert.Equal(expected, Write(stored, extensions: false, rev2: true));

    [Fact]
    public void A_global_message_has_its_parts_for_IMAP4rev2_only()
    {
        var stored = "(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"8BIT\" 99 " + Envelope + " " + Plain + " 5 NIL NIL NIL NIL)";
        Assert.Equal(stored, Write(stored, extensions: true, rev2: true));
        Assert.Equal("(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"8BIT\" 99 NIL NIL NIL NIL)", Write(stored, extensions: true, rev2: false));
        Assert.Equal("(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"8BIT\" 99)", Write(stored, extensions: false, rev2: false));
    }

    [Fact]
    public void Broken_text_ends()
    {
        for (var length = 1; length < Plain.Length; length++) Write(Plain[..length], extensions: false, rev2: false);
    }

    private static string Write(string stored, bool extensions, bool rev2)
    {
        var output = new ArrayBufferWriter<byte>();
        BodyStructureForm.Write(Encoding.ASCII.GetBytes(stored), output, extensions, rev2);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
