using System.Text;
using Facteur.Smtp.Client.Wire;
using Facteur.Smtp.Wire;

namespace Facteur.Tests.Smtp.Client;

/// <summary>S-02: whatever is stored, what leaves is lines by CRLF, dots stuffed, one terminator.</summary>
public sealed class ContentEncoderTests
{
    [Theory]
    [InlineData("", ".\\r\\n")]
    [InlineData("a", "a\\r\\n.\\r\\n")]
    [InlineData("a\\r\\n", "a\\r\\n.\\r\\n")]
    [InlineData(".", "..\\r\\n.\\r\\n")]
    [InlineData("a\\r\\n.\\r\\nb", "a\\r\\n..\\r\\nb\\r\\n.\\r\\n")]
    [InlineData("a\\n.\\nb", "a\\r\\n..\\r\\nb\\r\\n.\\r\\n")]
    [InlineData("a\\r.\\rb", "a\\r\\n..\\r\\nb\\r\\n.\\r\\n")]
    [InlineData("a\\r\\n\\0.\\r\\nb", "a\\r\\n..\\r\\nb\\r\\n.\\r\\n")]
    [InlineData("a\\r\\n.\\r\\r\\n", "a\\r\\n..\\r\\n\\r\\n.\\r\\n")]
    [InlineData("a\\r\\0\\n.\\r\\n", "a\\r\\n\\r\\n..\\r\\n.\\r\\n")]
    [InlineData("\\n\\r", "\\r\\n\\r\\n.\\r\\n")]
    [InlineData("a\\r", "a\\r\\n.\\r\\n")]
    public void Lines_end_by_CRLF_and_dots_are_doubled(string stored, string sent) =>
        Assert.Equal(sent, Show(Encode(Octets(stored), stuffsDots: true, piece: 1000)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_octets_at_any_cut_are_safe_on_the_wire(bool stuffsDots)
    {
        var random = new Random(20260314);
        byte[] alphabet = [(byte)'\r', (byte)'\n', (byte)'.', 0, (byte)'a', 0x85, 0xe9];
        for (var run = 0; run < 20_000; run++)
        {
            var stored = Enumerable.Range(0, random.Next(24)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
            var whole = Encode(stored, stuffsDots, 1000);
            Assert.Equal(whole, Encode(stored, stuffsDots, 1 + random.Next(5)));
            AssertSafe(whole, stuffsDots);
        }
    }

    [Fact]
    public void A_clean_message_comes_out_as_it_went_in()
    {
        var random = new Random(5);
        for (var run = 0; run < 500; run++)
        {
            var text = new StringBuilder();
            for (var lines = random.Next(20); lines > 0; lines--) text.Append(new string(random.Next(3) == 0 ? '.' : 'x', random.Next(5))).Append("\r\n");
            var stored = Encoding.ASCII.GetBytes(text.ToString());
            Assert.Equal(stored, Read(Encode(stored, stuffsDots: true, 1 + random.Next(40))));
            Assert.Equal(stored, Encode(stored, stuffsDots: false, 1 + random.Next(40)));
        }
    }

    private static void AssertSafe(byte[] sent, bool stuffsDots)
    {
        Assert.DoesNotContain((byte)0, sent);
        for (var i = 0; i < sent.Length; i++)
        {
            if (sent[i] == '\r') Assert.Equal((byte)'\n', sent[i + 1]);
            if (sent[i] == '\n') Assert.True(i > 0 && sent[i - 1] == '\r');
        }
        if (!stuffsDots) return;
        var lines = Encoding.Latin1.GetString(sent).Split("\r\n");
        Assert.Equal(("", "."), (lines[^1], lines[^2]));
        foreach (var line in lines[..^2]) Assert.False(line.StartsWith('.') && !line.StartsWith("..", StringComparison.Ordinal), line);
        Assert.Equal(DataDefects.None, Reader(sent).Defects);
    }

    // Our own receiver reads it as one message and nothing behind it.
    private static byte[] Read(byte[] sent)
    {
        var content = new List<byte>();
        var reader = DataReader.ForData();
        var rest = sent.AsSpan();
        while (!reader.IsEnded)
        {
            var used = reader.Read(rest, out var start, out var length);
            content.AddRange(rest.Slice(start, length));
            rest = rest[used..];
        }
        Assert.True(rest.IsEmpty);
        return [.. content];
    }

    private static DataReader Reader(byte[] sent)
    {
        var reader = DataReader.ForData();
        var rest = sent.AsSpan();
        while (!reader.IsEnded) rest = rest[reader.Read(rest, out _, out _)..];
        Assert.True(rest.IsEmpty);
        return reader;
    }

    private static byte[] Encode(byte[] stored, bool stuffsDots, int piece)
    {
        var encoder = new ContentEncoder(stuffsDots);
        var sent = new List<byte>();
        var buffer = new byte[ContentEncoder.MaxLength(stored.Length) + 8];
        for (var i = 0; i < stored.Length; i += piece)
            sent.AddRange(buffer.AsSpan(0, encoder.Encode(stored.AsSpan(i, Math.Min(piece, stored.Length - i)), buffer)));
        sent.AddRange(buffer.AsSpan(0, encoder.End(buffer)));
        return [.. sent];
    }

    private static byte[] Octets(string shown) => Support.TranscriptScript.Unescape(shown);

    private static string Show(byte[] octets) => Encoding.Latin1.GetString(octets).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
