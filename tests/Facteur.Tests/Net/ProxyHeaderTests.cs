using System.Buffers;
using System.Net;
using System.Text;
using Facteur.Net;

namespace Facteur.Tests.Net;

public class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    public static TheoryData<byte[], string?, string?> Headers => new()
    {
        { "PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n"u8.ToArray(), "192.0.2.7:40000", "198.51.100.1:25" },
        { "PROXY TCP6 2001:db8::7 2001:db8::1 40000 993\r\n"u8.ToArray(), "[2001:db8::7]:40000", "[2001:db8::1]:993" },
        { "PROXY UNKNOWN\r\n"u8.ToArray(), null, null },
        { "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"u8.ToArray(), null, null },
        { Convert.FromHexString(Signature + "21" + "11" + "000C" + "C0000207" + "C6336401" + "9C40" + "0019"), "192.0.2.7:40000", "198.51.100.1:25" },
        { Convert.FromHexString(Signature + "21" + "21" + "0024" + "20010DB8000000000000000000000007" + "20010DB8000000000000000000000001" + "9C40" + "03E1"), "[2001:db8::7]:40000", "[2001:db8::1]:993" },
        { Convert.FromHexString(Signature + "21" + "11" + "0013" + "C0000207" + "C6336401" + "9C40" + "0019" + "04000461626364"), "192.0.2.7:40000", "198.51.100.1:25" },
        { Convert.FromHexString(Signature + "20" + "00" + "0000"), null, null },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_is_read_however_it_is_cut(byte[] octets, string? source, string? destination)
    {
        byte[] whole = [.. octets, .. "EHLO"u8];
        for (var have = 0; have < octets.Length; have++)
        {
            var part = new ReadOnlySequence<byte>(whole, 0, have);
            Assert.Equal(ProxyStatus.NeedMore, ProxyHeader.TryRead(ref part, out _));
            Assert.Equal(have, part.Length);
        }
        var input = new ReadOnlySequence<byte>(whole);
        Assert.Equal(ProxyStatus.Complete, ProxyHeader.TryRead(ref input, out var header));
        Assert.Equal("EHLO", Encoding.ASCII.GetString(input));
        Assert.Equal(source is null ? null : IPEndPoint.Parse(source), header.Source);
        Assert.Equal(destination is null ? null : IPEndPoint.Parse(destination), header.Destination);
    }

    [Theory]
    [InlineData("EHLO example.org\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40000\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40000 70000\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 198.51.100.1 40000 25\r\n")]
    [InlineData("PROXY UDP4 192.0.2.7 198.51.100.1 40000 25\r\n")]
    [InlineData("PROXY \r\n")]
    public void Anything_else_is_invalid(string text) => AssertInvalid(Encoding.ASCII.GetBytes(text));

    [Fact]
    public void A_line_without_end_is_invalid() => AssertInvalid(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 100)));

    [Theory]
    [InlineData("31" + "11" + "000C" + "C0000207C633640192700019")] // version 3
    [InlineData("22" + "11" + "000C" + "C0000207C633640192700019")] // command 2
    [InlineData("21" + "11" + "0008" + "C0000207C6336401")]         // no ports
    [InlineData("21" + "11" + "FFFF")]                              // longer than any header needs
    public void A_broken_binary_header_is_invalid(string hex) => AssertInvalid(Convert.FromHexString(Signature + hex));

    private static void AssertInvalid(byte[] octets)
    {
        var input = new ReadOnlySequence<byte>(octets);
        Assert.Equal(ProxyStatus.Invalid, ProxyHeader.TryRead(ref input, out _));
    }
}
