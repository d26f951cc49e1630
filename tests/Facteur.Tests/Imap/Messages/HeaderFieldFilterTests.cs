using System.Buffers;
using System.Text;
using Facteur.Imap.Messages;

namespace Facteur.Tests.Imap.Messages;

public class HeaderFieldFilterTests
{
    private const string Header = "From: a@example.org\r\nTo: b@example.org,\r\n\tc@example.org\r\nSubject : s1\r\nno field at all\r\n more of it\r\nX-From: x\r\nTO: d\r\n\r\n";

    [Theory]
    [InlineData("from", "From: a@example.org\r\n\r\n")]
    [InlineData("to", "To: b@example.org,\r\n\tc@example.org\r\nTO: d\r\n\r\n")]
    [InlineData("subject from", "From: a@example.org\r\nSubject : s1\r\n\r\n")]
    [InlineData("xyz", "\r\n")]
    public void Named_fields_are_kept_with_their_folds_at_every_cut(string names, string expected)
    {
        for (var cut = 0; cut <= Header.Length; cut++) Assert.Equal(expected, Filter(Header, names, keepNamed: true, cut));
    }

    [Theory]
    [InlineData("to subject", "From: a@example.org\r\nno field at all\r\n more of it\r\nX-From: x\r\n\r\n")]
    [InlineData("xyz", Header)]
    public void Other_fields_are_kept_by_not(string names, string expected)
    {
        for (var cut = 0; cut <= Header.Length; cut++) Assert.Equal(expected, Filter(Header, names, keepNamed: false, cut));
    }

    [Fact]
    public void A_header_without_an_empty_line_gets_none()
    {
        Assert.Equal("From: a", Filter("From: a", "from", keepNamed: true, 3));
        Assert.Equal("Fro", Filter("To: b\r\nFro", "to", keepNamed: false, 8));
        Assert.Equal("", Filter("", "to", keepNamed: true, 0));
    }

    [Fact]
    public void A_name_without_end_is_not_kept_in_memory()
    {
        var line = new string('x', 100_000);
        Assert.Equal("\r\n", Filter(line + "\r\n\r\n", "from", keepNamed: true, 70_000));
        Assert.Equal(line + "\r\n\r\n", Filter(line + "\r\n\r\n", "from", keepNamed: false, 70_000));
    }

    private static string Filter(string header, string names, bool keepNamed, int cut)
    {
        var filter = new HeaderFieldFilter(new HeaderFieldNames(names.Split(' ').Select(Encoding.ASCII.GetBytes)), keepNamed);
        var output = new ArrayBufferWriter<byte>();
        var octets = Encoding.ASCII.GetBytes(header);
        filter.Write(octets.AsSpan(0, cut), output);
        filter.Write(octets.AsSpan(cut), output);
        filter.Complete(output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
